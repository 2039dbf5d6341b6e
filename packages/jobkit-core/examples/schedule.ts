/** A nightly and an hourly schedule over two days, with a night on which nobody was there. */
import { defineJob, jobkitEvents, Timetable, type Schedule } from "jobkit-core";
import { z } from "zod";
import { clock, stage } from "./stage.ts";

const HOUR = 3_600_000;
const report = defineJob({
  name: "report",
  doc: "Writes the report of a night.",
  input: z.string(),
  run: async ({ input }) => console.log(`report of ${input}`),
});
const { scheduler, ...kit } = await stage([report]);
const schedules: readonly Schedule[] = [
  {
    name: "nightly",
    doc: "The report.",
    when: "daily at 03:00 Europe/Berlin",
    missed: { all: 7 },
    jitterMs: 60_000,
    task: (dueMs) => ({ job: "report", input: new Date(dueMs).toISOString() }),
  },
];
kit.bus.on(jobkitEvents, "schedule.fired", ({ attrs }) => console.log(attrs.schedule, attrs.why));
const open = () => Timetable.open({ ...kit, schedules, host: scheduler });

const first = await open();
await clock.advance(24 * HOUR);
await first[Symbol.asyncDispose]();
await clock.advance(24 * HOUR); // nobody is there
const second = await open();
await clock.settle();
await second.fireNow("nightly");
await clock.settle();
for (const { when, overdue, missed } of second.states()) console.log(when, overdue, missed);
await second[Symbol.asyncDispose]();
await scheduler[Symbol.asyncDispose]();

// Prints:
// report of 2026-03-02T02:00:00.000Z
// nightly due
// report of 2026-03-03T02:00:00.000Z
// nightly missed
// report of 2026-03-04T00:00:00.000Z
// nightly asked
// daily at 03:00 Europe/Berlin false 1
