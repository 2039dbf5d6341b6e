import { describe, expect, test } from "vitest";
import { FakeClock } from "../src/testing/index.ts";
import { DAY_MS, dueOf, FakeHost, HOUR_MS, MINUTE_MS, open, schedule } from "./timetable-kit.ts";

const attrs = ({ attrs: fields }: { attrs: Readonly<Record<string, string | number>> }): unknown => fields;

describe("a due time", () => {
  test("submits the task of the schedule, told and remembered in the same commit", async () => {
    const { timetable, clock, host, recorder } = await open({
      schedules: [
        schedule({ task: (dueMs) => ({ job: "digest", input: { dueMs }, labels: { kind: "daily" } }) }),
      ],
    });

    await clock.advance(3 * HOUR_MS);

    expect(host.tasks).toMatchObject([
      {
        job: "digest",
        input: { dueMs: Date.UTC(2026, 0, 1, 3) },
        labels: { schedule: "nightly", kind: "daily" },
        sequence: "schedule.nightly",
        idempotencyKey: "schedule.nightly 2026-01-01T03:00:00.000Z",
      },
    ]);
    const mark = { uptoMs: Date.UTC(2026, 0, 1, 3), dueMs: Date.UTC(2026, 0, 1, 3), task: host.tasks[0]?.id };
    expect(host.kept).toEqual({ "schedule.nightly": mark });
    expect(recorder.of("schedule.fired").map(attrs)).toEqual([
      { schedule: "nightly", due: "2026-01-01T03:00:00.000Z", lateMs: 0, why: "due" },
    ]);
    expect(recorder.problems).toEqual([]);
    await timetable[Symbol.asyncDispose]();
  });

  test("that was missed has been submitted once it is said to have been looked at", async () => {
    const host = new FakeHost();
    const clock = new FakeClock();
    const before = await open({ host, clock });
    await before.timetable[Symbol.asyncDispose]();
    await clock.advance(4 * HOUR_MS);

    const { timetable } = await open({ host, clock });
    await timetable.looked();

    expect(dueOf(host)).toHaveLength(1);
    await timetable[Symbol.asyncDispose]();
  });

  test("comes once a day", async () => {
    const { timetable, clock, host } = await open();

    for (let day = 0; day < 5; day += 1) {
      await clock.advance(DAY_MS);
      host.end();
    }

    expect(new Set(dueOf(host)).size).toBe(5);
    expect(host.tasks).toHaveLength(5);
    await timetable[Symbol.asyncDispose]();
  });

  test("that was missed is made up for by the policy, after a restart on another day", async () => {
    const host = new FakeHost();
    const clock = new FakeClock();
    for (let day = 1; day <= 30; day += 1) {
      const here = await open({ host, clock, schedules: [schedule({ missed: { all: 2 } })] });
      await clock.advance(1);
      host.endAll();
      await clock.advance(4 * HOUR_MS);
      await here.timetable[Symbol.asyncDispose]();
      host.endAll();
      // Every fifth day it is away for three days more.
      await clock.advance(20 * HOUR_MS + (day % 5 === 0 ? 3 * DAY_MS : 0));
    }

    const due = dueOf(host);
    expect(new Set(due).size).toBe(due.length);
    // The days it was there, and of the three it was away the newest two; the last absence was not noticed.
    expect(due).toHaveLength(30 + 5 * 2);
  });

  test("of a new schedule is not in the past, also not after a restart", async () => {
    const host = new FakeHost();
    const clock = new FakeClock(Date.UTC(2026, 0, 1, 12));
    const first = await open({ host, clock });
    await first.timetable[Symbol.asyncDispose]();
    const second = await open({ host, clock });

    await clock.advance(14 * HOUR_MS);

    expect(host.tasks).toEqual([]);
    await clock.advance(HOUR_MS);
    expect(dueOf(host)).toEqual(["2026-01-02T03:00:00.000Z"]);
    await second.timetable[Symbol.asyncDispose]();
  });

  test("goes on from what was dealt with where the schedule says another time from now on", async () => {
    const host = new FakeHost();
    const clock = new FakeClock();
    const first = await open({ host, clock });
    await clock.advance(3 * HOUR_MS);
    await first.timetable[Symbol.asyncDispose]();
    host.end();

    const second = await open({ host, clock, schedules: [schedule({ when: "every 1h" })] });
    await clock.advance(2 * HOUR_MS);
    await second.timetable[Symbol.asyncDispose]();

    expect(dueOf(host).map((due) => due.slice(11, 16))).toEqual(["03:00", "04:00"]);
  });
});

describe("a task that has not ended", () => {
  test("lets the next due time pass, and that is told", async () => {
    const { timetable, clock, host, recorder } = await open();
    await clock.advance(4 * HOUR_MS);
    host.start();

    await clock.advance(DAY_MS);
    host.end();
    await clock.advance(DAY_MS);

    expect(dueOf(host).map((due) => due.slice(0, 10))).toEqual(["2026-01-01", "2026-01-03"]);
    expect(recorder.of("schedule.overlapped").map(attrs)).toEqual([
      { schedule: "nightly", due: "2026-01-02T03:00:00.000Z", became: "skipped" },
    ]);
    await timetable[Symbol.asyncDispose]();
  });

  test("has at most one more wait for it in a queue", async () => {
    const { timetable, clock, host, recorder } = await open({ schedules: [schedule({ overlap: "queue" })] });
    await clock.advance(4 * HOUR_MS);
    host.start();

    await clock.advance(3 * DAY_MS);

    expect(dueOf(host).map((due) => due.slice(0, 10))).toEqual(["2026-01-01", "2026-01-02"]);
    expect(recorder.of("schedule.overlapped").map((event) => event.attrs["became"])).toEqual([
      "queued",
      "skipped",
      "skipped",
    ]);
    await timetable[Symbol.asyncDispose]();
  });

  test("is cancelled where it is to be replaced", async () => {
    const { timetable, clock, host } = await open({ schedules: [schedule({ overlap: "replace" })] });
    await clock.advance(4 * HOUR_MS);
    host.start();

    await clock.advance(DAY_MS);

    expect(host.tasks).toHaveLength(2);
    expect(host.cancelled).toEqual([host.tasks[0]?.id]);
    await timetable[Symbol.asyncDispose]();
  });
});

describe("a wall clock that jumps", () => {
  test("thirty days forward is noticed within a minute, and the policy says what becomes of the missed", async () => {
    const { timetable, clock, host, recorder } = await open();
    await clock.advance(4 * HOUR_MS);
    host.end();

    clock.jump(30 * DAY_MS);
    await clock.advance(MINUTE_MS);

    expect(dueOf(host)).toEqual(["2026-01-01T03:00:00.000Z", "2026-01-31T03:00:00.000Z"]);
    expect(recorder.of("schedule.missed").map(attrs)).toEqual([
      { schedule: "nightly", missed: 30, caught: 1, policy: "once" },
    ]);
    await timetable[Symbol.asyncDispose]();
  });

  test("an hour back fires nothing again", async () => {
    const { timetable, clock, host } = await open();
    await clock.advance(3 * HOUR_MS + MINUTE_MS);
    host.end();

    clock.jump(-HOUR_MS);
    await clock.advance(23 * HOUR_MS);

    expect(host.tasks).toHaveLength(1);
    await clock.advance(2 * HOUR_MS);
    expect(host.tasks).toHaveLength(2);
    await timetable[Symbol.asyncDispose]();
  });

  test("far forward and back again goes on, and no due time comes twice", async () => {
    const { timetable, clock, host } = await open();
    await clock.advance(4 * HOUR_MS);
    host.end();
    clock.jump(30 * DAY_MS);
    await clock.advance(HOUR_MS);
    host.end();
    clock.jump(-30 * DAY_MS);
    await clock.advance(MINUTE_MS);

    for (let day = 0; day < 40; day += 1) {
      clock.jump(23 * HOUR_MS);
      await clock.advance(HOUR_MS);
      host.end();
    }

    const due = dueOf(host);
    // The last day of January had come already, before its time.
    expect(due).toHaveLength(2 + 40 - 1);
    expect(new Set(due).size).toBe(due.length);
    await timetable[Symbol.asyncDispose]();
  });
});

test("asked for by hand, a task is submitted now and the due times stay", async () => {
  const { timetable, clock, host, recorder } = await open();
  await clock.advance(HOUR_MS);

  const added = await timetable.fireNow("nightly");
  host.end(added.id);
  await timetable.fireNow("nightly");
  host.end();
  await clock.advance(2 * HOUR_MS);

  expect(host.tasks.map(({ idempotencyKey }) => idempotencyKey)).toEqual([
    null,
    null,
    "schedule.nightly 2026-01-01T03:00:00.000Z",
  ]);
  expect(recorder.of("schedule.fired").map((event) => event.attrs["why"])).toEqual(["asked", "asked", "due"]);
  await expect(timetable.fireNow("nigtly")).rejects.toThrow('did you mean "nightly"?');
  await timetable[Symbol.asyncDispose]();
});

test("how schedules stand is there to be shown, and overdue is told", async () => {
  const { timetable, clock, host } = await open();
  const [before] = timetable.states();
  host.refuse = () => new Error("disk full");
  await clock.advance(3 * HOUR_MS + 9 * MINUTE_MS);
  const [refused] = timetable.states();
  await clock.advance(2 * MINUTE_MS);
  const [overdue] = timetable.states();
  host.refuse = null;
  await clock.advance(10 * MINUTE_MS);
  const [after] = timetable.states();

  expect(before).toEqual({
    name: "nightly",
    doc: "Write the digest.",
    when: "daily at 03:00",
    nextMs: Date.UTC(2026, 0, 1, 3),
    lastDueMs: null,
    lastTask: null,
    overdue: false,
    overdueMs: 0,
    missed: 0,
  });
  expect(overdue?.overdueMs).toBe(11 * MINUTE_MS);
  expect([refused?.overdue, overdue?.overdue, after?.overdue]).toEqual([false, true, false]);
  expect(after).toMatchObject({ lastDueMs: Date.UTC(2026, 0, 1, 3), lastTask: host.tasks[0]?.id, missed: 1 });
  expect(host.tasks).toHaveLength(1);
  await timetable[Symbol.asyncDispose]();
});
