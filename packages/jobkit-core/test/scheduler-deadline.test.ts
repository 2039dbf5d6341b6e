import { describe, expect, test } from "vitest";
import { fork } from "../src/index.ts";
import { aborted, idOf, job, Latch, started, told, toldOf } from "./scheduler-kit.ts";

describe("a task whose deadline passes", () => {
  test("while it waits for its time fails at that moment, without having run, and so end those behind it", async () => {
    let runs = 0;
    await using bench = await started({ jobs: [job("work", async () => (runs += 1))] });
    const { clock, seen, store, scheduler } = bench;
    const nowMs = clock.now();
    const id = idOf(
      await scheduler.submit([
        { job: "work", input: null, dueAtMs: nowMs + 60_000, deadlineAtMs: nowMs + 5_000 },
      ]),
    );
    await scheduler.submit([
      { job: "work", input: null, after: [id] },
      { job: "work", input: null, after: [id], onParentFailure: "run" },
    ]);

    await clock.advance(4_999);
    expect(told(seen, "task.finished")).toEqual([]);
    await clock.advance(1);

    expect(told(seen, "task.failed")).toMatchObject([{ attrs: { task: id, code: "TASK_EXPIRED" } }]);
    expect(toldOf(seen, "task.finished", "outcome")).toEqual(["failed", "skipped", "done"]);
    expect(toldOf(seen, "task.finished", "attempts")).toEqual([0, 0, 1]);
    expect((await store.get([id]))[0]?.state).toMatchObject({
      kind: "failed",
      startedAtMs: null,
      endedAtMs: nowMs + 5_000,
    });
    expect(runs).toBe(1);
  });

  test.each<[string, (bench: Awaited<ReturnType<typeof started>>) => unknown]>([
    ["every lane is in use", ({ scheduler }) => scheduler.submit([{ job: "long", input: null }])],
    ["its job is paused", ({ scheduler }) => scheduler.pause("work")],
    ["its job is held", ({ scheduler }) => scheduler.hold("work", "test", "not yet")],
  ])("while %s fails on time", async (_what, keep) => {
    using latch = new Latch();
    await using bench = await started({
      lanes: 1,
      jobs: [job("long", () => latch.wait()), job("work", async () => {})],
    });
    const { clock, seen, scheduler } = bench;
    await keep(bench);
    await clock.settle();

    await scheduler.submit([{ job: "work", input: null, deadlineAtMs: clock.now() + 700 }]);
    await clock.advance(699);
    expect(told(seen, "task.failed")).toEqual([]);
    await clock.advance(1);

    expect(toldOf(seen, "task.failed", "code")).toEqual(["TASK_EXPIRED"]);
  });

  test("while it waits for a parent, or to be retried, fails on time", async () => {
    using latch = new Latch();
    const jobs = [job("parent", () => latch.wait()), job("flaky", () => Promise.reject(new Error("busy")))];
    await using bench = await started({ jobs });
    const { clock, seen, scheduler } = bench;
    const deadlineAtMs = clock.now() + 500;
    const parent = idOf(await scheduler.submit([{ job: "parent", input: null }]));

    await scheduler.submit([
      { job: "flaky", input: null, deadlineAtMs, after: [parent] },
      { job: "flaky", input: null, deadlineAtMs },
    ]);
    await clock.advance(500);

    expect(toldOf(seen, "task.failed", "code")).toEqual(["TASK_EXPIRED", "TASK_EXPIRED"]);
    expect(new Set(toldOf(seen, "task.finished", "attempts"))).toEqual(new Set([0, 1]));
  });

  test("while it runs is told to stop for that reason, and is not tried again", async () => {
    const reasons: unknown[] = [];
    const long = job("long", async ({ signal }) => {
      await aborted(signal);
      reasons.push(signal.reason);
      signal.throwIfAborted();
    });
    await using bench = await started({ jobs: [long] });
    const { clock, seen, scheduler } = bench;

    await scheduler.submit([{ job: "long", input: null, deadlineAtMs: clock.now() + 300 }]);
    await clock.advance(299);
    expect(reasons).toEqual([]);
    await clock.advance(1);

    expect(reasons).toMatchObject([{ code: "TASK_EXPIRED" }]);
    expect(toldOf(seen, "task.failed", "code")).toEqual(["TASK_EXPIRED"]);
    expect(told(seen, "task.finished")).toMatchObject([{ attrs: { outcome: "failed", ranMs: 300 } }]);
    expect(told(seen, "task.retrying")).toEqual([]);
  });

  test("while it runs, and that does not stop, is abandoned and not tried again", async () => {
    await using bench = await started({ jobs: [job("deaf", () => new Promise(() => {}), { graceMs: 50 })] });
    const { clock, seen, scheduler } = bench;

    await scheduler.submit([{ job: "deaf", input: null, deadlineAtMs: clock.now() + 300 }]);
    await clock.advance(350);

    expect(toldOf(seen, "task.failed", "code")).toEqual(["TASK_ABANDONED"]);
    expect(told(seen, "task.retrying")).toEqual([]);
    expect(scheduler.snapshot().lanesFree).toBe(4);
  });

  test("before it is submitted is stored, and fails at once", async () => {
    let runs = 0;
    await using bench = await started({ jobs: [job("work", async () => (runs += 1))] });
    const { clock, seen, scheduler } = bench;

    const [end] = scheduler.perform([{ job: "work", input: null, deadlineAtMs: clock.now() - 1 }]);

    expect((await end)?.state).toMatchObject({ kind: "failed", error: { code: "TASK_EXPIRED" } });
    expect(seen.map(({ ev }) => ev)).toEqual(["task.queued", "task.failed", "task.finished"]);
    expect(runs).toBe(0);
  });

  test("that far away keeps nobody waiting and no timer that a host cannot hold", async () => {
    await using bench = await started({ jobs: [job("work", async () => {})] });
    const { clock, seen, scheduler } = bench;

    await scheduler.submit([{ job: "work", input: null, deadlineAtMs: clock.now() + 1e12 }]);
    await scheduler.idle();

    expect(toldOf(seen, "task.finished", "outcome")).toEqual(["done"]);
  });
});

test("a task that is put back by hand has no deadline any more", async () => {
  await using bench = await started({ jobs: [job("work", async () => {})] });
  const { clock, seen, scheduler } = bench;
  scheduler.hold("work", "test", "not yet");
  const id = idOf(await scheduler.submit([{ job: "work", input: null, deadlineAtMs: clock.now() + 100 }]));
  await clock.advance(1_000);

  expect(await scheduler.retry([id])).toEqual([id]);
  await clock.advance(1_000);
  scheduler.release("work", "test");
  await clock.settle();

  expect(toldOf(seen, "task.finished", "outcome")).toEqual(["failed", "done"]);
});

test("of a task that forked, the deadline passes while it waits for its children", async () => {
  const waits = job("waits", async ({ forks }) =>
    forks === 0 ? fork([{ job: "long", input: null }]) : null,
  );
  using latch = new Latch();
  await using bench = await started({ jobs: [waits, job("long", () => latch.wait())] });
  const { clock, seen, scheduler } = bench;

  const id = idOf(await scheduler.submit([{ job: "waits", input: null, deadlineAtMs: clock.now() + 100 }]));
  await clock.advance(100);

  expect(told(seen, "task.failed")).toMatchObject([{ attrs: { task: id, code: "TASK_EXPIRED" } }]);
});
