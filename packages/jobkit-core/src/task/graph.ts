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
  const known = new Set<Id>(nodes.map((node) => node.id));
  return Uint32Array.from(nodes, (node) => {
    if (node.after.length === 0) return 0;
    return new Set(node.after.filter((parent) => known.has(parent))).size;
  });
}

/**
 * The nodes in an order in which each stands behind all that it waits for; among those that are free at
 * the same moment the given order holds. Linear in nodes and edges (Kahn, "Topological sorting of large
 * networks", 1962).
 * @throws GRAPH_CYCLE naming one circle; RangeError when two nodes have one id.
 */
export function startingOrder<Id extends string, N extends GraphNode<Id>>(nodes: readonly N[]): readonly N[] {
  if (nodes.every((node) => node.after.length === 0)) {
    positions(nodes);
    return nodes;
  }
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
  const waiting = waitingCounts(nodes);
  const children = childLists(nodes, at);
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

/** By position of the parent, the positions of those that wait for it. Built once, so that a fan costs its edges. */
function childLists<Id extends string>(
  nodes: readonly GraphNode<Id>[],
  at: ReadonlyMap<Id, number>,
): readonly (readonly number[] | undefined)[] {
  const children: (number[] | undefined)[] = Array.from({ length: nodes.length });
  for (const [position, node] of nodes.entries())
    for (const parent of new Set(node.after)) {
      const parentAt = at.get(parent);
      if (parentAt === undefined) continue;
      const list = children[parentAt];
      if (list === undefined) children[parentAt] = [position];
      else list.push(position);
    }
  return children;
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
