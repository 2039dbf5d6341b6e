/**
 * What a segment of the event log looks like, line by line:
 *
 *   {"segment":1,"firstSeq":41,"instance":…}      a header; the first line, and again where another life goes on
 *   {"seq":41,"ts":…,"ev":…,…}                    an event, as every reader gets it
 *   {"seq":99,…,"ev":"stream.gap",…}              events that the disk did not take; seq is the last one missing
 *
 * A line is whole or it is no line: what stands after the last newline was never accepted.
 */
import { eventFromValue, eventToJson, type JobEvent } from "jobkit-core";

/** Who writes: told in headers. */
export interface LogOrigin {
  readonly instance: string;
  /** Of the application. */
  readonly version: string;
  readonly pid: number;
  /** Wall time in ms since 1970. */
  readonly startedAtMs: number;
}

/** One moment on both clocks, so that durations can be told from jumps of the wall clock. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** What a header says. */
export interface SegmentHeader extends LogOrigin, Moment {
  /** Number of the next event after this line. */
  readonly firstSeq: number;
}

/** What one line of a segment is. "unknown" is JSON of another version; "damaged" is no JSON at all. */
export type SegmentLine =
  | { readonly kind: "event"; readonly event: JobEvent }
  | { readonly kind: "header"; readonly header: SegmentHeader }
  | { readonly kind: "unknown" }
  | { readonly kind: "damaged" };

const FORMAT = 1;
const GAP = "stream.gap";
/** Envelope of an event, escapes and the words that say what was cut: subtracted from the bound of a line. */
const ENVELOPE_BYTES = 512;
/** One character becomes at most so many bytes of JSON: six for an escape such as \\u0000. */
const BYTES_PER_CHARACTER = 6;
const CUT = "… [cut]";
const UNKNOWN: SegmentLine = { kind: "unknown" };
const DAMAGED: SegmentLine = { kind: "damaged" };

/** Text of a header line. */
export function formatHeader(origin: LogOrigin, firstSeq: number, moment: Moment): string {
  const { instance, version, pid, startedAtMs } = origin;
  const { wallMs, monotonicMs } = moment;
  return `${JSON.stringify({ segment: FORMAT, firstSeq, instance, version, pid, startedAtMs, wallMs, monotonicMs })}\n`;
}

/** Text of an event line of at most `bytesMax` bytes: longer texts in it are cut, and say so. */
export function formatEventLine(event: JobEvent, bytesMax: number): string {
  const line = `${eventToJson(event)}\n`;
  // Length first: most lines are so short that their bytes need not be counted.
  if (line.length * 3 <= bytesMax || Buffer.byteLength(line) <= bytesMax) return line;
  return `${eventToJson({ ...event, attrs: cutTexts(event.attrs, bytesMax - ENVELOPE_BYTES) })}\n`;
}

/** The marker of events `from` to `to` (both included) that a reader cannot have. */
export function gapEvent(from: number, to: number, ts: number): JobEvent {
  const attrs = { from, to, dropped: to - from + 1 };
  return { seq: to, ts, ev: GAP, sev: "warn", trace: null, span: null, job: null, attempt: null, attrs };
}

/** Read one line, without its newline. Never throws. */
export function parseLine(text: string): SegmentLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Damage is not an error of the reader: it sees from the numbers that something is missing, and says so.
    return DAMAGED;
  }
  if (!isRecord(value)) return DAMAGED;
  if (typeof value["segment"] === "number") return headerOf(value);
  const event = eventFromValue(value);
  return typeof event === "string" ? UNKNOWN : { kind: "event", event };
}

function headerOf(value: Readonly<Record<string, unknown>>): SegmentLine {
  const { firstSeq, instance, version, pid, startedAtMs, wallMs, monotonicMs } = value;
  if (typeof instance !== "string" || typeof version !== "string") return UNKNOWN;
  const [first, process, started, wall, monotonic] = [firstSeq, pid, startedAtMs, wallMs, monotonicMs].map(
    Number,
  );
  const header = {
    firstSeq: first ?? Number.NaN,
    pid: process ?? Number.NaN,
    startedAtMs: started ?? Number.NaN,
    wallMs: wall ?? Number.NaN,
    monotonicMs: monotonic ?? Number.NaN,
  };
  if (Object.values(header).some((number) => !Number.isFinite(number))) return UNKNOWN;
  return { kind: "header", header: { ...header, instance, version } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Every text gets an equal share of the bytes; the shares are counted at the worst size of a character. */
function cutTexts(attrs: JobEvent["attrs"], bytes: number): JobEvent["attrs"] {
  const texts = Object.values(attrs).filter((value) => typeof value === "string").length;
  const characters = Math.max(0, Math.floor(bytes / Math.max(1, texts) / BYTES_PER_CHARACTER) - CUT.length);
  const cut = (value: string | number): string | number =>
    typeof value === "string" && value.length > characters ? `${value.slice(0, characters)}${CUT}` : value;
  return Object.fromEntries(Object.entries(attrs).map(([name, value]) => [name, cut(value)]));
}
