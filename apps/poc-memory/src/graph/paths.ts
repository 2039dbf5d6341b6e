import type { Random } from "jobkit-core";
import type { Adjacency } from "./adjacency.ts";

/** Breadth-first searches for the average path length: the standard error is a few per cent of the spread. */
export const PATH_SOURCES = 64;

/**
 * Mean number of steps between two nodes that can reach each other, from breadth-first searches that begin at
 * `sources` nodes with an edge, drawn without repetition. All of them, and so exactly, where there are no more.
 * @returns `null` where no node has an edge.
 */
export function averagePathLength(graph: Adjacency, random: Random, sources = PATH_SOURCES): number | null {
  const starts = drawStarts(graph, random, sources);
  const distance = new Int32Array(graph.size).fill(-1);
  const queue = new Int32Array(graph.size);
  let [steps, pairs] = [0, 0];
  for (const start of starts) {
    const reached = search(graph, start, distance, queue);
    for (let at = 0; at < reached; at += 1) {
      steps += distance[queue[at]!]!;
      distance[queue[at]!] = -1;
    }
    pairs += reached - 1;
  }
  return pairs === 0 ? null : steps / pairs;
}

/**
 * How far a graph is from chance: clustering over that of a random graph of the same size, divided by path length
 * over that of a random graph, (C / (k / n)) / (L / (ln n / ln k)). Grows with n, so compare a graph only with itself.
 * @returns `null` where a random graph of that density has no such length (mean degree of 1 or less).
 */
export function smallWorldSigma(
  nodes: number,
  meanDegree: number,
  clustering: number,
  pathLength: number | null,
): number | null {
  if (pathLength === null || pathLength <= 0 || nodes < 2 || meanDegree <= 1) return null;
  return clustering / (meanDegree / nodes) / (pathLength / (Math.log(nodes) / Math.log(meanDegree)));
}

/** The first `count` of a Fisher-Yates shuffle of the nodes that have an edge. */
function drawStarts(graph: Adjacency, random: Random, count: number): Int32Array {
  const linked = new Int32Array(graph.size);
  let size = 0;
  for (let node = 0; node < graph.size; node += 1)
    if (graph.offsets[node] !== graph.offsets[node + 1]) linked[size++] = node;
  if (size <= count) return linked.subarray(0, size);
  for (let at = 0; at < count; at += 1) {
    const other = at + Math.floor(random.next() * (size - at));
    [linked[at], linked[other]] = [linked[other]!, linked[at]!];
  }
  return linked.subarray(0, count);
}

/** Distances from one start; the nodes reached stand in the queue. The caller wipes the distances. */
function search(graph: Adjacency, start: number, distance: Int32Array, queue: Int32Array): number {
  let [read, write] = [0, 1];
  queue[0] = start;
  distance[start] = 0;
  while (read < write) {
    const node = queue[read++]!;
    for (let at = graph.offsets[node]!; at < graph.offsets[node + 1]!; at += 1) {
      const next = graph.targets[at]!;
      if (distance[next] !== -1) continue;
      distance[next] = distance[node]! + 1;
      queue[write++] = next;
    }
  }
  return write;
}
