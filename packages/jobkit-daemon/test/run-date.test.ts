import * as fc from "fast-check";
import { expect, test } from "vitest";
import { scheduleOf } from "../src/routine/live-routine.ts";
import { dateIn, runDateOf } from "../src/routine/run-date.ts";
import type { ScheduleSpec } from "../src/routine/schedule-spec.ts";

const BERLIN = "Europe/Berlin";
/** 00:30 of the next day in Berlin. */
const lateMs = Date.parse("2026-06-01T22:30:00Z");

function spec(fields: Partial<ScheduleSpec>): ScheduleSpec {
  return { name: "daily", when: "daily at 00:30", pipeline: "wind", ...fields };
}

test.each<[Partial<ScheduleSpec>, string]>([
  [{}, "2026-06-02"],
  [{ dateOffsetDays: -1 }, "2026-06-01"],
  [{ when: "daily at 22:30 UTC" }, "2026-06-01"],
  [{ when: "every 1d" }, "2026-06-02"],
  [{ when: "every 6h" }, "2026-06-01T22:30Z"],
  [{ when: "every 6h", dates: "day" }, "2026-06-02"],
  [{ when: "cron 30 0 * * *" }, "2026-06-02"],
  [{ when: "cron */10 * * * *" }, "2026-06-01T22:30Z"],
  [{ dates: "minute" }, "2026-06-01T22:30Z"],
])("a run that %j asks for has the date %s", (fields, date) => {
  expect(runDateOf(spec(fields), lateMs, BERLIN)).toBe(date);
});

test("a date is that of the clocks of the zone, whatever the moment", () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date("1990-01-01"), max: new Date("2090-01-01"), noInvalidDate: true }),
      (moment) => {
        expect(dateIn("UTC", moment.getTime())).toBe(moment.toISOString().slice(0, 10));
      },
    ),
  );
});

test("a schedule of a pipeline submits one task that runs it; one of a job submits that", () => {
  const ofPipeline = scheduleOf(spec({ args: { how: 1 } }), BERLIN);
  const ofJob = scheduleOf({ name: "plain", when: "every 1h", job: "tick", missed: "skip" }, BERLIN);

  const { task } = ofPipeline;
  expect(typeof task === "function" && task(lateMs)).toEqual({
    job: "run-pipeline",
    input: { pipeline: "wind", date: "2026-06-02", args: { how: 1 } },
    labels: { pipeline: "wind" },
  });
  expect(ofJob).toEqual({
    name: "plain",
    doc: "",
    when: "every 1h",
    task: { job: "tick", input: {} },
    missed: "skip",
  });
});
