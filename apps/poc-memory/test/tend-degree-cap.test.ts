import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemoryGraph } from "../src/graph/memory-graph.ts";
import type { Neighbour } from "../src/store/memory-store.ts";
import { linkTypes, type LinkType } from "../src/store/node.ts";
import { openMemoryStore } from "../src/store/open.ts";
import { capDegrees } from "../src/tend/cap.ts";
import { planCap, type CapPlan } from "../src/tend/degree-cap.ts";

interface Edge {
  readonly a: number;
  readonly b: number;
  readonly type: LinkType;
  readonly strength: number;
}

const neighbours =
  (edges: readonly Edge[]) =>
  (id: number): readonly Neighbour[] =>
    edges.flatMap(({ a, b, type, strength }) =>
      a === id ? [{ id: b, type, strength }] : b === id ? [{ id: a, type, strength }] : [],
    );
const degree = (edges: readonly Edge[], id: number): number =>
  new Set(neighbours(edges)(id).map((link) => link.id)).size;
const without = (edges: readonly Edge[], { lost }: CapPlan): readonly Edge[] =>
  edges.filter(
    ({ a, b, type }) =>
      !lost.some(
        (gone) => gone.type === type && [gone.from, gone.to].includes(a) && [gone.from, gone.to].includes(b),
      ),
  );
const ends = (plan: CapPlan): readonly string[] =>
  plan.lost.map(({ from, to, type }) => `${Math.min(from, to)}-${Math.max(from, to)} ${type}`).toSorted();

/** A star around 0, and a ring around it, so that every leaf has other ways. */
function wheel(types: readonly LinkType[]): readonly Edge[] {
  const leaves = types.map((_, at) => at + 1);
  return [
    ...leaves.map((leaf, at) => ({ a: 0, b: leaf, type: types[at] ?? "auto", strength: leaf / 10 })),
    ...leaves.map((leaf) => ({ a: leaf, b: (leaf % leaves.length) + 1, type: "next" as const, strength: 1 })),
  ];
}

describe("a plan for hubs", () => {
  test("takes the weakest automatic links first, and no more of them than are too many", () => {
    const plan = planCap([0], neighbours(wheel(["auto", "link", "auto", "auto", "about"])), 3);

    expect(ends(plan)).toEqual(["0-1 auto", "0-3 auto"]);
    expect(plan.stillOver).toEqual([]);
  });

  test("then takes drawn links whose other end has many neighbours too", () => {
    const plan = planCap([0], neighbours(wheel(["link", "link", "link", "about", "about", "about"])), 5);
    const poor = planCap([0], neighbours(wheel(["link", "about", "about", "about"])), 3);
    const rich = planCap([0], neighbours(wheel(["link", "link", "about", "about", "about"])), 4);

    expect([ends(plan), ends(rich)]).toEqual([["0-1 link"], ["0-1 link"]]);
    expect(ends(poor)).toEqual(["0-1 link"]);
    expect(ends(planCap([0], neighbours(wheel(["link", "link", "link", "link"]).slice(0, 4)), 2))).toEqual(
      [],
    );
  });

  test("leaves alone whom it would cost the last link, and what says where a memory is from", () => {
    const star = wheel(["auto", "auto", "auto"]).slice(0, 3);
    const kept = wheel(["next", "about", "digest", "shared"]);

    expect(planCap([0], neighbours(star), 1)).toEqual({ lost: [], stillOver: [0] });
    expect(planCap([0], neighbours(kept), 2)).toEqual({ lost: [], stillOver: [0] });
  });

  test("takes every link of a pair or none, since one that stays would keep them neighbours", () => {
    const edges: Edge[] = [
      ...wheel(["auto", "auto", "auto"]),
      { a: 0, b: 1, type: "about", strength: 0.8 },
      { a: 0, b: 2, type: "link", strength: 0.1 },
    ];

    expect(ends(planCap([0], neighbours(edges), 2))).toEqual(["0-3 auto"]);
    expect(ends(planCap([0], neighbours(edges), 1))).toEqual(["0-2 auto", "0-2 link", "0-3 auto"]);
  });

  test("nobody is orphaned, only the right links go, a second plan takes nothing, and order does not matter", () => {
    const edge = fc
      .record({
        a: fc.nat(9),
        b: fc.nat(9),
        type: fc.constantFrom(...linkTypes),
        strength: fc.integer({ min: 1, max: 4 }).map((quarter) => quarter / 4),
      })
      .filter(({ a, b }) => a < b);
    const edges = fc.uniqueArray(edge, {
      maxLength: 60,
      selector: ({ a, b, type }) => `${a} ${b} ${type}`,
    });
    fc.assert(
      fc.property(edges, fc.integer({ min: 2, max: 6 }), (all, limit) => {
        const over = (links: readonly Edge[]) =>
          Array.from({ length: 10 }, (_, id) => id).filter((id) => degree(links, id) > limit);
        const plan = planCap(over(all), neighbours(all), limit);
        const left = without(all, plan);

        for (let id = 0; id < 10; id += 1)
          expect(degree(left, id)).toBeGreaterThanOrEqual(Math.min(1, degree(all, id)));
        expect(plan.lost.every(({ type }) => type === "auto" || type === "link")).toBe(true);
        expect(over(left)).toEqual(plan.stillOver.toSorted((a, b) => a - b));
        expect(planCap(over(left), neighbours(left), limit).lost).toEqual([]);
        expect(ends(planCap(over(all).toReversed(), neighbours(all.toReversed()), limit))).toEqual(
          ends(plan),
        );
      }),
      { numRuns: 400 },
    );
  });
});

const key = (id: number): string => `node-${id}`;

test("capping a store says how many there were, and doing it twice takes no more", () => {
  using store = openMemoryStore({ path: ":memory:", mode: "write" });
  const graph = new MemoryGraph();
  const edges = wheel(["auto", "auto", "auto", "auto", "about"]);
  store.apply({
    author: "t",
    atMs: 1,
    changes: [
      ...[0, 1, 2, 3, 4, 5].map(
        (id) =>
          ({
            kind: "put",
            key: key(id),
            type: "semantic",
            content: key(id),
            category: "x",
            createdAtMs: 1,
          }) as const,
      ),
      ...edges.map(
        ({ a, b, type, strength }) => ({ kind: "link", from: key(a), to: key(b), type, strength }) as const,
      ),
    ],
  });

  const first = capDegrees(store, graph, { limit: 3, atMs: 2 });
  const again = capDegrees(store, graph, { limit: 3, atMs: 3 });

  expect(first).toEqual({ over: 1, stillOver: 0, unlinked: 2, greatest: 5 });
  expect(again).toEqual({ over: 0, stillOver: 0, unlinked: 0, greatest: 3 });
  expect(store.neighbours(store.get("node-0")?.id ?? 0)).toHaveLength(3);
});
