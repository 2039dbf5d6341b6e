/**
 * A graph as compressed sparse rows: the neighbours of node i stand in `targets` from `offsets[i]` to
 * `offsets[i + 1]`, ascending. Each undirected edge stands in both rows. Values: nobody writes to the arrays.
 */
import type { EdgeList } from "./edge-list.ts";

/** A simple undirected graph: no self loops, one edge at most between two nodes. What all measures take. */
export interface Adjacency {
  /** Number of nodes; they are 0 to size - 1. */
  readonly size: number;
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
  /** Above 0, at most 1. */
  readonly strengths: Float32Array;
}

/** Rows that may hold several edges to one neighbour, of different types, ascending by type. */
export interface TypedAdjacency extends Adjacency {
  /** Numbers of the caller's edge types. */
  readonly types: Uint8Array;
}

/**
 * Rows from a list of edges, in time and memory linear in both: filled once in the order of the list, then
 * transposed, which sorts every row. Self loops are left out.
 */
export function buildAdjacency(size: number, edges: EdgeList): TypedAdjacency {
  const offsets = countOffsets(size, edges);
  const total = offsets[size] ?? 0;
  const loose = emptyRows(size, offsets, total);
  const cursor = offsets.slice();
  for (let edge = 0; edge < edges.length; edge += 1) {
    const [from, to] = [edges.from[edge]!, edges.to[edge]!];
    if (from === to) continue;
    const [strength, type] = [edges.strengths[edge]!, edges.types[edge]!];
    place(loose, cursor[from]!++, to, strength, type);
    place(loose, cursor[to]!++, from, strength, type);
  }
  const sorted = emptyRows(size, offsets, total);
  cursor.set(offsets);
  for (let node = 0; node < size; node += 1)
    for (let at = offsets[node]!; at < offsets[node + 1]!; at += 1)
      place(sorted, cursor[loose.targets[at]!]!++, node, loose.strengths[at]!, loose.types[at]!);
  sortParallels(sorted);
  return sorted;
}

/** The same graph with one edge for each pair, of the greatest strength. The same arrays where nothing is parallel. */
export function withoutParallels(graph: TypedAdjacency): Adjacency {
  const { size, offsets, targets, strengths } = graph;
  const isParallel = (at: number, node: number): boolean =>
    at > offsets[node]! && targets[at] === targets[at - 1];
  const kept = new Int32Array(size + 1);
  for (let node = 0; node < size; node += 1) {
    let count = 0;
    for (let at = offsets[node]!; at < offsets[node + 1]!; at += 1) if (!isParallel(at, node)) count += 1;
    kept[node + 1] = kept[node]! + count;
  }
  if (kept[size] === targets.length) return graph;
  const simpleTargets = new Int32Array(kept[size]!);
  const simpleStrengths = new Float32Array(kept[size]!);
  let write = 0;
  for (let node = 0; node < size; node += 1)
    for (let at = offsets[node]!; at < offsets[node + 1]!; at += 1) {
      if (isParallel(at, node)) {
        simpleStrengths[write - 1] = Math.max(simpleStrengths[write - 1]!, strengths[at]!);
        continue;
      }
      simpleTargets[write] = targets[at]!;
      simpleStrengths[write] = strengths[at]!;
      write += 1;
    }
  return { size, offsets: kept, targets: simpleTargets, strengths: simpleStrengths };
}

/** How many neighbours a node has. */
export function degreeOf(graph: Adjacency, node: number): number {
  return graph.offsets[node + 1]! - graph.offsets[node]!;
}

function countOffsets(size: number, edges: EdgeList): Int32Array {
  const offsets = new Int32Array(size + 1);
  for (let edge = 0; edge < edges.length; edge += 1) {
    const [from, to] = [edges.from[edge]!, edges.to[edge]!];
    if (from === to) continue;
    offsets[from + 1]! += 1;
    offsets[to + 1]! += 1;
  }
  for (let node = 0; node < size; node += 1) offsets[node + 1]! += offsets[node]!;
  return offsets;
}

function emptyRows(size: number, offsets: Int32Array, total: number): TypedAdjacency {
  return {
    size,
    offsets,
    targets: new Int32Array(total),
    strengths: new Float32Array(total),
    types: new Uint8Array(total),
  };
}

function place(rows: TypedAdjacency, at: number, target: number, strength: number, type: number): void {
  rows.targets[at] = target;
  rows.strengths[at] = strength;
  rows.types[at] = type;
}

/** Edges of one pair stand together already; there are at most a few, so they are sorted by insertion. */
function sortParallels(rows: TypedAdjacency): void {
  for (let node = 0; node < rows.size; node += 1)
    for (let at = rows.offsets[node]! + 1; at < rows.offsets[node + 1]!; at += 1)
      for (let back = at; back > rows.offsets[node]! && outOfOrder(rows, back); back -= 1) swap(rows, back);
}

function outOfOrder(rows: TypedAdjacency, at: number): boolean {
  return rows.targets[at] === rows.targets[at - 1] && rows.types[at]! < rows.types[at - 1]!;
}

function swap(rows: TypedAdjacency, at: number): void {
  const [strength, type] = [rows.strengths[at]!, rows.types[at]!];
  rows.strengths[at] = rows.strengths[at - 1]!;
  rows.types[at] = rows.types[at - 1]!;
  rows.strengths[at - 1] = strength;
  rows.types[at - 1] = type;
}
