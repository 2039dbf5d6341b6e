import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linkStrength, overlap } from "../src/graph/entity-overlap.ts";
import { relateChanged, RELATE_AUTHOR, type RelateLimits } from "../src/graph/relate.ts";
import type { Change } from "../src/store/memory-store.ts";
import { openMemoryStore } from "../src/store/open.ts";
import { remember } from "../src/store/remember.ts";
import type { SqliteMemoryStore } from "../src/store/sqlite-store.ts";

const open = () => openMemoryStore({ path: ":memory:", mode: "write" });
const limits: RelateLimits = { commonAbove: 3, best: 2, changedMax: 1_000 };

const put = (key: string, entities: readonly string[]): Change => ({
  kind: "put",
  key,
  type: "semantic",
  content: key,
  category: "test",
  createdAtMs: 1,
  entities,
});
const apply = (store: SqliteMemoryStore, ...changes: readonly Change[]) =>
  store.apply({ author: "t", atMs: 1, changes });

function relateAll(store: SqliteMemoryStore, using: RelateLimits = limits): void {
  while (relateChanged(store, 1, using).remaining > 0);
}

function sharedLinks(store: SqliteMemoryStore): readonly string[] {
  const nodes = store.recent(["session", "semantic"], 1_000);
  const keys = new Map(nodes.map((node) => [node.id, node.key]));
  return nodes
    .flatMap((node) =>
      store
        .neighbours(node.id)
        .filter((link) => link.type === "shared" && node.key < (keys.get(link.id) ?? ""))
        .map((link) => `${node.key} ${keys.get(link.id)} ${link.strength}`),
    )
    .toSorted();
}

const mined = (key: string) => ({
  key,
  type: "semantic" as const,
  content: key,
  category: "fix",
  createdAtMs: 1,
  entities: ["file:x"],
  receipts: [{ transcript: "t", line: 1, uuid: null, atMs: 1 }],
  episode: null,
});

describe("shared links", () => {
  test("join what speaks of the same things, as strongly as their own entities say", () => {
    using store = open();
    apply(
      store,
      put("a", ["file:x", "error:e"]),
      put("b", ["file:x", "error:e", "file:y"]),
      put("c", ["file:z"]),
    );

    const done = relateChanged(store, 7, limits);

    expect(done).toMatchObject({ linked: 1, unlinked: 0, remaining: 0 });
    expect(sharedLinks(store)).toEqual([`a b ${Math.fround(linkStrength(0.75))}`]);
    expect(relateChanged(store, 8, limits)).toEqual({ linked: 0, unlinked: 0, considered: 0, remaining: 0 });
    expect(store.get("a")?.author).not.toBe(RELATE_AUTHOR);
  });

  test("overlap is the same from both sides, 1 for equal sets and 0 for none", () => {
    const names = fc.uniqueArray(
      fc.constantFrom("file:a", "error:b", "symbol:c", "command:d", "package:e", "f"),
    );
    fc.assert(
      fc.property(names, names, (a, b) => {
        expect(overlap(a, b)).toBe(overlap(b.toReversed(), a));
        expect(overlap(a, a)).toBe(a.length > 0 ? 1 : 0);
      }),
    );
    expect(overlap(["file:a"], ["file:b"])).toBe(0);
    expect(overlap([], [])).toBe(0);
  });

  test("an entity that becomes common takes its links away, and gives them back when it is specific again", () => {
    using store = open();
    apply(store, put("a", ["file:x"]), put("b", ["file:x"]), put("c", ["file:x"]));
    relateAll(store);
    const before = sharedLinks(store);
    apply(store, put("d", ["file:x"]));
    relateAll(store);
    const common = sharedLinks(store);
    apply(store, { kind: "forget", key: "d" });
    relateAll(store);

    expect([before.length, common, sharedLinks(store)]).toEqual([3, [], before]);
  });

  test("memories of one segment are not joined, unless another segment has only one of them", () => {
    using store = open();
    const tell = (index: number, ...keys: readonly string[]) =>
      remember(store, {
        segment: { root: "/", transcript: "t", generation: 0, index },
        author: "m",
        atMs: 1,
        memories: keys.map(mined),
      });
    tell(0, "fix/a", "fix/b");
    tell(1, "fix/c");
    relateAll(store);
    expect(sharedLinks(store).map((link) => link.slice(0, 11))).toEqual(["fix/a fix/c", "fix/b fix/c"]);

    tell(1, "fix/c", "fix/a");
    relateAll(store);
    expect(sharedLinks(store).map((link) => link.slice(0, 11))).toEqual(["fix/b fix/c"]);
  });

  test("other limits relate everything anew, and limits outside their range are refused", () => {
    using store = open();
    apply(store, ...["a", "b", "c", "d"].map((key) => put(key, ["file:x"])));
    relateAll(store);
    expect(sharedLinks(store)).toEqual([]);

    relateAll(store, { ...limits, commonAbove: 4 });
    expect(sharedLinks(store).length).toBeGreaterThan(0);
    expect(() => relateChanged(store, 1, { ...limits, commonAbove: 5_000 })).toThrow(RangeError);
  });

  test("after any changes, related in any pieces, the links are those from scratch", () => {
    const key = fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h");
    const entities = fc.uniqueArray(
      fc.constantFrom("file:p", "file:q", "error:r", "symbol:s", "command:t", "package:u"),
    );
    const change: fc.Arbitrary<Change> = fc.oneof(
      { weight: 5, arbitrary: fc.tuple(key, entities).map(([name, held]) => put(name, held)) },
      { weight: 2, arbitrary: key.map((name): Change => ({ kind: "forget", key: name })) },
    );
    const rounds = fc.array(fc.tuple(fc.array(change, { maxLength: 6 }), fc.nat(3)), { maxLength: 8 });
    fc.assert(
      fc.property(rounds, (all) => {
        using grown = open();
        for (const [changes, piece] of all) {
          apply(grown, ...changes);
          // 0: not related this time; else one call that may leave work for the next.
          if (piece > 0) relateChanged(grown, 1, { ...limits, changedMax: piece });
        }
        relateAll(grown, { ...limits, changedMax: 2 });
        using fresh = open();
        for (const node of grown.recent(["semantic"], 100))
          apply(fresh, put(node.key, grown.entities(node.id)));
        relateAll(fresh);
        const nodes = fresh.recent(["semantic"], 100);
        const pairs = nodes.flatMap((node) =>
          fresh.neighbours(node.id).map(({ id, strength }) => ({ a: node.id, b: id, strength })),
        );

        for (const { a, b, strength } of pairs)
          expect(strength).toBe(Math.fround(linkStrength(overlap(fresh.entities(a), fresh.entities(b)))));
        expect(sharedLinks(grown)).toEqual(sharedLinks(fresh));
      }),
      { numRuns: 250 },
    );
  });

  test("a change looks at the holders of its entities, not at the store", () => {
    using store = open();
    apply(
      store,
      ...Array.from({ length: 400 }, (_, n) => put(`n${n}`, [`file:${Math.floor(n / 2)}`, "command:all"])),
    );
    relateAll(store);
    apply(store, put("n0", ["file:0", "file:new", "command:all"]));

    expect(relateChanged(store, 1, limits).considered).toBeLessThanOrEqual(4);
    expect(sharedLinks(store)).toHaveLength(200);
  });
});
