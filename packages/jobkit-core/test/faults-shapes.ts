import { newTaskId, type NewTask, type TaskId } from "../src/index.ts";
import { SeededRandom } from "../src/testing/index.ts";

/**
 * How many nodes a large graph has: `usual`, or as many as the variable NODES says.
 * @throws RangeError where that is no whole number from 1,000 on.
 */
export function nodesOr(usual: number): number {
  const nodes = Number(process.env["NODES"] ?? usual);
  if (!Number.isInteger(nodes) || nodes < 1_000)
    throw new RangeError(`NODES=${nodes}: a whole number from 1,000`);
  return nodes;
}

/** Each task's parents, by position, for graphs of `count` tasks. */
export const shapes: Readonly<Record<string, (at: number, count: number) => readonly number[]>> = {
  /** One after the other. */
  chain: (at) => (at === 0 ? [] : [at - 1]),
  /** All wait for the first. */
  fan: (at) => (at === 0 ? [] : [0]),
  /** The last waits for all: as many edges on one node. */
  funnel: (at, count) => (at === count - 1 ? Array.from({ length: at }, (_, parent) => parent) : []),
  /** 100 layers; each task waits for three of the layer before. */
  layers: (at, count) => {
    const wide = Math.floor(count / 100);
    const layer = Math.floor(at / wide);
    if (layer === 0) return [];
    return [0, 1, 2].map((step) => (layer - 1) * wide + ((at * 7 + step * 31) % wide));
  },
  /** All wait for nothing. */
  flat: () => [],
};

/** The tasks of a graph of that shape, in an order in which parents come first. */
export function graph(shape: string, count: number): readonly NewTask[] {
  const random = new SeededRandom(1);
  const names = Array.from({ length: count }, () => newTaskId(random, 1_767_225_600_000));
  const parentsOf = shapes[shape] as (at: number, count: number) => readonly number[];
  return names.map((id, at) => ({
    job: "node",
    input: at,
    id,
    after: parentsOf(at, count).map((parent) => names[parent] as TaskId),
  }));
}

/** How many tasks ran before one that they wait for; 0 in a sound run. `order` holds positions as they ran. */
export function tooEarly(shape: string, order: readonly number[]): number {
  const parentsOf = shapes[shape] as (at: number, count: number) => readonly number[];
  const ranAt = new Map(order.map((at, place) => [at, place]));
  return order.filter((at, place) =>
    parentsOf(at, order.length).some((parent) => (ranAt.get(parent) ?? Number.POSITIVE_INFINITY) > place),
  ).length;
}
