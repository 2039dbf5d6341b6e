import { jobkitError } from "../base/error-table.ts";
import type { CodedError } from "../base/errors.ts";
import { suggestion } from "../base/suggest.ts";
import { parseDuration } from "../base/units.ts";
import type { When } from "./when.ts";

/** Finer than this is a loop, not a schedule. */
const EVERY_MIN_MS = 1_000;
/** Dates of JavaScript end here, on both sides of 1970. */
const DATE_MAX_MS = 8.64e15;
const FIELDS = 5;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/**
 * The text of a schedule: `every 5m`, `every 6h from 2026-01-01T00:30:00Z`, `daily at 03:00 Europe/Berlin`,
 * `cron 0 3 * * 1 UTC`. The zone may be left out.
 * @param place where the text stands, for the message, such as "when of schedule nightly".
 * @throws SCHEDULE_INVALID naming the place and showing the right form.
 */
export function parseWhen(text: string, place: string): When {
  const [kind = "", ...words] = text.trim().split(/\s+/);
  if (kind === "every") return checkedWhen(everyOf(words, text, place), place);
  if (kind === "daily") return checkedWhen(dailyOf(words, text, place), place);
  if (kind === "cron") return checkedWhen(cronOf(words, text, place), place);
  throw invalid(place, text, "write every 5m, daily at 03:00, or cron 0 3 * * 1");
}

/**
 * The same, given as data: what types cannot say is checked. The fields of a cron expression are checked
 * when it is compiled.
 * @throws SCHEDULE_INVALID
 */
export function checkedWhen(when: When, place: string): When {
  if (when.kind === "every") {
    if (!Number.isSafeInteger(when.ms) || when.ms < EVERY_MIN_MS)
      throw invalid(place, String(when.ms), "the pace is a whole number of ms from 1s, such as every 5m");
    if (when.anchorMs !== undefined && !(Math.abs(when.anchorMs) <= DATE_MAX_MS))
      throw invalid(place, String(when.anchorMs), "the anchor is a time in ms since 1970");
    return when;
  }
  if (when.kind === "daily" && !TIME.test(when.at))
    throw invalid(place, when.at, "the time is 00:00 to 23:59, such as daily at 03:00");
  if (when.zone !== undefined && !isZone(when.zone)) {
    const near = suggestion(when.zone, Intl.supportedValuesOf("timeZone"));
    throw invalid(
      place,
      when.zone,
      `no such time zone${near === "" ? ", write one like Europe/Berlin" : near}`,
    );
  }
  return when;
}

/** SCHEDULE_INVALID at a place. `advice` shows the right form. */
export function invalid(place: string, text: string, advice: string, cause?: unknown): CodedError {
  const options = cause === undefined ? {} : { cause };
  return jobkitError("SCHEDULE_INVALID", `reading ${place}, ${JSON.stringify(text)}: ${advice}`, options);
}

function everyOf(words: readonly string[], text: string, place: string): When {
  const [pace = "", from, anchor = "", ...rest] = words;
  const ms = parseDuration(pace);
  if (ms === null || rest.length > 0 || (from !== undefined && from !== "from"))
    throw invalid(place, text, "write every 5m, or every 6h from 2026-01-01T00:30:00Z");
  if (from === undefined) return { kind: "every", ms };
  const anchorMs = Date.parse(anchor);
  if (Number.isNaN(anchorMs)) throw invalid(place, anchor, "write a date such as 2026-01-01T00:30:00Z");
  return { kind: "every", ms, anchorMs };
}

function dailyOf(words: readonly string[], text: string, place: string): When {
  const [word, at = "", zone, ...rest] = words;
  if (word !== "at" || rest.length > 0)
    throw invalid(place, text, "write daily at 03:00, or daily at 03:00 Europe/Berlin");
  return zone === undefined ? { kind: "daily", at } : { kind: "daily", at, zone };
}

function cronOf(words: readonly string[], text: string, place: string): When {
  const expression = words.slice(0, FIELDS).join(" ");
  const [zone, ...rest] = words.slice(FIELDS);
  if (words.length < FIELDS || rest.length > 0)
    throw invalid(place, text, "write minute, hour, day, month and weekday, such as cron 0 3 * * 1 UTC");
  return zone === undefined ? { kind: "cron", expression } : { kind: "cron", expression, zone };
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    // The one way to ask whether a zone exists is to try it.
    return false;
  }
}
