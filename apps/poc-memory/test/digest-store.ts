/** Stores for the tests of digests: sessions and facts at a time, and writing all that is due. */
import { dueDigests, type DigestPlace } from "../src/digest/sources.ts";
import { digestLevels, type DigestLevel } from "../src/digest/level.ts";
import { writeDigest, type DigestDone } from "../src/digest/write.ts";
import type { Change } from "../src/store/memory-store.ts";
import type { SqliteMemoryStore } from "../src/store/sqlite-store.ts";

/** A session that began then. */
export const sessionAt = (key: string, at: string, content = `# ${key}`): Change => ({
  kind: "put",
  key,
  type: "session",
  content,
  category: "episode",
  createdAtMs: Date.parse(at),
});

/** A decision that was met first then. */
export const decisionAt = (key: string, at: string, content = `Decision in shop: ${key}.`): Change => ({
  kind: "put",
  key,
  type: "semantic",
  content,
  category: "decision",
  createdAtMs: Date.parse(at),
});

/** Apply changes as the miner. */
export function mine(store: SqliteMemoryStore, ...changes: readonly Change[]): void {
  store.apply({ author: "miner", atMs: 1, changes });
}

/** Write every digest that is due, from the bottom up; what was done. */
export function writeAll(place: DigestPlace, today: string): readonly DigestDone[] {
  return digestLevels.flatMap((level) =>
    dueDigests(place, level, today).map((start) => writeDigest(place, level, start, { today, atMs: 2 })),
  );
}

/** The keys of the digests that are due, all levels. */
export const dueKeys = (place: DigestPlace, today: string): readonly string[] =>
  digestLevels.flatMap((level) => dueDigests(place, level, today).map((start) => `${level} ${start}`));

/** The keys that are linked with a node as its digest or as its source, of these types. */
export function linkedWith(
  store: SqliteMemoryStore,
  key: string,
  types: readonly string[],
): readonly string[] {
  const ids = store
    .neighbours(store.get(key)?.id ?? -1)
    .filter(({ type }) => type === "digest")
    .map(({ id }) => id);
  return store
    .byIds(ids)
    .filter(({ type }) => types.includes(type))
    .map((node) => node.key)
    .toSorted();
}

/** The text of every digest of a level, by key. */
export function textsOf(store: SqliteMemoryStore, level: DigestLevel): Readonly<Record<string, string>> {
  return Object.fromEntries(
    store
      .recent([level], 10_000)
      .map(({ key, content }) => [key, content] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}
