import { nearestName } from "jobkit-core";
import { storeError } from "../store/errors.ts";
import type { MemoryStore } from "../store/memory-store.ts";
import type { MemoryNode } from "../store/node.ts";

const SUGGESTIONS_FROM = 20;
const SUGGESTIONS = 4;

/**
 * The living node of a key as typed. A part of a key that only one of the likeliest nodes has is enough.
 * @throws NODE_UNKNOWN, naming the key that was probably meant.
 */
export function findNode(store: MemoryStore, typed: string): MemoryNode {
  const exact = store.get(typed);
  if (exact !== null) return exact;
  const likely = store.byIds(store.words(typed, SUGGESTIONS_FROM).map(({ id }) => id));
  const parts = likely.filter(({ key }) => key.includes(typed));
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const keys = likely.map((node) => node.key);
  throw storeError("NODE_UNKNOWN", `looking for ${JSON.stringify(typed.slice(0, 200))}`, {
    next: advice(typed, keys),
  });
}

function advice(typed: string, keys: readonly string[]): string {
  const parts = keys.filter((key) => key.includes(typed)).slice(0, SUGGESTIONS);
  if (parts.length > 1) return `Say more of the key; it is a part of ${parts.join(", ")}.`;
  const nearest = nearestName(typed, keys) ?? keys[0];
  return nearest === undefined
    ? "Search for it: poc-memory search WORDS…"
    : `Did you mean ${nearest}? Or search for it.`;
}
