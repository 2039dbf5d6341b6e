/** Row 8 of docs/faults.md: what a jump of the wall clock does to a scheduler with a timetable, and what not. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { FakeClock } from "../src/testing/index.ts";
import type { MissedPolicy, Schedule } from "../src/index.ts";
import { DAY_MS, duesOf, HOUR_MS, MINUTE_MS, openKit, roundsOr, SECOND_MS } from "./faults-kit.ts";
import { job, setup, told } from "./scheduler-kit.ts";

const JUMPS = [
  ["30 days forward", 30 * DAY_MS],
  ["an hour back", -HOUR_MS],
  ["30 days back", -30 * DAY_MS],
  ["a leap second", -SECOND_MS],
] as const;

function schedule(fields: Partial<Schedule> = {}): Schedule {
  const task = { job: "tick", input: null };
  return { name: "hourly", doc: "Work now and then.", when: "every 1h", task, ...fields };
}

function sleeping(name: string, clock: FakeClock, ms: number, more: Parameters<typeof job>[2] = {}) {
  return job(name, ({ signal }) => clock.sleep(ms, signal), more);
}

test.each(JUMPS)("%s: a timeout comes when it would have come, and what is faster is done", async (_, ms) => {
  const clock = new FakeClock();
  const once = { retry: { attempts: 1 }, timeoutMs: 10_000 };
  const jobs = [sleeping("slow", clock, HOUR_MS, once), sleeping("quick", clock, 9_000, once)];
  const { scheduler, seen } = setup({ clock, jobs });
  await using _open = scheduler;
  await scheduler.start();
  await scheduler.submit([
    { job: "slow", input: null },
    { job: "quick", input: null },
  ]);

  await clock.advance(5_000);
  clock.jump(ms);
  await clock.advance(4_999);
  const before = told(seen, "task.finished").map(({ job: name, attrs }) => [name, attrs]);
  await clock.advance(1);

  expect(before).toMatchObject([["quick", { outcome: "done", ranMs: 9_000 }]]);
  expect(told(seen, "task.finished").slice(1)).toMatchObject([
    { attrs: { outcome: "failed", ranMs: 10_000 } },
  ]);
  expect(told(seen, "task.failed")).toMatchObject([{ job: "slow", attrs: { code: "TASK_TIMEOUT" } }]);
});

test.each(JUMPS)("%s: a rate lets no more begin, and no fewer", async (_, ms) => {
  const clock = new FakeClock();
  const begun: number[] = [];
  const paced = job("paced", async () => void begun.push(clock.monotonic()), {
    rate: { starts: 1, perMs: 10_000 },
  });
  const { scheduler } = setup({ clock, jobs: [paced] });
  await using _open = scheduler;
  await scheduler.start();
  // Due already, whichever way the clock jumps.
  const due = { job: "paced", input: null, dueAtMs: clock.now() - 60 * DAY_MS };
  await scheduler.submit(Array.from({ length: 4 }, () => due));

  await clock.advance(15_000);
  clock.jump(ms);
  await clock.advance(60_000);

  expect(begun).toEqual([0, 10_000, 20_000, 30_000]);
});

test.each([
  ["skip", 0],
  ["once", 1],
  [{ all: 5 }, 5],
] satisfies [MissedPolicy, number][])(
  "after a jump of 30 days, missed %j makes up for as many due times as it says, and goes on",
  async (missed, madeUp) => {
    const { clock, store, close } = await openKit(
      [job("tick", async () => {})],
      [schedule({ missed, overlap: "queue" })],
    );
    await clock.advance(2 * HOUR_MS);

    clock.jump(30 * DAY_MS + HOUR_MS / 2);
    await clock.advance(MINUTE_MS);
    const afterJump = (await duesOf(store)).length;
    await clock.advance(2 * HOUR_MS);
    await close();

    const dues = await duesOf(store);
    // At the hours 1 and 2, then for the jump, then two on time.
    expect(afterJump).toBe(2 + madeUp);
    expect(dues).toHaveLength(2 + madeUp + 2);
    expect(new Set(dues).size).toBe(dues.length);
  },
);

test.each([
  ["an hour", -HOUR_MS],
  ["a leap second", -SECOND_MS],
  ["a day", -DAY_MS],
])("when the clock goes back by %s, no due time comes twice, and none is left out", async (_, ms) => {
  const { clock, store, recorder, close } = await openKit([job("tick", async () => {})], [schedule()]);
  await clock.advance(3 * HOUR_MS);

  clock.jump(ms);
  await clock.advance(3 * HOUR_MS - ms);
  await close();

  const hours = (await duesOf(store)).map((due) => (Date.parse(due) / HOUR_MS) % 24);
  expect(hours).toEqual([1, 2, 3, 4, 5, 6]);
  expect(recorder.of("schedule.missed")).toEqual([]);
});

test.each([
  ["in spring, when half past two is left out", "2026-03-27T23:00:00Z"],
  ["in autumn, when half past two comes twice", "2026-10-23T22:00:00Z"],
])("%s, the task of half past two runs once a day", async (_, from) => {
  const daily = schedule({ name: "nightly", when: "daily at 02:30 Europe/Berlin" });
  const clock = new FakeClock(Date.parse(from));
  const { store, close } = await openKit([job("tick", async () => {})], [daily], clock);

  await clock.advance(3 * DAY_MS);
  await close();

  const days = (await duesOf(store)).map((due) => due.slice(0, 10));
  expect(days).toHaveLength(3);
  expect(new Set(days).size).toBe(3);
});

test("after the machine slept for 8 hours, what became due starts within a minute, and nothing has timed out", async () => {
  const clock = new FakeClock();
  const jobs = [job("tick", async () => {}), sleeping("long", clock, 50_000, { timeoutMs: 60_000 })];
  const { store, scheduler, recorder, close } = await openKit(jobs, [schedule()], clock);
  const dueAtMs = clock.now() + 4 * HOUR_MS;
  await scheduler.submit([
    { job: "long", input: null },
    { job: "tick", input: "later", dueAtMs },
  ]);
  await clock.advance(1_000);

  // Asleep: the monotonic clock of Linux stands still, the wall clock does not.
  clock.jump(8 * HOUR_MS);
  await clock.advance(MINUTE_MS);

  const outcomes = recorder.of("task.finished").map(({ job: name, attrs }) => `${name} ${attrs["outcome"]}`);
  expect(outcomes.toSorted()).toEqual(["long done", "tick done", "tick done"]);
  expect((await store.list({})).tasks).toHaveLength(3);
  await close();
});

test("whatever the clock does, a due time gets one task, and every task ends once and well", async () => {
  const steps = fc.oneof(
    fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 5 * HOUR_MS }) }),
    fc.record({
      kind: fc.constant("jump" as const),
      ms: fc.integer({ min: -26 * HOUR_MS, max: 26 * HOUR_MS }),
    }),
    fc.record({ kind: fc.constant("jump" as const), ms: fc.constantFrom(30 * DAY_MS, -30 * DAY_MS, -1_000) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 12 }), async (way) => {
      const clock = new FakeClock();
      const tick = sleeping("tick", clock, 3_000, { timeoutMs: 4_000, retry: { attempts: 1 } });
      const schedules = [schedule({ missed: { all: 3 }, overlap: "queue" })];
      const { store, recorder, close } = await openKit([tick], schedules, clock);
      for (const { kind, ms } of way)
        if (kind === "pass") await clock.advance(ms);
        else clock.jump(ms);
      await clock.advance(MINUTE_MS);
      await close();

      const dues = await duesOf(store);
      expect(new Set(dues).size).toBe(dues.length);
      expect(recorder.of("task.queued")).toHaveLength(dues.length);
      const ended = recorder.of("task.finished").map(({ attrs }) => [attrs["outcome"], attrs["ranMs"]]);
      expect(ended.filter(([outcome, ranMs]) => outcome !== "done" || ranMs !== 3_000)).toEqual([]);
      expect(recorder.of("task.failed")).toEqual([]);
    }),
    { numRuns: roundsOr(30) },
  );
});
