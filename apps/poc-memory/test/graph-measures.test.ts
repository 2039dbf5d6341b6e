import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { degreeOf, type Adjacency } from "../src/graph/adjacency.ts";
import { averageClustering, triangles } from "../src/graph/clustering.ts";
import { communities } from "../src/graph/communities.ts";
import { components } from "../src/graph/components.ts";
import { degrees, powerLaw } from "../src/graph/degrees.ts";
import { averagePathLength, smallWorldSigma } from "../src/graph/paths.ts";
import { clique, graphOf, path4, seeded, star5, triangle, twoCliques, type Edge } from "./graph-shapes.ts";

const empty = graphOf(0, []);
const lonely = graphOf(3, []);

const anyGraph = fc
  .integer({ min: 1, max: 14 })
  .chain((size) =>
    fc.tuple(fc.constant(size), fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 40 })),
  );

/** The slow, obvious form of a graph. */
function setsOf(size: number, edges: readonly Edge[]): readonly ReadonlySet<number>[] {
  const sets = Array.from({ length: size }, () => new Set<number>());
  for (const [a, b] of edges)
    if (a !== b) {
      sets[a]!.add(b);
      sets[b]!.add(a);
    }
  return sets;
}

describe("rows", () => {
  test("hold every linked pair once in both rows, ascending, whatever came twice or led back to itself", () => {
    fc.assert(
      fc.property(anyGraph, ([size, edges]) => {
        const graph = graphOf(size, edges);
        for (const [node, others] of setsOf(size, edges).entries()) {
          const row = graph.targets.subarray(graph.offsets[node], graph.offsets[node + 1]);
          expect([...row]).toEqual([...others].toSorted((a, b) => a - b));
        }
      }),
    );
  });
});

describe("components", () => {
  test("are counted with their orphans", () => {
    expect(components(twoCliques)).toMatchObject({ count: 2, orphans: 1, largest: 10 });
    expect(components(lonely)).toMatchObject({ count: 3, orphans: 3, largest: 1 });
    expect(components(empty)).toMatchObject({ count: 0, orphans: 0, largest: 0 });
  });

  test("two ends of an edge are always in one, and no edge joins two", () => {
    fc.assert(
      fc.property(anyGraph, ([size, edges]) => {
        const { labels, count } = components(graphOf(size, edges));
        for (const [a, b] of edges) expect(labels[a]).toBe(labels[b]);
        expect(new Set(labels).size).toBe(count);
      }),
    );
  });
});

describe("degrees", () => {
  test("are those counted by hand", () => {
    expect(degrees(star5)).toEqual({ edges: 4, mean: 1.6, max: 4, gini: expect.closeTo(0.3, 12) });
    expect(degrees(triangle)).toEqual({ edges: 3, mean: 2, max: 2, gini: 0 });
    expect(degrees(lonely)).toEqual({ edges: 0, mean: 0, max: 0, gini: 0 });
    expect(degrees(empty)).toEqual({ edges: 0, mean: 0, max: 0, gini: 0 });
  });

  test("the Gini index is that of the formula over sorted degrees", () => {
    fc.assert(
      fc.property(anyGraph, ([size, edges]) => {
        const graph = graphOf(size, edges);
        const sorted = Array.from({ length: size }, (_, node) => degreeOf(graph, node)).toSorted(
          (a, b) => a - b,
        );
        const sum = sorted.reduce((all, degree) => all + degree, 0);
        const weighted = sorted.reduce((all, degree, at) => all + (2 * (at + 1) - size - 1) * degree, 0);
        expect(degrees(graph).gini).toBeCloseTo(sum === 0 ? 0 : weighted / (size * sum), 12);
      }),
    );
  });

  test("the exponent of a power law is found again from degrees that follow it", () => {
    const random = seeded(7);
    const wanted = Array.from({ length: 20_000 }, () =>
      Math.floor(2.5 * (1 - random.next()) ** (-1 / 1.5) + 0.5),
    ).map((k) => Math.min(k, 3_000));
    const fitted = powerLaw(starsOf(wanted));

    expect(fitted?.alpha).toBeGreaterThan(2.3);
    expect(fitted?.alpha).toBeLessThan(2.7);
    expect([powerLaw(triangle), powerLaw(empty)]).toEqual([null, null]);
  });
});

/** Only what `powerLaw` reads: rows of the wanted lengths. */
function starsOf(wanted: readonly number[]): Adjacency {
  const offsets = new Int32Array(wanted.length + 1);
  for (const [node, degree] of wanted.entries()) offsets[node + 1] = offsets[node]! + degree;
  return { size: wanted.length, offsets, targets: new Int32Array(0), strengths: new Float32Array(0) };
}

describe("clustering", () => {
  test("is that counted by hand", () => {
    expect([triangle, path4, star5, lonely, empty].map(averageClustering)).toEqual([1, 0, 0, 0, 0]);
    // Eight nodes have all their pairs linked; two have 6 of 10; one is alone.
    expect(averageClustering(twoCliques)).toBeCloseTo((8 + 2 * 0.6) / 11, 12);
  });

  test("triangles are those that three nested loops find", () => {
    fc.assert(
      fc.property(anyGraph, ([size, edges]) => {
        const sets = setsOf(size, edges);
        const slow = sets.map((mine) => {
          const pairs = [...mine].flatMap((a) => [...mine].filter((b) => b > a && sets[a]!.has(b)));
          return pairs.length;
        });
        expect([...triangles(graphOf(size, edges))]).toEqual(slow);
      }),
    );
  });
});

describe("paths", () => {
  test("have the mean length counted by hand", () => {
    const lengths = [triangle, path4, star5, lonely].map((graph) => averagePathLength(graph, seeded(1)));

    expect(lengths).toEqual([1, 10 / 6, 1.6, null]);
  });

  test("from a sample of starts are near the exact length, and the same for the same seed", () => {
    const ring = graphOf(
      301,
      Array.from({ length: 301 }, (_, at): Edge => [at, (at + 1) % 301]),
    );

    // Every node of a ring sees the same distances, so any sample is exact.
    expect(averagePathLength(ring, seeded(3))).toBe(75.5);
    expect(averagePathLength(twoCliques, seeded(3), 4)).toBe(averagePathLength(twoCliques, seeded(3), 4));
  });

  test("sigma is the formula, and nothing where chance has no such graph", () => {
    expect(smallWorldSigma(100, 4, 0.5, 3)).toBeCloseTo(0.5 / 0.04 / (3 / (Math.log(100) / Math.log(4))), 12);
    expect([
      smallWorldSigma(100, 1, 0.5, 3),
      smallWorldSigma(100, 4, 0.5, null),
      smallWorldSigma(1, 4, 0, 1),
    ]).toEqual([null, null, null]);
  });
});

describe("communities", () => {
  test("of two cliques with a bridge are the cliques", () => {
    const found = communities(twoCliques);

    expect(found.count).toBe(2);
    expect([...found.labels]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2]);
    // 20 of 21 edges inside: 20/21 - 2 x (21/42)^2.
    expect(found.modularity).toBeCloseTo(20 / 21 - 0.5, 6);
  });

  test("of a ring of cliques are the cliques, through every level", () => {
    const size = 5;
    const count = 12;
    const cliques = Array.from({ length: count }, (_, at) => clique(at * size, size)).flat();
    const bridges = Array.from({ length: count }, (_, at): Edge => [
      at * size,
      ((at + 1) % count) * size + 1,
    ]);

    expect(communities(graphOf(size * count, [...cliques, ...bridges])).count).toBe(count);
  });

  test("of a graph without edges are none, and of a triangle one", () => {
    expect(communities(lonely)).toMatchObject({ count: 0, modularity: 0 });
    expect(communities(empty)).toMatchObject({ count: 0, modularity: 0 });
    expect(communities(triangle)).toMatchObject({ count: 1 });
  });

  test("the same graph gives the same division, never worse than all alone, and never across components", () => {
    fc.assert(
      fc.property(anyGraph, ([size, edges]) => {
        const graph = graphOf(size, edges);
        const found = communities(graph);
        const parts = components(graph).labels;
        expect(communities(graph)).toEqual(found);
        expect(found.modularity).toBeGreaterThanOrEqual(-1e-9);
        expect(found.modularity).toBeLessThanOrEqual(1);
        const pairs = new Set(Array.from(found.labels, (label, node) => `${label} in ${parts[node]}`));
        expect(pairs.size).toBe(new Set(found.labels).size);
      }),
    );
  });
});
