import { describe, expect, test } from "vitest";
import { RamQueue, taskId } from "../src/index.ts";
import { FakeClock } from "../src/testing/index.ts";
import { aborted, idOf, job, Latch, refusal, setup, started } from "./scheduler-kit.ts";

const quick = job("quick", async ({ input }) => ({ got: input as string }));
const fails = job("fails", () => Promise.reject(new Error("no")), { retry: { attempts: 1 } });

describe("waiting for the end of a task", () => {
  test("answers with the task as it ended, and its result", async () => {
    using latch = new Latch();
    await using bench = await started({ jobs: [job("slow", () => latch.wait().then(() => 7))] });
    const { clock, store, scheduler } = bench;
    const id = idOf(await scheduler.submit([{ job: "slow", input: null }]));

    const waiting = Promise.all([scheduler.ended(id), scheduler.ended(id)]);
    await clock.advance(50);
    latch.release();
    const [one, other] = await waiting;

    expect(one.state).toMatchObject({ kind: "done", result: 7 });
    expect(other).toEqual(one);
    expect(await store.get([id])).toEqual([one]);
  });

  test("answers at once where it has ended, also before the start and in an earlier life", async () => {
    const store = new RamQueue();
    const clock = new FakeClock();
    await using one = await started({ store, clock, jobs: [quick] });
    const id = idOf(await one.scheduler.submit([{ job: "quick", input: "x" }]));
    await one.scheduler.idle();
    await one.scheduler.drain(0);

    await using two = setup({ store, clock, owner: "two", jobs: [quick] });

    expect((await two.scheduler.ended(id)).state).toMatchObject({ kind: "done", result: { got: "x" } });
  });

  test("waits through retries", async () => {
    const flaky = job("flaky", async ({ attempt }) => {
      if (attempt < 3) throw new Error("busy");
    });
    await using bench = await started({ jobs: [flaky] });
    const { clock, scheduler } = bench;
    const id = idOf(await scheduler.submit([{ job: "flaky", input: null }]));

    const waiting = scheduler.ended(id);
    await clock.advance(10_000);

    expect(await waiting).toMatchObject({ attempt: 3, state: { kind: "done" } });
  });

  test.each(["cancelled", "skipped", "failed", "expired"])(
    "answers where it ended without running: %s",
    async (how) => {
      await using bench = await started({ jobs: [quick, fails] });
      const { clock, scheduler } = bench;
      scheduler.hold("fails", "test", "not yet");
      const parent = idOf(await scheduler.submit([{ job: "fails", input: null }]));
      const onParentFailure = how === "failed" ? "fail" : "skip";
      const task = { job: "quick", input: null, after: [parent], onParentFailure } as const;
      const id = idOf(
        await scheduler.submit([how === "expired" ? { ...task, deadlineAtMs: clock.now() + 9 } : task]),
      );

      const waiting = scheduler.ended(id);
      await clock.advance(1);
      if (how === "cancelled") await scheduler.cancel([id], "no");
      else scheduler.release("fails", "test");
      if (how === "expired") scheduler.hold("fails", "test", "not yet");
      await clock.advance(10);

      expect((await waiting).state.kind).toBe(how === "expired" ? "failed" : how);
    },
  );

  test("of a task that is cancelled while it runs answers when it has stopped", async () => {
    await using bench = await started({ jobs: [job("long", ({ signal }) => aborted(signal))] });
    const { clock, scheduler } = bench;
    const id = idOf(await scheduler.submit([{ job: "long", input: null }]));
    await clock.settle();

    const waiting = scheduler.ended(id);
    await scheduler.cancel([id], "no");

    expect((await waiting).state).toMatchObject({ kind: "cancelled", reason: "no" });
  });

  test("of a task that is put back by hand waits for its new end", async () => {
    let good = false;
    const mends = job(
      "mends",
      async () => {
        if (!good) throw new Error("no");
      },
      { retry: { attempts: 1 } },
    );
    await using bench = await started({ jobs: [mends] });
    const { scheduler } = bench;
    const id = idOf(await scheduler.submit([{ job: "mends", input: null }]));
    expect((await scheduler.ended(id)).state.kind).toBe("failed");

    good = true;
    await scheduler.retry([id]);

    expect((await scheduler.ended(id)).state.kind).toBe("done");
  });

  test("is refused for a task that does not exist", async () => {
    await using bench = await started({ jobs: [quick] });

    await expect(bench.scheduler.ended(taskId("nobody"))).rejects.toMatchObject({ code: "TASK_UNKNOWN" });
  });

  test("ends with the reason of its signal, and the task goes on for others that wait", async () => {
    using latch = new Latch();
    await using bench = await started({ jobs: [job("slow", () => latch.wait())] });
    const { clock, scheduler } = bench;
    const id = idOf(await scheduler.submit([{ job: "slow", input: null }]));
    const stop = new AbortController();

    const waiting = refusal(scheduler.ended(id, stop.signal));
    const other = scheduler.ended(id);
    await clock.settle();
    stop.abort(new Error("no longer interested"));
    latch.release();

    expect(await waiting).toMatchObject({ message: "no longer interested" });
    expect((await other).state.kind).toBe("done");
    await expect(scheduler.ended(id, stop.signal)).rejects.toThrow("no longer interested");
  });

  test("is refused when the scheduler closes, and afterwards", async () => {
    const { clock, scheduler } = await started({ jobs: [job("long", ({ signal }) => aborted(signal))] });
    const id = idOf(await scheduler.submit([{ job: "long", input: null }]));
    const waiting = refusal(scheduler.ended(id));
    await clock.settle();

    await scheduler[Symbol.asyncDispose]();

    expect(await waiting).toMatchObject({ code: "SCHEDULER_CLOSED" });
    await expect(scheduler.ended(id)).rejects.toMatchObject({ code: "SCHEDULER_CLOSED" });
  });

  test("is refused with what the store throws", async () => {
    const store = new RamQueue();
    await using bench = await started({ store, jobs: [quick] });
    store.get = () => Promise.reject(new Error("disk gone"));

    await expect(bench.scheduler.ended(taskId("any"))).rejects.toThrow("disk gone");
  });
});

describe("in a store that schedulers share", () => {
  test.each([
    ["alone", false],
    ["with another behind it", true],
  ])("a task that another scheduler ran is waited for as one's own: %s", async (_what, withChild) => {
    const store = new RamQueue();
    const clock = new FakeClock();
    const shared = { store, clock, lost: "expired", jobs: [quick] } as const;
    await using one = await started({ ...shared, owner: "one" });
    await using other = await started({ ...shared, owner: "other" });
    one.scheduler.hold("quick", "test", "the other one is to run it");
    const id = taskId("waited");

    const added = one.scheduler.submit([
      { job: "quick", input: "x", id },
      ...(withChild ? [{ job: "quick", input: "y", after: [id] }] : []),
    ]);
    const waiting = added.then(() => one.scheduler.ended(id));
    await clock.advance(120_000);

    expect((await other.scheduler.ended(id)).state.kind).toBe("done");
    expect((await waiting).state).toMatchObject({ kind: "done", result: { got: "x" } });
  });
});
