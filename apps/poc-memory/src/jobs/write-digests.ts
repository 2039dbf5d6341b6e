import { defineJob, type Job } from "jobkit-core";
import { digestLevels, startOf, type DigestLevel } from "../digest/level.ts";
import { writeDigest } from "../digest/write.ts";
import { dateInput, type DateInput } from "../tend/date.ts";
import { today, type TendDeps } from "../tend/tend-deps.ts";

const docs: Readonly<Record<DigestLevel, string>> = {
  day: "Write the digest of the day of a date, once it is over, and link its sessions with it.",
  week: "Write the digest of the week of a date, once it is over, and link its days with it.",
  month: "Write the digest of the month of a date, once it is over, and link its weeks with it.",
};

/** One job for each level: `digest-day`, `digest-week`, `digest-month`. Any date of the time names it. */
export function writeDigests(deps: TendDeps): readonly Job<DateInput>[] {
  return digestLevels.map((level) => digestJob(level, deps));
}

function digestJob(level: DigestLevel, deps: TendDeps): Job<DateInput> {
  const { store, calendar, clock, events } = deps;
  return defineJob({
    name: `digest-${level}`,
    doc: docs[level],
    input: dateInput,
    concurrencyMax: 1,
    async run({ input }) {
      const date = startOf(level, input.date);
      const time = { today: today(deps), atMs: clock.now() };
      const done = writeDigest({ store, calendar }, level, date, time);
      events.emit("digest.written", () => ({ level, date, outcome: done.outcome, sources: done.sources }));
      return { ...done, date };
    },
  });
}
