// All measures of health at two sizes, in typed arrays and, for comparison in the same run, over a Map of Sets.
// Graphs as in the survey: communities of 50, links in time, hubs with a heavy tail, 2 % orphans, mean degree 20.
import { test } from "vitest";
import type { Random } from "jobkit-core";
import { buildAdjacency, withoutParallels, type Adjacency } from "../src/graph/adjacency.ts";
import { averageClustering } from "../src/graph/clustering.ts";
import { communities } from "../src/graph/communities.ts";
import { components } from "../src/graph/components.ts";
import { degrees, powerLaw } from "../src/graph/degrees.ts";
import { EdgeList } from "../src/graph/edge-list.ts";
import { averagePathLength } from "../src/graph/paths.ts";
import { seeded } from "../test/graph-shapes.ts";

const COMMUNITY = 50;
const MEAN_DEGREE = 20;
const ORPHAN_SHARE = 0.02;

function someEdges(nodes: number, random: Random): EdgeList {
  const edges = new EdgeList();
  const linked = Math.floor(nodes * (1 - ORPHAN_SHARE));
  const draw = (below: number): number => Math.floor(random.next() * below);
  const seen = new Set<number>();
  while (edges.length < (nodes * MEAN_DEGREE) / 2) {
    const kind = random.next();
    const from = draw(linked);
    const near = Math.floor(from / COMMUNITY) * COMMUNITY + draw(COMMUNITY);
    const hub = Math.floor(linked * random.next() ** 6);
    const to = Math.min(
      linked - 1,
      kind < 0.7 ? near : kind < 0.75 ? from + 1 : kind < 0.9 ? hub : draw(linked),
    );
    const name = Math.min(from, to) * nodes + Math.max(from, to);
    if (from === to || seen.has(name)) continue;
    seen.add(name);
    edges.push(from, to, 0.1 + 0.9 * random.next(), 0);
  }
  return edges;
}

function measure(graph: Adjacency): readonly number[] {
  return [
    components(graph).count,
    degrees(graph).gini,
    powerLaw(graph)?.alpha ?? 0,
    averageClustering(graph),
    communities(graph).count,
    averagePathLength(graph, seeded(1)) ?? 0,
  ];
}

function setsOf(nodes: number, edges: EdgeList): ReadonlyMap<number, ReadonlySet<number>> {
  const sets = new Map(Array.from({ length: nodes }, (_, node) => [node, new Set<number>()]));
  for (let edge = 0; edge < edges.length; edge += 1) {
    sets.get(edges.from[edge])?.add(edges.to[edge]);
    sets.get(edges.to[edge])?.add(edges.from[edge]);
  }
  return sets;
}

/** Clustering as one would write it first. */
function naiveClustering(sets: ReadonlyMap<number, ReadonlySet<number>>): number {
  let sum = 0;
  for (const mine of sets.values()) {
    const others = [...mine];
    let linked = 0;
    for (const [at, a] of others.entries())
      for (const b of others.slice(at + 1)) if (sets.get(a)?.has(b) === true) linked += 1;
    if (others.length > 1) sum += (2 * linked) / (others.length * (others.length - 1));
  }
  return sum / sets.size;
}

/** Components and lengths of paths as one would write them first. */
function naiveReach(sets: ReadonlyMap<number, ReadonlySet<number>>, start: number): number {
  const distance = new Map([[start, 0]]);
  const queue = [start];
  let steps = 0;
  for (const node of queue)
    for (const next of sets.get(node) ?? [])
      if (!distance.has(next)) {
        distance.set(next, (distance.get(node) ?? 0) + 1);
        steps += distance.get(next) ?? 0;
        queue.push(next);
      }
  return steps / Math.max(1, distance.size - 1);
}

/** All 64 would take half a minute at the larger size. */
const NAIVE_STARTS = 4;

const TIMEOUT_MS = 600_000;

for (const nodes of [10_000, 100_000]) {
  const edges = someEdges(nodes, seeded(nodes));
  const graph = withoutParallels(buildAdjacency(nodes, edges));
  const sets = setsOf(nodes, edges);
  const few = { iterations: 3, time: 0, warmupIterations: 0, warmupTime: 0 };

  test(
    `${nodes} nodes, ${edges.length} links: each measure`,
    async ({ bench }) => {
      await bench.compare(
        bench("build rows", () => void buildAdjacency(nodes, edges)),
        bench("components", () => void components(graph)),
        bench("degrees and power law", () => void [degrees(graph), powerLaw(graph)]),
        bench("clustering", () => void averageClustering(graph)),
        bench("communities", () => void communities(graph)),
        bench("path length, 64 starts", () => void averagePathLength(graph, seeded(1))),
        bench("all of them", () => void measure(graph)),
        few,
      );
    },
    TIMEOUT_MS,
  );

  test(
    `${nodes} nodes, ${edges.length} links: beside a Map of Sets`,
    async ({ bench }) => {
      await bench.compare(
        bench("rows: clustering", () => void averageClustering(graph)),
        bench("Map of Sets: clustering", () => void naiveClustering(sets)),
        bench("rows: path length", () => void averagePathLength(graph, seeded(1))),
        bench("Map of Sets: path length, 4 of the 64 starts", () => {
          for (let start = 0; start < NAIVE_STARTS; start += 1) naiveReach(sets, start);
        }),
        few,
      );
    },
    TIMEOUT_MS,
  );
}
