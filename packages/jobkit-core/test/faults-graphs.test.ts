/** Row 13 of docs/faults.md in memory: graphs so large that anything but linear work would never end. */
import { expect, test } from "vitest";
import { findCircle, startingOrder, type NewTask, type TaskId } from "../src/index.ts";
import { graph, nodesOr, shapes, tooEarly } from "./faults-shapes.ts";
import { job, setup } from "./scheduler-kit.ts";

const NODES = nodesOr(100_000);

test.each(Object.keys(shapes))(
  `a ${NODES}-node graph that is a %s runs to its end, in order`,
  async (shape) => {
    const order: number[] = [];
    const node = job("node", async ({ input }) => void order.push(Number(input)));
    const { store, scheduler } = setup({ lanes: 64, jobs: [node] }, false);
    await using _open = scheduler;
    const beganMs = performance.now();

    await scheduler.submit(graph(shape, NODES));
    await scheduler.start();
    await scheduler.idle();

    const tookMs = performance.now() - beganMs;
    console.log(`in memory, ${shape} of ${NODES}: ${((tookMs / NODES) * 1_000).toFixed(1)} µs a node`);
    expect(order).toHaveLength(NODES);
    expect(tooEarly(shape, order)).toBe(0);
    expect(await store.counts()).toEqual([{ job: "node", state: "done", count: NODES }]);
  },
);

test(`cancelling the first of a chain of ${NODES} skips all of it, in one go`, async () => {
  const { store, scheduler } = setup({ jobs: [job("node", async () => {})] }, false);
  await using _open = scheduler;
  const [first] = await scheduler.submit(graph("chain", NODES));

  await scheduler.cancel([first?.id as TaskId], "not wanted");

  expect(await store.counts()).toEqual(
    expect.arrayContaining([
      { job: "node", state: "cancelled", count: 1 },
      { job: "node", state: "skipped", count: NODES - 1 },
    ]),
  );
});

test(`a circle of ${NODES} is refused whole, named by a few of its tasks`, async () => {
  const chain = graph("chain", NODES);
  const [first, ...rest] = chain;
  const circle = [{ ...(first as NewTask), after: [chain.at(-1)?.id as TaskId] }, ...rest];
  const nodes = circle.map(({ id, after = [] }) => ({ id: id as TaskId, after }));
  const { store, scheduler } = setup({ jobs: [job("node", async () => {})] }, false);
  await using _open = scheduler;

  const refused = await scheduler.submit(circle).catch((error: unknown) => error as Error);

  expect(refused).toMatchObject({ code: "GRAPH_CYCLE" });
  expect((refused as Error).message.length).toBeLessThan(1_000);
  expect(findCircle(nodes)).toHaveLength(NODES);
  expect(startingOrder(nodes.slice(1))).toHaveLength(NODES - 1);
  expect(await store.counts()).toEqual([]);
});
