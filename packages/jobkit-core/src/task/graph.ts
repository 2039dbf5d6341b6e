/**
 * Tasks that wait for tasks, as a graph. Pure and iterative: a chain of a million nodes needs no stack.
 * Knows nothing of stores or states; edges that leave the given nodes are ignored.
 */
import { jobkitError } from "../base/error-table.ts";

/** A node: what it is called, and what must end before it may start. */
export interface GraphNode<Id extends string = string> {
  readonly id: Id;
  readonly after: readonly Id[];
}

/** So many ids of a circle are named in a message; the rest is counted. */
const NAMED_MAX = 12;

/**
 * How many of the given nodes each node waits for, by position. An id named twice counts once.
 * Ids that no given node has count nothing.
 */
export function waitingCounts<Id extends string>(nodes: readonly GraphNode<Id>[]): Uint32Array {
  return edgesOf(nodes, new Map(nodes.map((node, at) => [node.id, at]))).waiting;
}

/**
 * The nodes in an order in which each stands behind all that it waits for; among those that are free at
 * the same moment the given order holds. Linear in nodes and edges (Kahn, "Topological sorting of large
 * networks", 1962).
 * @throws GRAPH_CYCLE naming one circle; RangeError when two nodes have one id.
 */
export function startingOrder<Id extends string, N extends GraphNode<Id>>(nodes: readonly N[]): readonly N[] {
  const { order, circle } = peel(nodes);
  if (circle !== null) throw cycleError(circle);
  return order.map((position) => nodes[position] as N);
}

/** The ids of one circle, each waiting for the next and the last for the first, or `null` where there is none. */
export function findCircle<Id extends string>(nodes: readonly GraphNode<Id>[]): readonly Id[] | null {
  return peel(nodes).circle;
}

/** Take away what waits for nothing, until nothing is left or only circles and what waits for them. */
function peel<Id extends string>(
  nodes: readonly GraphNode<Id>[],
): {
  readonly order: readonly number[];
  readonly circle: readonly Id[] | null;
} {
  const at = positions(nodes);
  const { waiting, children } = edgesOf(nodes, at);
  const order: number[] = [];
  for (const [position, count] of waiting.entries()) if (count === 0) order.push(position);
  // The list grows while it is walked: what was freed is at its end.
  for (let next = 0; next < order.length; next += 1)
    for (const child of children[order[next] as number] ?? []) {
      const left = (waiting[child] as number) - 1;
      waiting[child] = left;
      if (left === 0) order.push(child);
    }
  return { order, circle: order.length === nodes.length ? null : circleAmong(nodes, at, waiting) };
}

function positions<Id extends string>(nodes: readonly GraphNode<Id>[]): ReadonlyMap<Id, number> {
  const at = new Map<Id, number>();
  for (const [position, node] of nodes.entries()) {
    if (at.has(node.id)) throw new RangeError(`two tasks of one batch have the id ${node.id}`);
    at.set(node.id, position);
  }
  return at;
}

interface Edges {
  /** By position: how many of the nodes it waits for. */
  readonly waiting: Uint32Array;
  /** By position of the parent, the positions of those that wait for it. */
  readonly children: readonly (readonly number[] | undefined)[];
}

/** Built once, so that a fan costs its edges. */
function edgesOf<Id extends string>(nodes: readonly GraphNode<Id>[], at: ReadonlyMap<Id, number>): Edges {
  const waiting = new Uint32Array(nodes.length);
  const children: (number[] | undefined)[] = Array.from({ length: nodes.length });
  for (const [position, { after }] of nodes.entries()) {
    // Most wait for one or none: those need no set to be counted once.
    for (const parent of after.length > 1 ? new Set(after) : after) {
      const parentAt = at.get(parent);
      if (parentAt === undefined) continue;
      waiting[position] = (waiting[position] as number) + 1;
      const list = children[parentAt];
      if (list === undefined) children[parentAt] = [position];
      else list.push(position);
    }
  }
  return { waiting, children };
}

/** Every node that still waits has a parent that still waits: walking to such parents must meet itself. */
function circleAmong<Id extends string>(
  nodes: readonly GraphNode<Id>[],
  at: ReadonlyMap<Id, number>,
  waiting: Uint32Array,
): readonly Id[] {
  const seenAt = new Map<number, number>();
  const walk: number[] = [];
  let here = waiting.findIndex((count) => count > 0);
  while (!seenAt.has(here)) {
    seenAt.set(here, walk.length);
    walk.push(here);
    const parent = (nodes[here] as GraphNode<Id>).after.find((id) => (waiting[at.get(id) ?? -1] ?? 0) > 0);
    here = at.get(parent as Id) as number;
  }
  return walk.slice(seenAt.get(here)).map((position) => (nodes[position] as GraphNode<Id>).id);
}

function cycleError(circle: readonly string[]): Error {
  const shown = circle.slice(0, NAMED_MAX).join(" waits for ");
  const rest = circle.length > NAMED_MAX ? ` waits for … ${circle.length - NAMED_MAX} more` : "";
  return jobkitError("GRAPH_CYCLE", `ordering tasks: ${shown}${rest} waits for ${circle[0]}`);
}
