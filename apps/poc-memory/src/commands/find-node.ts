import { nearestName } from "jobkit-core";
import { storeError } from "../store/errors.ts";
import type { MemoryStore } from "../store/memory-store.ts";
import type { MemoryNode } from "../store/node.ts";

const SUGGESTIONS_FROM = 20;

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
  const nearest =
    nearestName(
      typed,
      likely.map(({ key }) => key),
    ) ?? likely[0]?.key;
  const next = nearest === undefined ? {} : { next: `Did you mean ${nearest}? Or search for it.` };
  throw storeError("NODE_UNKNOWN", `looking for ${JSON.stringify(typed.slice(0, 200))}`, next);
}
