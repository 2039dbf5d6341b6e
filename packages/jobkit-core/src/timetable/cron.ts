/**
 * Clock times, by croner. Only this file knows it: it is loaded when the first cron expression is compiled,
 * and never given a function to call, so that it starts no timer and reads no clock (docs/adr/0006-cron-library.md).
 */
import type * as Croner from "croner";
import { jobkitError } from "../base/error-table.ts";
import type { Dues } from "./dues.ts";
import { invalid } from "./parse-when.ts";

const SECOND_MS = 1_000;
/** `?` stands for the moment of reading, `@daily` is another language: both are refused. */
const FIELDS = /^[^\s?@]+(?: [^\s?@]+){4}$/;

/** @throws SCHEDULE_INVALID, LIBRARY_MISSING. */
export async function cronDues(expression: string, zone: string, place: string): Promise<Dues> {
  const { Cron } = await loadCroner(place);
  if (!FIELDS.test(expression))
    throw invalid(place, expression, "write minute, hour, day, month and weekday, such as 0 3 * * 1");
  const cron = read(() => new Cron(expression, { timezone: zone, mode: "5-part", paused: true }));
  const next = (afterMs: number): number | null => cron.nextRun(new Date(afterMs))?.getTime() ?? null;
  if (read(() => next(0)) === null) throw invalid(place, expression, "such a day never comes");
  return {
    next,
    latest: (untilMs, max) => {
      // Croner answers what lies before a moment, and due times are whole seconds.
      const before = new Date((Math.floor(untilMs / SECOND_MS) + 1) * SECOND_MS);
      return cron
        .previousRuns(max, before)
        .map((date) => date.getTime())
        .toSorted((a, b) => a - b);
    },
  };

  function read<T>(attempt: () => T): T {
    try {
      return attempt();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : "it cannot be read";
      throw invalid(place, expression, `${why} Write it such as 0 3 * * 1`, cause);
    }
  }
}

async function loadCroner(place: string): Promise<typeof Croner> {
  try {
    return await import("croner");
  } catch (cause) {
    const next = "Install croner beside jobkit-core (npm install croner), or write every 5m.";
    throw jobkitError("LIBRARY_MISSING", `loading croner for ${place}`, { cause, next });
  }
}
