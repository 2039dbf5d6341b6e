import { defineJob, EventBus, jobkitEvents, type Job, RamQueue, Scheduler } from "jobkit-core";
import { FakeClock, SeededRandom } from "jobkit-core/testing";
import { expect, test } from "vitest";
import { LoopWatch } from "../src/loop-watch.ts";
import { poolSizes } from "../src/open-work.ts";
import { runPipelineJob } from "../src/routine/run-pipeline.ts";
import { queueGauges } from "../src/write-metrics.ts";

test("the loop watch tells how late its sleeps end, asked once, and is idle while nothing runs", async () => {
  const clock = new FakeClock();
  const bus = new EventBus({ clock });
  const running = { now: true };
  await using watch = new LoopWatch({ bus, clock, busy: () => running.now });
  const idle = [clock.pending, watch.take()];

  bus.emitter(jobkitEvents).emit("task.started", () => ({ task: "t", worker: "main-1", waitedMs: 0 }));
  await clock.advance(250);
  const well = watch.take();
  running.now = false;
  await clock.advance(250);

  expect(idle).toEqual([0, null]);
  expect(well).toBe(0);
  expect(clock.pending).toBe(0);
});

test("the loop watch closes while it sleeps", async () => {
  const clock = new FakeClock();
  const bus = new EventBus({ clock });
  const watch = new LoopWatch({ bus, clock, busy: () => true });
  bus.emitter(jobkitEvents).emit("task.started", () => ({ task: "t", worker: "main-1", waitedMs: 0 }));

  await watch[Symbol.asyncDispose]();

  expect(clock.pending).toBe(0);
});

test("sizes of pools are asked each time", () => {
  const size = { now: 1 };
  const parts = { jobs: [], pools: { fixed: 3, live: () => size.now } };

  const before = poolSizes(parts);
  size.now = 5;

  expect([before, poolSizes(parts)]).toEqual([
    { fixed: 3, live: 1 },
    { fixed: 3, live: 5 },
  ]);
});

test("what a store holds is told by job and state, with the oldest that is due", () => {
  const counts = [
    { job: "a", state: "ready", count: 2 },
    { job: "a", state: "done", count: 1 },
    { job: "b", state: "done", count: 4 },
  ] as const;

  expect(queueGauges(counts, { a: 7 })).toEqual([
    { job: "a", counts: { ready: 2, done: 1 }, oldestDueAtMs: 7 },
    { job: "b", counts: { done: 4 }, oldestDueAtMs: null },
  ]);
});

/** A scheduler with the job, and a run whose end is a task that waits for its turn. */
async function runPipelineBench() {
  const clock = new FakeClock();
  const store = new RamQueue();
  const random = new SeededRandom(1);
  const asked: unknown[] = [];
  const end: Job = defineJob<unknown>({ name: "end", doc: "Ends.", input: anything, run: async () => null });
  const scheduler: Scheduler = new Scheduler({
    store,
    jobs: [
      end,
      runPipelineJob({
        store,
        pipelines: () => ({
          run: async (name, request) => {
            asked.push([name, request]);
            return { run: "1".repeat(32) as never, date: "2026-01-01", end: added.id, started: true };
          },
          status: async () => ({ outcome: "failed" }) as never,
        }),
      }),
    ],
    pools: {},
    events: new EventBus({ clock }).emitter(jobkitEvents),
    clock,
    random,
    owner: "test",
    lanes: 1,
  });
  const [added] = (await scheduler.submit([{ job: "end", input: {}, dueAtMs: clock.now() + 5_000 }])) as [
    Awaited<ReturnType<typeof scheduler.submit>>[number],
  ];
  await scheduler.start();
  return { clock, scheduler, asked };
}

const anything = {
  "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) },
} as const;

test("running a pipeline waits for the end of the run without a lane, and is done also where the run failed", async () => {
  const { clock, scheduler, asked } = await runPipelineBench();
  const input = { pipeline: "wind", date: "2026-01-01", args: { how: 1 } };
  const [own] = await scheduler.submit([{ job: "run-pipeline", input }]);

  await clock.advance(1_000);
  const meanwhile = scheduler.snapshot().lanesFree;
  await clock.advance(5_000);
  const task = own === undefined ? null : await scheduler.ended(own.id);

  expect(meanwhile).toBe(1);
  expect(asked[0]).toEqual(["wind", { date: "2026-01-01", args: { how: 1 } }]);
  expect(task?.state).toMatchObject({ kind: "done", result: { outcome: "failed", date: "2026-01-01" } });
  await scheduler[Symbol.asyncDispose]();
});

test.each([[null], [{}], [{ pipeline: "x" }], [{ pipeline: "x", date: "d", args: [] }]])(
  "what does not say which pipeline and date is refused: %j",
  async (input) => {
    const { scheduler } = await runPipelineBench();

    await expect(scheduler.submit([{ job: "run-pipeline", input }])).rejects.toMatchObject({
      code: "INPUT_INVALID",
    });
    await scheduler[Symbol.asyncDispose]();
  },
);
