/** Small graphs whose measures are known by hand, and a seeded source of chance. */
import { buildAdjacency, withoutParallels, type Adjacency } from "../src/graph/adjacency.ts";
import { EdgeList } from "../src/graph/edge-list.ts";
import type { Random } from "jobkit-core";

export type Edge = readonly [number, number];

/** A graph of so many nodes with these edges, all of one strength. */
export function graphOf(size: number, edges: readonly Edge[], strength = 0.5): Adjacency {
  const list = new EdgeList();
  for (const [from, to] of edges) list.push(from, to, strength, 0);
  return withoutParallels(buildAdjacency(size, list));
}

/** Every pair of the nodes from `first` on. */
export function clique(first: number, size: number): readonly Edge[] {
  const nodes = Array.from({ length: size }, (_, at) => first + at);
  return nodes.flatMap((a) => nodes.filter((b) => b > a).map((b): Edge => [a, b]));
}

export const triangle = graphOf(3, clique(0, 3));
export const path4 = graphOf(4, [
  [0, 1],
  [1, 2],
  [2, 3],
]);
export const star5 = graphOf(5, [
  [0, 1],
  [0, 2],
  [0, 3],
  [0, 4],
]);
/** Two cliques of five, one bridge, one node alone. */
export const twoCliques = graphOf(11, [...clique(0, 5), ...clique(5, 5), [4, 5]]);

/** mulberry32: small, even enough for tests, the same numbers for the same seed. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}
