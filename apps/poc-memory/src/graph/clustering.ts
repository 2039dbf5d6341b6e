import type { Adjacency } from "./adjacency.ts";

/**
 * Triangles through each node, by the forward algorithm (Schank and Wagner 2005): edges point from the lower to the
 * higher degree, so that each triangle is met once and hubs are never expanded. O(edges ^ 1.5).
 */
export function triangles(graph: Adjacency): Int32Array {
  const { offsets, targets } = forwardEdges(graph);
  const through = new Int32Array(graph.size);
  const mark = new Int32Array(graph.size).fill(-1);
  for (let node = 0; node < graph.size; node += 1) {
    for (let at = offsets[node]!; at < offsets[node + 1]!; at += 1) mark[targets[at]!] = node;
    for (let at = offsets[node]!; at < offsets[node + 1]!; at += 1) {
      const middle = targets[at]!;
      for (let next = offsets[middle]!; next < offsets[middle + 1]!; next += 1) {
        const far = targets[next]!;
        if (mark[far] !== node) continue;
        through[node]! += 1;
        through[middle]! += 1;
        through[far]! += 1;
      }
    }
  }
  return through;
}

/**
 * Mean over all nodes of the share of a node's neighbour pairs that are linked themselves (Watts and Strogatz 1998).
 * A node with fewer than two neighbours counts as 0, as igraph and networkx have it; 0 for an empty graph.
 */
export function averageClustering(graph: Adjacency): number {
  const through = triangles(graph);
  let sum = 0;
  for (let node = 0; node < graph.size; node += 1) {
    const degree = graph.offsets[node + 1]! - graph.offsets[node]!;
    if (degree >= 2) sum += (2 * through[node]!) / (degree * (degree - 1));
  }
  return graph.size === 0 ? 0 : sum / graph.size;
}

/** Each edge once, from the end that comes first by (degree, index). */
function forwardEdges(graph: Adjacency): { readonly offsets: Int32Array; readonly targets: Int32Array } {
  const offsets = new Int32Array(graph.size + 1);
  const targets = new Int32Array(graph.targets.length / 2);
  let write = 0;
  for (let node = 0; node < graph.size; node += 1) {
    const degree = graph.offsets[node + 1]! - graph.offsets[node]!;
    for (let at = graph.offsets[node]!; at < graph.offsets[node + 1]!; at += 1) {
      const other = graph.targets[at]!;
      const otherDegree = graph.offsets[other + 1]! - graph.offsets[other]!;
      if (degree < otherDegree || (degree === otherDegree && node < other)) targets[write++] = other;
    }
    offsets[node + 1] = write;
  }
  return { offsets, targets };
}
