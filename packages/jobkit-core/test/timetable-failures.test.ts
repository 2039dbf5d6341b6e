import * as fc from "fast-check";
import { expect, test } from "vitest";
import { jobkitError } from "../src/index.ts";
import { FakeClock, SeededRandom } from "../src/testing/index.ts";
import { DAY_MS, dueOf, FakeHost, HOUR_MS, MINUTE_MS, open, schedule } from "./timetable-kit.ts";

test("a schedule whose task is refused is told and tried again, and hinders no other", async () => {
  const { timetable, clock, host, recorder } = await open({
    schedules: [schedule({ name: "broken", task: { job: "gone", input: null } }), schedule()],
  });
  host.refuse = ([task]) => (task?.job === "gone" ? jobkitError("JOB_UNKNOWN", "submitting to gone") : null);
  await clock.advance(3 * HOUR_MS);

  expect(dueOf(host)).toEqual(["2026-01-01T03:00:00.000Z"]);
  expect(recorder.of("scheduler.failed").at(0)?.attrs).toEqual({
    code: "JOB_UNKNOWN",
    why: "schedule broken: submitting to gone",
  });
  await clock.advance(60 * MINUTE_MS);
  // After 10, 20, 40 … seconds, and every ten minutes from then on.
  expect(recorder.of("scheduler.failed")).toHaveLength(11);
  host.refuse = null;
  await clock.advance(10 * MINUTE_MS);
  expect(host.tasks.map(({ job }) => job)).toEqual(["digest", "gone"]);
  await timetable[Symbol.asyncDispose]();
});

test("killed at any moment, every due time gets one task and none gets two", () => {
  const lives = fc.array(
    fc.record({ minutes: fc.integer({ min: 1, max: 12 }), end: fc.constantFrom("close", "refuse", "die") }),
    { maxLength: 12 },
  );
  return fc.assert(
    fc.asyncProperty(lives, async (all) => {
      const host = new FakeHost();
      const clock = new FakeClock();
      // A due time that met the task of another would be let pass, or wait: this policy submits every one.
      const schedules = [schedule({ when: "every 5m", missed: { all: 100 }, overlap: "replace" })];
      for (const { minutes, end } of all) {
        const { timetable, recorder } = await open({ host, clock, schedules });
        host.dieAfter = end === "die";
        host.refuse = end === "refuse" ? () => new Error("disk full") : null;
        for (let minute = 0; minute < minutes; minute += 1) {
          await clock.advance(MINUTE_MS);
          host.endAll();
          // Who was killed does nothing more.
          if (end !== "close" && recorder.of("scheduler.failed").length > 0) break;
        }
        await timetable[Symbol.asyncDispose]();
        host.dieAfter = false;
        host.refuse = null;
      }
      const last = await open({ host, clock, schedules });
      await clock.advance(1);
      await last.timetable[Symbol.asyncDispose]();

      const passed = Math.floor((clock.now() - Date.UTC(2026, 0, 1)) / (5 * MINUTE_MS));
      const due = dueOf(host);
      expect(new Set(due).size).toBe(due.length);
      expect(due).toHaveLength(passed);
    }),
  );
});

test("a task that stands for the one submitted is the one that is remembered", async () => {
  const host = new FakeHost();
  const clock = new FakeClock();
  const first = await open({ host, clock });
  await clock.advance(3 * HOUR_MS);
  await first.timetable[Symbol.asyncDispose]();
  // As after a backup of the marks was restored: the task is there, that it was submitted is forgotten.
  host.kept = { "schedule.nightly": { uptoMs: Date.UTC(2026, 0, 1), dueMs: null, task: null } };

  const second = await open({ host, clock, random: new SeededRandom(2) });
  await clock.advance(1);

  expect(host.tasks).toHaveLength(1);
  expect(second.timetable.states()[0]?.lastTask).toBe(host.tasks[0]?.id);
  expect(host.kept["schedule.nightly"]).toMatchObject({ task: host.tasks[0]?.id });
  expect(second.recorder.of("schedule.fired")).toEqual([]);
  await second.timetable[Symbol.asyncDispose]();
});

test("of two processes over one store, one submits", async () => {
  const host = new FakeHost();
  const clock = new FakeClock();
  const one = await open({ host, clock });
  const other = await open({ host, clock });

  for (let day = 0; day < 3; day += 1) {
    await clock.advance(DAY_MS);
    host.endAll();
  }

  expect(dueOf(host).map((due) => due.slice(0, 10))).toEqual(["2026-01-01", "2026-01-02", "2026-01-03"]);
  expect(one.recorder.of("schedule.fired").length + other.recorder.of("schedule.fired").length).toBe(3);
  await one.timetable[Symbol.asyncDispose]();
  await other.timetable[Symbol.asyncDispose]();
});

test("a mark that nobody here wrote is a schedule that was never seen", async () => {
  const host = new FakeHost();
  host.kept = { "schedule.nightly": { uptoMs: "yesterday" } };

  const { timetable, clock } = await open({ host });

  expect(host.kept["schedule.nightly"]).toEqual({ uptoMs: clock.now(), dueMs: null, task: null });
  await timetable[Symbol.asyncDispose]();
});

test("closing leaves no timer behind, and so does the caller's signal", async () => {
  const stop = new AbortController();
  const one = await open();
  const other = await open({ signal: stop.signal });
  await one.clock.advance(HOUR_MS);

  await one.timetable[Symbol.asyncDispose]();
  stop.abort();
  await other.timetable[Symbol.asyncDispose]();
  await other.clock.advance(10 * DAY_MS);

  expect(one.clock.pending).toBe(0);
  expect(other.clock.pending).toBe(0);
  expect(other.host.tasks).toEqual([]);
});

test("the store is asked about a task only when something is due", async () => {
  const { timetable, clock, host } = await open();
  await clock.advance(3 * HOUR_MS);
  expect(host.asked).toBe(0);

  await clock.advance(DAY_MS);

  expect(host.asked).toBe(1);
  await timetable[Symbol.asyncDispose]();
});

test.each([
  [{ name: "Nightly" }, "a name is 1 to 64"],
  [{ missed: { all: 0 } }, "all is 1 to 100"],
  [{ missed: { all: 101 } }, "all is 1 to 100"],
  [{ jitterMs: -1 }, "jitterMs of schedule nightly"],
  [{ graceMs: Number.NaN }, "graceMs of schedule nightly"],
  [{ when: "sometimes" }, "when of schedule nightly"],
])("a schedule that says %j is refused", async (fields, words) => {
  await expect(open({ schedules: [schedule(fields)] })).rejects.toThrow(
    expect.objectContaining({ code: "SCHEDULE_INVALID" }),
  );
  await expect(open({ schedules: [schedule(fields)] })).rejects.toThrow(words);
});

test("two schedules of one name are refused", async () => {
  await expect(open({ schedules: [schedule(), schedule()] })).rejects.toThrow("share a name");
});
