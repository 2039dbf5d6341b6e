import type { Adjacency } from "./adjacency.ts";

/** The connected parts of a graph. */
export interface Components {
  readonly count: number;
  /** Nodes without any edge; each is a component too. */
  readonly orphans: number;
  /** Nodes in the largest component. */
  readonly largest: number;
  /** Component of each node; components are numbered by their lowest node. */
  readonly labels: Int32Array;
}

/** Connected components by breadth-first search. O(nodes + edges). */
export function components(graph: Adjacency): Components {
  const labels = new Int32Array(graph.size).fill(-1);
  const queue = new Int32Array(graph.size);
  let [count, orphans, largest] = [0, 0, 0];
  for (let start = 0; start < graph.size; start += 1) {
    if (labels[start] !== -1) continue;
    const reached = flood(graph, start, count, labels, queue);
    if (graph.offsets[start] === graph.offsets[start + 1]) orphans += 1;
    largest = Math.max(largest, reached);
    count += 1;
  }
  return { count, orphans, largest, labels };
}

function flood(
  graph: Adjacency,
  start: number,
  label: number,
  labels: Int32Array,
  queue: Int32Array,
): number {
  let [read, write] = [0, 1];
  queue[0] = start;
  labels[start] = label;
  while (read < write) {
    const node = queue[read++]!;
    for (let at = graph.offsets[node]!; at < graph.offsets[node + 1]!; at += 1) {
      const next = graph.targets[at]!;
      if (labels[next] !== -1) continue;
      labels[next] = label;
      queue[write++] = next;
    }
  }
  return write;
}
