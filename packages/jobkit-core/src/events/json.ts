/**
 * An event as one line of JSON, and back: the form of the event log, of `events --json` and of the wire.
 * A line is checked on its way in. Rows that this program does not know survive: the envelope is the same
 * for all, and fields are texts and numbers.
 */
import { jobkitError } from "../base/error-table.ts";
import { severities, type Severity } from "./define.ts";
import type { JobEvent } from "./event.ts";

/** No line is longer, in characters: what is longer is damage, or somebody else's file. */
const EVENT_LINE_MAX = 1_048_576;

const EVENT_NAME = /^[a-z][a-z0-9]*(\.[a-z][a-zA-Z0-9]*)+$/;

/** The event as one line, without the line end. Numbers JSON does not have become texts: "NaN", "Infinity". */
export function eventToJson(event: JobEvent): string {
  // JSON.stringify is faster than a template by hand since V8 13.8 (bench/events.bench.ts).
  const { seq, ts, ev, sev, trace, span, job, attempt, attrs } = event;
  return JSON.stringify({ seq, ts, ev, sev, trace, span, job, attempt, attrs: sayable(attrs) });
}

/**
 * Read one line.
 * @throws EVENT_INVALID saying what is wrong with it. A `stream.gap` may leave out all but `ev` and `attrs`.
 */
export function eventFromJson(line: string): JobEvent {
  if (line.length > EVENT_LINE_MAX) throw invalid(line, `is ${line.length} characters long`);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw invalid(line, "is not JSON", error);
  }
  const event = eventFromValue(value);
  if (typeof event === "string") throw invalid(line, event);
  return event;
}

/** Check a parsed value: the event, or the words that say what is wrong with it. */
export function eventFromValue(value: unknown): JobEvent | string {
  if (!isRecord(value)) return "is not an object";
  const { ev, attrs } = value;
  if (typeof ev !== "string" || !EVENT_NAME.test(ev)) return 'has no "ev" that is a name';
  if (!isRecord(attrs)) return 'has no "attrs"';
  for (const [name, field] of Object.entries(attrs))
    if (typeof field !== "string" && typeof field !== "number")
      return `has "attrs" whose ${JSON.stringify(name.slice(0, 80))} is neither a text nor a number`;
  const gap = ev === "stream.gap";
  const seq = value["seq"] ?? (gap ? attrs["to"] : undefined);
  if (!isWhole(seq)) return 'has no "seq" that is a whole number';
  const ts = value["ts"] ?? (gap ? 0 : undefined);
  if (!isNumber(ts)) return 'has no "ts" that is a number';
  const sev = value["sev"] ?? (gap ? "warn" : undefined);
  if (!severities.some((one) => one === sev)) return `has no "sev" of ${severities.join(", ")}`;
  const { trace = null, span = null, job = null, attempt = null } = value;
  if (!isTextOrNull(trace) || !isTextOrNull(span) || !isTextOrNull(job))
    return 'has a "trace", "span" or "job" that is neither a text nor null';
  if (attempt !== null && !isWhole(attempt))
    return 'has an "attempt" that is neither a whole number nor null';
  const fields = attrs as Readonly<Record<string, string | number>>;
  return { seq, ts, ev, sev: sev as Severity, trace, span, job, attempt, attrs: fields };
}

function invalid(line: string, words: string, cause?: unknown): Error {
  const shown = JSON.stringify(line.slice(0, 80));
  return jobkitError("EVENT_INVALID", `reading an event: the line ${shown} ${words}`, { cause });
}

/** The fields themselves where JSON can say them all, which is nearly always; else a copy that it can say. */
function sayable(attrs: JobEvent["attrs"]): JobEvent["attrs"] {
  for (const name in attrs)
    if (typeof attrs[name] === "number" && !Number.isFinite(attrs[name]))
      return Object.fromEntries(
        Object.entries(attrs).map(([key, value]) => [key, Number.isFinite(value) ? value : String(value)]),
      );
  return attrs;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
