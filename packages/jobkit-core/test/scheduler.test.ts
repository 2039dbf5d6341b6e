import { expect, test } from "vitest";
import { fatal, newTaskId } from "../src/index.ts";
import { SeededRandom } from "../src/testing/index.ts";
import { idOf, job, Latch, named, setup, started, told, two } from "./scheduler-kit.ts";

test("a submitted task runs, is settled done with its result, and tells its life in order", async () => {
  await using bench = await started({ jobs: [job("add", async () => ({ sum: 3 }))] });
  const { clock, store, seen, scheduler } = bench;

  const id = idOf(await scheduler.submit([{ job: "add", input: { a: 1 }, key: "k" }]));
  await clock.settle();

  const [task] = await store.get([id]);
  expect(task?.state).toMatchObject({ kind: "done", result: { sum: 3 } });
  expect(seen.map((event) => event.ev)).toEqual(["task.queued", "task.started", "task.finished"]);
  expect(seen[1]).toMatchObject({ trace: task?.run, job: "add", attempt: 1 });
  expect(seen[2]).toMatchObject({ span: seen[1]?.span, attrs: { outcome: "done", task: id } });
  expect(scheduler.snapshot()).toMatchObject({ lanesFree: 4, running: [] });
});

test("a child starts when its parent is done, without time passing", async () => {
  const order: string[] = [];
  await using bench = await started({
    jobs: [job("step", async ({ input }) => order.push(String(input)))],
  });
  const { clock, scheduler } = bench;
  const first = newTaskId(new SeededRandom(9), 0);

  await scheduler.submit([
    { job: "step", input: "child", after: [first] },
    { job: "step", input: "parent", id: first },
  ]);
  const rest = await scheduler.idle();

  expect(order).toEqual(["parent", "child"]);
  expect(rest).toEqual({ nextDueAtMs: null });
  expect(clock.monotonic()).toBe(0);
});

test("a task that fails is retried after its delays and then fails for good", async () => {
  const attempts: number[] = [];
  await using bench = await started({
    jobs: [
      job("flaky", async ({ attempt }) => {
        attempts.push(attempt);
        throw new Error("busy");
      }),
    ],
  });
  const { clock, seen, scheduler } = bench;
  await scheduler.submit([{ job: "flaky", input: null }]);

  await clock.advance(999);
  expect(attempts).toEqual([1]);
  await clock.advance(1);
  expect(attempts).toEqual([1, 2]);
  await clock.advance(1_999);
  expect(attempts).toEqual([1, 2]);
  await clock.advance(1);

  expect(attempts).toEqual([1, 2, 3]);
  expect(told(seen, "task.retrying").map((event) => event.attrs["delayMs"])).toEqual([1_000, 2_000]);
  expect(told(seen, "task.failed")).toMatchObject([{ attrs: { code: "INTERNAL", why: "busy" } }]);
  expect(told(seen, "task.finished")).toMatchObject([{ attrs: { outcome: "failed" } }]);
  expect(clock.pending).toBe(0);
});

test("an error that cannot be helped is not retried, and children are skipped and told once", async () => {
  await using bench = await started({
    jobs: [
      job("doomed", () => {
        throw fatal("reading a file that is gone");
      }),
      job("after", async () => {}),
    ],
  });
  const { clock, seen, scheduler } = bench;
  const id = newTaskId(new SeededRandom(9), 0);

  await scheduler.submit([
    { job: "doomed", input: null, id },
    { job: "after", input: null, after: [id] },
    { job: "after", input: null, after: [id], onParentFailure: "fail" },
    { job: "after", input: null, after: [id], onParentFailure: "run" },
  ]);
  await clock.settle();

  expect(told(seen, "task.retrying")).toEqual([]);
  expect(told(seen, "task.finished").map((event) => event.attrs["outcome"])).toEqual([
    "failed",
    "skipped",
    "failed",
    "done",
  ]);
  expect(told(seen, "task.failed").map((event) => event.job)).toEqual(["doomed", "after"]);
});

test("a child of a parent that failed long ago is told as finished although it never ran", async () => {
  await using bench = await started({
    jobs: [
      job("doomed", () => {
        throw fatal("never");
      }),
    ],
  });
  const { clock, seen, scheduler } = bench;
  const id = idOf(await scheduler.submit([{ job: "doomed", input: null }]));
  await clock.settle();

  const late = idOf(await scheduler.submit([{ job: "doomed", input: null, after: [id] }]));
  await clock.settle();

  expect(told(seen, "task.finished").map((event) => [event.attrs["task"], event.attrs["outcome"]])).toEqual([
    [id, "failed"],
    [late, "skipped"],
  ]);
});

test("a batch with one wrong job or input stores nothing", async () => {
  await using bench = setup({
    jobs: [job("known", async () => {}), { ...job("strict", async () => {}), input: named }],
  });
  const { store, seen, scheduler } = bench;

  await expect(
    scheduler.submit([
      { job: "known", input: 1 },
      { job: "knwon", input: 1 },
    ]),
  ).rejects.toMatchObject({
    code: "JOB_UNKNOWN",
    message: expect.stringContaining('did you mean "known"') as string,
  });
  await expect(
    scheduler.submit([
      { job: "known", input: 1 },
      { job: "strict", input: { name: 3 } },
    ]),
  ).rejects.toMatchObject({
    code: "INPUT_INVALID",
    message: expect.stringContaining("name: must be text") as string,
  });
  expect(await store.counts()).toEqual([]);
  expect(seen).toEqual([]);
});

test("a second task of the same key is answered with the first and told as deduplicated", async () => {
  await using bench = setup({ jobs: [job("a", async () => {})] });
  const { seen, scheduler } = bench;

  const first = idOf(await scheduler.submit([{ job: "a", input: null, key: "x" }]));
  const again = await scheduler.submit([{ job: "a", input: null, key: "x" }]);

  expect(again).toEqual([{ id: first, added: false }]);
  expect(told(seen, "task.deduplicated")).toMatchObject([{ attrs: { task: first, key: "x" } }]);
  expect(told(seen, "task.queued")).toHaveLength(1);
});

test("lanes, pools and a job's own limit hold, and the snapshot says what is held and why", async () => {
  using latch = new Latch();
  await using bench = await started({
    lanes: 4,
    pools: { disk: 3 },
    jobs: [
      job("heavy", () => latch.wait(), { needs: { disk: 2 } }),
      job("single", () => latch.wait(), { concurrencyMax: 1 }),
      job("light", () => latch.wait()),
      job("resting", () => latch.wait()),
    ],
  });
  const { clock, scheduler } = bench;
  await scheduler.pause("resting");

  await scheduler.submit([
    ...two("heavy"),
    ...two("single"),
    ...two("light"),
    ...two("light"),
    ...two("resting"),
  ]);
  await clock.settle();

  const busy = scheduler.snapshot();
  expect(busy.running.map((attempt) => attempt.job).toSorted()).toEqual([
    "heavy",
    "light",
    "light",
    "single",
  ]);
  expect(busy.pools).toEqual([{ name: "disk", size: 3, held: 2, free: 1 }]);
  expect(busy.held).toEqual({
    heavy: { kind: "no slot", pool: "disk", forMs: 0 },
    single: { kind: "at its own limit", forMs: 0 },
    light: { kind: "no lane", forMs: 0 },
    resting: { kind: "paused", forMs: 0 },
  });
  await scheduler.resume();
  for (let at = 0; at < 10; at += 1) {
    latch.release();
    await clock.settle();
  }
  expect(scheduler.snapshot()).toMatchObject({ lanesFree: 4, held: {} });
});

test("a job that could never run is refused at construction", () => {
  const needy = job("needy", async () => {}, { needs: { disk: 3 } });

  expect(() => setup({ jobs: [needy] })).toThrow(expect.objectContaining({ code: "POOL_UNKNOWN" }) as Error);
  expect(() => setup({ jobs: [needy], pools: { disk: 2 } })).toThrow(
    expect.objectContaining({ code: "POOL_TOO_SMALL" }) as Error,
  );
  expect(() => setup({ jobs: [needy, needy], pools: { disk: 3 } })).toThrow("registered twice");
});

test("a pool that shrinks drains, and one that grows starts what waited", async () => {
  using latch = new Latch();
  await using bench = await started({
    pools: { disk: 1 },
    jobs: [job("write", () => latch.wait(), { needs: { disk: 1 } })],
  });
  const { clock, seen, scheduler } = bench;
  await scheduler.submit(Array.from({ length: 4 }, (_, input) => ({ job: "write", input })));
  await clock.settle();
  expect(latch.waiting).toBe(1);

  scheduler.resizePool("disk", 3);
  await clock.settle();
  expect(latch.waiting).toBe(3);
  scheduler.resizePool("disk", 1);
  latch.release();
  latch.release();
  await clock.settle();

  expect(latch.waiting).toBe(1);
  expect(told(seen, "pool.resized").map((event) => event.attrs["slots"])).toEqual([3, 1]);
  latch.release();
  await clock.settle();
  latch.release();
  await clock.settle();
});
