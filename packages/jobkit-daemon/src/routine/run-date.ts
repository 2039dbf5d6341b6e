import { DEFAULT_ZONE, parseWhen, type When } from "jobkit-core";
import type { DateStyle, ScheduleSpec } from "./schedule-spec.ts";

const DAY_MS = 86_400_000;
const MINUTE_CHARS = "2026-12-31T14:30".length;
const DATE_CHARS = "2026-12-31".length;

/** The date of a moment (wall time in ms) by the clocks of a zone: "2026-12-31". */
export function dateIn(zone: string, ms: number): string {
  const format = new Intl.DateTimeFormat("en-u-ca-iso8601-nu-latn", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  return `${parts["year"]}-${parts["month"]}-${parts["day"]}`;
}

/** The date of the run that a schedule asks for at a due time; `zone` where the schedule names none. */
export function runDateOf(spec: ScheduleSpec, dueMs: number, zone: string): string {
  const when = parseWhen(spec.when, `when of schedule ${spec.name}`);
  // In UTC, because a minute of local time comes twice when clocks are set back.
  if ((spec.dates ?? styleOf(when)) === "minute")
    return `${new Date(dueMs).toISOString().slice(0, MINUTE_CHARS)}Z`;
  const date = dateIn(zoneOf(when, zone), dueMs);
  return new Date(Date.parse(date) + (spec.dateOffsetDays ?? 0) * DAY_MS).toISOString().slice(0, DATE_CHARS);
}

function zoneOf(when: When, zone: string): string {
  return when.kind === "every" ? zone : (when.zone ?? zone);
}

/** "day" where it is due at most once a day: then every due time has a date of its own. */
function styleOf(when: When): DateStyle {
  if (when.kind === "daily") return "day";
  if (when.kind === "every") return when.ms >= DAY_MS ? "day" : "minute";
  return /^\d+ \d+ /.test(when.expression) ? "day" : "minute";
}

/** The zone of this machine, where its clock and its people are. */
export function machineZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone ?? DEFAULT_ZONE;
}
