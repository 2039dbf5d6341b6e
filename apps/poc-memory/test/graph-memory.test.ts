import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countTypes, MemoryGraph } from "../src/graph/memory-graph.ts";
import type { Change } from "../src/store/memory-store.ts";
import { openMemoryStore } from "../src/store/open.ts";
import type { SqliteMemoryStore } from "../src/store/sqlite-store.ts";
import { anyChange, applyAll, tryApply } from "./store-changes.ts";

const open = () => openMemoryStore({ path: ":memory:", mode: "write" });
const put = (key: string): Change => ({
  kind: "put",
  key,
  type: key.startsWith("s") ? "session" : "semantic",
  content: key,
  category: "c",
  createdAtMs: 1,
});

/** Links as id pairs, from the graph. */
function graphLinks(graph: MemoryGraph, ids: readonly number[]): readonly string[] {
  const found: string[] = [];
  for (const id of ids) {
    const index = graph.indexOf(id);
    graph.eachNeighbour(index, (other, strength, type) =>
      found.push(`${id} ${graph.idAt(other)} ${type} ${strength}`),
    );
  }
  return found.toSorted();
}

function storeLinks(store: SqliteMemoryStore, ids: readonly number[]): readonly string[] {
  return ids
    .flatMap((id) => store.neighbours(id).map((other) => `${id} ${other.id} ${other.type} ${other.strength}`))
    .toSorted();
}

function livingIds(store: SqliteMemoryStore): readonly number[] {
  return store.recent(["session", "day", "week", "month", "semantic"], 10_000).map((node) => node.id);
}

const link = (type: "next" | "shared", strength: number): Change => ({
  kind: "link",
  from: "a",
  to: "s",
  type,
  strength,
});

describe("the graph in memory", () => {
  test("that followed every change is the graph built from what the store holds now", () => {
    const batches = fc.array(fc.array(anyChange, { minLength: 1, maxLength: 4 }), { maxLength: 14 });
    fc.assert(
      fc.property(batches, fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }), (all, folds) => {
        using store = open();
        const followed = MemoryGraph.build(store);
        for (const [number, changes] of all.entries()) {
          tryApply(store, changes);
          followed.follow(store);
          // At some moments the overlay is folded in, at others it goes on growing.
          if (folds[number] === true) followed.adjacency();
          const ids = livingIds(store);
          expect(graphLinks(followed, ids)).toEqual(storeLinks(store, ids));
          expect(followed.size).toBe(ids.length);
        }
        const built = MemoryGraph.build(store);
        expect(followed.adjacency()).toEqual(built.adjacency());
        expect(countTypes(followed)).toEqual(store.counts().byType);
        expect(followed.revision).toBe(store.revision);
      }),
      { numRuns: 150 },
    );
  });

  test("grows past its overlay and past a page of the feed", () => {
    using store = open();
    const keys = Array.from({ length: 12_000 }, (_, at) => `n${at}`);
    const graph = MemoryGraph.build(store);
    applyAll(store, ...keys.slice(0, 10).map(put));
    graph.follow(store);
    applyAll(store, ...keys.map(put));
    for (let part = 1; part <= 3; part += 1)
      applyAll(
        store,
        ...keys.slice(part).map((key, at): Change => ({
          kind: "link",
          from: keys[at] ?? "",
          to: key,
          type: "next",
          strength: 1,
        })),
      );
    graph.follow(store);

    expect(graph.adjacency().targets.length).toBe(2 * store.counts().links);
    expect(graph.size).toBe(12_000);
  });

  test("has one edge for each pair in its rows, of the greatest strength, and all types in its visits", () => {
    using store = open();
    applyAll(store, put("a"), put("s"), link("shared", 0.75), link("next", 0.5));
    const graph = MemoryGraph.build(store);

    expect([...graph.adjacency().strengths]).toEqual([0.75, 0.75]);
    expect(graphLinks(graph, [1])).toEqual(["1 2 next 0.5", "1 2 shared 0.75"]);
    expect([graph.indexOf(99), graph.idAt(99)]).toEqual([-1, -1]);
    expect(countTypes(graph)).toMatchObject({ session: 1, semantic: 1 });
  });
});
