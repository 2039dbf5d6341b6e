/** Changes for the tests of stores: short forms, and arbitrary ones. */
import * as fc from "fast-check";
import { CodedError } from "jobkit-core";
import type { Change, MemoryStore } from "../src/store/memory-store.ts";
import { linkTypes, nodeTypes } from "../src/store/node.ts";

/** Opens a fresh, empty store. The case disposes it. */
export type OpenEmptyStore = () => MemoryStore;

/** Write a node of a fixed kind. */
export const put = (key: string, content = `about ${key}`): Change => ({
  kind: "put",
  key,
  type: "semantic",
  content,
  category: "test",
  createdAtMs: 1_000,
});
/** Draw a link by hand. */
export const link = (from: string, to: string, strength = 0.5): Change => ({
  kind: "link",
  from,
  to,
  type: "link",
  strength,
});
/** Forget a node. */
export const forget = (key: string): Change => ({ kind: "forget", key });

/** Apply changes as the author "test" at time 5. */
export function applyAll(store: MemoryStore, ...changes: readonly Change[]) {
  return store.apply({ author: "test", atMs: 5, changes });
}

/** The keys that `anyChange` speaks of. */
export const KEYS = ["a", "b", "c", "d", "e"];
const anyKey = fc.constantFrom(...KEYS);

/** Changes of all kinds over five keys. */
export const anyChange: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constant("put" as const),
    key: anyKey,
    type: fc.constantFrom(...nodeTypes),
    content: fc.constantFrom("one", "two", "three"),
    category: fc.constant("c"),
    createdAtMs: fc.nat(5),
  }),
  fc.record({ kind: fc.constant("forget" as const), key: anyKey }),
  fc.record({ kind: fc.constant("weigh" as const), key: anyKey, weight: fc.constantFrom(0, 0.25, 1) }),
  fc.record({
    kind: fc.constant("link" as const),
    from: anyKey,
    to: anyKey,
    type: fc.constantFrom(...linkTypes),
    strength: fc.constantFrom(0.1, 0.5, 1),
  }),
  fc.record({
    kind: fc.constant("unlink" as const),
    from: anyKey,
    to: anyKey,
    type: fc.constantFrom(...linkTypes),
  }),
  fc.record({ kind: fc.constant("rename" as const), from: anyKey, to: anyKey }),
);

const EXPECTED: ReadonlySet<string> = new Set(["NODE_UNKNOWN", "LINK_INVALID", "KEY_TAKEN"]);

/** Apply a batch; one that the store refuses changes nothing, which is as good. */
export function tryApply(store: MemoryStore, changes: readonly Change[]): void {
  try {
    applyAll(store, ...changes);
  } catch (error) {
    if (!(error instanceof CodedError) || !EXPECTED.has(error.code)) throw error;
  }
}
