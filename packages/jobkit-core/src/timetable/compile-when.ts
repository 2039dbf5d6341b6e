import { assertNever } from "../base/never.ts";
import { cronDues } from "./cron.ts";
import type { Dues } from "./dues.ts";
import { checkedWhen } from "./parse-when.ts";
import type { When } from "./when.ts";

/** The zone of a schedule that names none. Core reads no zone from its surroundings. */
export const DEFAULT_ZONE = "UTC";

/**
 * Make the due times of `when` ready to be asked for. Clock times are those of the zone, also where its clocks
 * are changed: a time of day that is left out is due when the clocks stand again (02:30 at 03:00), one
 * that comes twice is due the first time. A cron expression with several times a day is due at each that the
 * clocks really show: none that is left out, both that come twice.
 * @param place for the message of an error, such as "when of schedule nightly".
 * @param zone for a `when` that names none. Default "UTC".
 * @throws SCHEDULE_INVALID; LIBRARY_MISSING where clock times are asked for and croner is not installed.
 */
export async function compileWhen(when: When, place: string, zone: string = DEFAULT_ZONE): Promise<Dues> {
  checkedWhen(when, place);
  switch (when.kind) {
    case "every":
      return everyDues(when.ms, when.anchorMs ?? 0);
    case "daily": {
      const [hour, minute] = when.at.split(":");
      return cronDues(`${Number(minute)} ${Number(hour)} * * *`, when.zone ?? zone, place);
    }
    case "cron":
      return cronDues(when.expression, when.zone ?? zone, place);
    default:
      return assertNever(when);
  }
}

function everyDues(paceMs: number, anchorMs: number): Dues {
  const countAt = (ms: number): number => Math.floor((ms - anchorMs) / paceMs);
  const at = (count: number): number => anchorMs + count * paceMs;
  return {
    next: (afterMs) => at(countAt(afterMs) + 1),
    latest: (untilMs, max) => {
      const last = countAt(untilMs);
      return Array.from({ length: max }, (_, back) => at(last - (max - 1 - back)));
    },
  };
}
