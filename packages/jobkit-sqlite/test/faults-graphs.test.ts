/** Row 13 of docs/faults.md on a file: large graphs, each added in one call and run to its end. */
import { newTaskId, type NewTask, type TaskId } from "jobkit-core";
import { SeededRandom } from "jobkit-core/testing";
import { openSqliteQueue } from "jobkit-sqlite";
import { expect, test } from "vitest";
import { job, nodesOr, schedulerOver } from "./faults-kit.ts";
import { tempFolder } from "./temp-folder.ts";

const NODES = nodesOr(5_000);

/** Each task's parents, by position, for graphs of `count` tasks. */
const shapes: Readonly<Record<string, (at: number, count: number) => readonly number[]>> = {
  chain: (at) => (at === 0 ? [] : [at - 1]),
  fan: (at) => (at === 0 ? [] : [0]),
  /** As many edges on one node. */
  funnel: (at, count) => (at === count - 1 ? Array.from({ length: at }, (_, parent) => parent) : []),
  /** 100 layers; each task waits for three of the layer before. */
  layers: (at, count) => {
    const wide = Math.floor(count / 100);
    const layer = Math.floor(at / wide);
    if (layer === 0) return [];
    return [0, 1, 2].map((step) => (layer - 1) * wide + ((at * 7 + step * 31) % wide));
  },
  flat: () => [],
};

function graph(shape: string, count: number): readonly NewTask[] {
  const random = new SeededRandom(1);
  const ids = Array.from({ length: count }, () => newTaskId(random, Date.now()));
  const parentsOf = shapes[shape] as (at: number, count: number) => readonly number[];
  return ids.map((id, at) => ({
    job: "node",
    input: at,
    id,
    after: parentsOf(at, count).map((parent) => ids[parent] as TaskId),
  }));
}

/** How many tasks began before one that they wait for; `order` holds positions as they ran. */
function tooEarly(shape: string, order: readonly number[]): number {
  const parentsOf = shapes[shape] as (at: number, count: number) => readonly number[];
  const place = new Map(order.map((at, when) => [at, when]));
  return order.filter((at, when) =>
    parentsOf(at, order.length).some((parent) => (place.get(parent) ?? Number.POSITIVE_INFINITY) > when),
  ).length;
}

test.each(Object.keys(shapes))(
  `a ${NODES}-node graph that is a %s runs to its end, in order`,
  async (shape) => {
    await using folder = await tempFolder();
    await using queue = await openSqliteQueue({ path: folder.file("queue.db") });
    const order: number[] = [];
    const node = job("node", async ({ input }) => void order.push(Number(input)));
    const { scheduler } = schedulerOver(queue, { jobs: [node], lanes: 64 });
    await using _open = scheduler;

    const beganMs = performance.now();
    await scheduler.submit(graph(shape, NODES));
    const addedMs = performance.now();
    await scheduler.start();
    await scheduler.idle();
    const endedMs = performance.now();

    const each = (ms: number): string => `${((ms / NODES) * 1_000).toFixed(1)} µs`;
    console.log(
      `on disk, ${shape} of ${NODES}: ${each(addedMs - beganMs)} to add, ${each(endedMs - addedMs)} to run, a node`,
    );
    expect(order).toHaveLength(NODES);
    expect(tooEarly(shape, order)).toBe(0);
    expect(await queue.counts()).toEqual([{ job: "node", state: "done", count: NODES }]);
  },
  3_600_000,
);

test(`cancelling the first of a chain of ${NODES} skips all of it, in one go`, async () => {
  await using folder = await tempFolder();
  await using queue = await openSqliteQueue({ path: folder.file("queue.db") });
  const { scheduler } = schedulerOver(queue, { jobs: [job("node", async () => {})] });
  await using _open = scheduler;
  const [first] = await scheduler.submit(graph("chain", NODES));

  await scheduler.cancel([first?.id as TaskId], "not wanted");

  expect(await queue.counts()).toEqual(
    expect.arrayContaining([
      { job: "node", state: "cancelled", count: 1 },
      { job: "node", state: "skipped", count: NODES - 1 },
    ]),
  );
}, 3_600_000);
