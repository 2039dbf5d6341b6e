import { expect, test } from "vitest";
import { RamQueue } from "../src/index.ts";
import { aborted, idOf, job, Latch, setup, started, told } from "./scheduler-kit.ts";

test("cancelling a waiting task ends it at once, cancelling a running one aborts it", async () => {
  const reasons: unknown[] = [];
  await using bench = await started({
    lanes: 1,
    jobs: [
      job("long", async ({ signal }) => {
        await aborted(signal);
        reasons.push(signal.reason);
      }),
    ],
  });
  const { clock, store, seen, scheduler } = bench;
  const added = await scheduler.submit([
    { job: "long", input: 1 },
    { job: "long", input: 2 },
  ]);
  await clock.settle();

  const answers = await scheduler.cancel([idOf(added, 1), idOf(added, 0)], "not wanted");
  await clock.settle();

  expect(answers.map((answer) => answer.was)).toEqual(["ended", "running"]);
  expect(reasons).toMatchObject([{ code: "TASK_CANCELLED" }]);
  expect(told(seen, "task.finished")).toMatchObject([
    { attrs: { task: idOf(added, 1), outcome: "cancelled", ranMs: 0 } },
    { attrs: { task: idOf(added, 0), outcome: "cancelled" } },
  ]);
  const tasks = await store.get(added.map((one) => one.id));
  expect(tasks.map((task) => task.state)).toMatchObject([
    { kind: "cancelled", reason: "not wanted" },
    { kind: "cancelled", reason: "not wanted" },
  ]);
});

test("cancelling during the wait for a retry ends the task, and a retry by hand starts it anew", async () => {
  let fail = true;
  await using bench = await started({
    jobs: [
      job("flaky", async () => {
        if (fail) throw new Error("busy");
      }),
    ],
  });
  const { clock, seen, scheduler } = bench;
  const id = idOf(await scheduler.submit([{ job: "flaky", input: null }]));
  await clock.settle();

  await scheduler.cancel([id], "enough");
  fail = false;
  const again = await scheduler.retry([id]);
  await scheduler.idle();

  expect(again).toEqual([id]);
  expect(told(seen, "task.queued")).toHaveLength(2);
  expect(told(seen, "task.finished").map((event) => event.attrs["outcome"])).toEqual(["cancelled", "done"]);
});

test("a task cancelled while its timed-out attempt still ends is not retried", async () => {
  using latch = new Latch();
  await using bench = await started({
    jobs: [job("slow", () => latch.wait(), { timeoutMs: 100, graceMs: 50 })],
  });
  const { clock, store, scheduler } = bench;
  const id = idOf(await scheduler.submit([{ job: "slow", input: null }]));
  await clock.advance(110);

  await scheduler.cancel([id], "enough");
  latch.release();
  await clock.settle();

  expect((await store.get([id]))[0]?.state.kind).toBe("cancelled");
});

test("draining lets work finish until the deadline, interrupts the rest and starts nothing more", async () => {
  using latch = new Latch();
  await using bench = await started({
    lanes: 3,
    jobs: [
      job("polite", async ({ signal }) => {
        await Promise.race([latch.wait(), aborted(signal)]);
      }),
      job("deaf", () => new Promise(() => {}), { graceMs: 500 }),
    ],
  });
  const { clock, store, seen, scheduler } = bench;
  await scheduler.submit([
    { job: "polite", input: 1, priority: 2 },
    { job: "polite", input: 2, priority: 2 },
    { job: "deaf", input: 3, priority: 2 },
    { job: "polite", input: 4 },
  ]);
  await clock.settle();

  const drained = scheduler.drain(1_000);
  await clock.settle();
  latch.release();
  await clock.advance(1_000);
  expect(told(seen, "task.interrupted")).toHaveLength(1);
  await clock.advance(500);

  expect(await drained).toEqual({ finished: 1, interrupted: 1, abandoned: 1 });
  expect(await store.counts()).toEqual(
    expect.arrayContaining([
      { job: "polite", state: "done", count: 1 },
      { job: "polite", state: "ready", count: 2 },
      { job: "deaf", state: "ready", count: 1 },
    ]),
  );
  const tasks = (await store.list({})).tasks.filter((task) => task.state.kind === "ready");
  expect(tasks.map((task) => task.attempt)).toEqual([0, 0, 0]);
});

test("a second drain with no deadline hurries the first", async () => {
  await using bench = await started({ jobs: [job("long", ({ signal }) => aborted(signal))] });
  const { clock, scheduler } = bench;
  await scheduler.submit([{ job: "long", input: null }]);
  await clock.settle();

  const patient = scheduler.drain(Number.POSITIVE_INFINITY);
  const hurried = scheduler.drain(0);

  expect(await hurried).toEqual({ finished: 0, interrupted: 1, abandoned: 0 });
  expect(await patient).toEqual({ finished: 0, interrupted: 1, abandoned: 0 });
  await clock.settle();
  expect(clock.pending).toBe(0);
});

test("waiting for idle ends with the reason of its signal and leaves nothing", async () => {
  await using bench = await started({ jobs: [job("long", ({ signal }) => aborted(signal))] });
  const { clock, scheduler } = bench;
  await scheduler.submit([{ job: "long", input: null }]);
  const stop = new AbortController();

  const idle = scheduler.idle(stop.signal);
  await clock.settle();
  stop.abort(new Error("no longer interested"));

  await expect(idle).rejects.toThrow("no longer interested");
});

test("a cancellation that meets a settlement on its way is told after it", async () => {
  const store = new RamQueue();
  using latch = new Latch();
  const turn = store.turn.bind(store);
  store.turn = async (request) => {
    const answer = await turn(request);
    if (request.settlements.length > 0) await latch.wait();
    return answer;
  };
  await using bench = await started({
    store,
    jobs: [job("flaky", () => Promise.reject(new Error("busy")))],
  });
  using _answering = latch;
  const { clock, seen, scheduler } = bench;
  const id = idOf(await scheduler.submit([{ job: "flaky", input: null }]));
  await clock.settle();

  const cancelling = scheduler.cancel([id], "enough");
  await clock.settle();
  latch.release();
  const answers = await cancelling;

  expect(answers).toMatchObject([{ was: "ended" }]);
  expect(seen.map((event) => event.ev)).toEqual([
    "task.queued",
    "task.started",
    "task.retrying",
    "task.finished",
  ]);
});

test("idle waits for a start, and closing refuses who waits", async () => {
  const { scheduler } = setup({ jobs: [job("none", async () => {})] });
  const waiting = scheduler.idle();

  await scheduler[Symbol.asyncDispose]();
  await scheduler[Symbol.asyncDispose]();

  await expect(waiting).rejects.toMatchObject({ code: "SCHEDULER_CLOSED" });
  await expect(scheduler.start()).rejects.toMatchObject({ code: "SCHEDULER_CLOSED" });
});

test("a start that fails may be tried again, and a second start is refused", async () => {
  const store = new RamQueue();
  const recover = store.recover.bind(store);
  store.recover = () => Promise.reject(new Error("locked"));
  await using bench = setup({ store, jobs: [job("none", async () => {})] });
  const { scheduler } = bench;

  await expect(scheduler.start()).rejects.toThrow("locked");
  store.recover = recover;
  await scheduler.start();

  await expect(scheduler.start()).rejects.toThrow("started twice");
});
