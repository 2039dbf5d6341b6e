import { expect, test } from "vitest";
import type { JobContext } from "../src/index.ts";
import { FakeClock } from "../src/testing/index.ts";
import { attemptOf } from "./attempt-kit.ts";
import { aborted, job } from "./scheduler-kit.ts";

test("at its timeout the signal fires, and a job that obeys ends as timed out, returning or throwing", async () => {
  const reasons: unknown[] = [];
  const obey = async ({ signal }: JobContext<unknown>): Promise<void> => {
    await aborted(signal);
    reasons.push(signal.reason);
  };
  const returning = attemptOf(job("returning", obey, { timeoutMs: 100 }));
  const throwing = attemptOf(
    job(
      "throwing",
      async (context) => {
        await obey(context);
        context.signal.throwIfAborted();
      },
      { timeoutMs: 100 },
    ),
  );

  await returning.clock.advance(100);
  await throwing.clock.advance(100);

  const timedOut = [{ kind: "timeout", error: { code: "TASK_TIMEOUT" }, retry: true, ranMs: 100 }];
  expect(returning.ends).toMatchObject(timedOut);
  expect(throwing.ends).toMatchObject(timedOut);
  expect(reasons).toMatchObject([{ code: "TASK_TIMEOUT" }, { code: "TASK_TIMEOUT" }]);
  returning.alarms.rest();
  await returning.clock.settle();
  expect(returning.clock.pending).toBe(0);
});

test("a job that does not stop is abandoned after its grace period, and its late end is ignored", async () => {
  const late: ((error: Error) => void)[] = [];
  const { clock, ends, seen, alarms } = attemptOf(
    job("deaf", () => new Promise((_resolve, reject) => late.push(reject)), { timeoutMs: 100, graceMs: 20 }),
  );

  await clock.advance(119);
  expect(ends).toEqual([]);
  await clock.advance(1);
  late[0]?.(new Error("late"));
  await clock.settle();

  expect(ends).toMatchObject([
    {
      kind: "abandoned",
      cause: { kind: "timeout" },
      error: { code: "TASK_ABANDONED" },
      retry: true,
      ranMs: 120,
    },
  ]);
  expect(seen.at(-1)).toMatchObject({ ev: "task.warned" });
  expect([alarms.size, clock.pending]).toEqual([0, 0]);
});

test("the first cause to stop stands: a timeout after a cancellation changes nothing", async () => {
  const { clock, ends, attempt } = attemptOf(
    job("slow", () => new Promise(() => {}), { timeoutMs: 100, graceMs: 50 }),
  );

  expect(attempt.cancel("not wanted")).toBe(true);
  expect(attempt.cancel("again")).toBe(false);
  expect(attempt.interrupt()).toBe(false);
  await clock.advance(1_000);

  expect(ends).toMatchObject([{ kind: "abandoned", cause: { kind: "cancelled", reason: "not wanted" } }]);
  expect(attempt.cancel("over")).toBe(false);
});

test("interrupted it ends interrupted, even where the job returns a result in time", async () => {
  const { clock, ends, attempt } = attemptOf(
    job("partial", async ({ signal }) => {
      await aborted(signal);
      return "half";
    }),
  );

  attempt.interrupt();
  await clock.settle();

  expect(ends).toEqual([{ kind: "interrupted", ranMs: 0 }]);
});

test("a task's own timeout counts instead of its job's", async () => {
  const { clock, ends } = attemptOf(
    job("slow", ({ signal }) => aborted(signal), { timeoutMs: 100 }),
    { task: { limits: { timeoutMs: 250 } } },
  );

  await clock.advance(249);
  expect(ends).toEqual([]);
  await clock.advance(1);

  expect(ends).toMatchObject([{ kind: "timeout", ranMs: 250 }]);
  expect(JSON.stringify(ends)).toContain("250 ms");
});

test("at its deadline it is told to stop, before its timeout, with another reason", async () => {
  const reasons: unknown[] = [];
  const clock = new FakeClock();
  const slow = job("slow", async ({ signal }) => {
    await aborted(signal);
    reasons.push(signal.reason);
  });
  const { ends } = attemptOf(slow, { clock, task: { deadlineAtMs: clock.now() + 30 } });

  await clock.advance(30);

  expect(reasons).toMatchObject([{ code: "TASK_EXPIRED" }]);
  expect(ends).toMatchObject([{ kind: "expired", error: { code: "TASK_EXPIRED" }, ranMs: 30 }]);
});

test("a job that reads its signal only after it was told to stop finds it aborted", async () => {
  const clock = new FakeClock();
  const found: unknown[] = [];
  const late = job("late", async (context) => {
    await clock.sleep(50);
    found.push(context.signal.aborted, context.signal.reason);
  });
  const { attempt, ends } = attemptOf(late, { clock });
  await clock.settle();

  attempt.cancel("not wanted");
  await clock.advance(50);

  expect(found).toMatchObject([true, { code: "TASK_CANCELLED" }]);
  expect(ends).toMatchObject([{ kind: "cancelled", reason: "not wanted" }]);
});
