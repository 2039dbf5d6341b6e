import type { Random } from "./random.ts";

declare const brand: unique symbol;

/** A string that only its own constructor makes, so that ids of different things cannot be mixed up. */
export type Brand<Name extends string> = string & { readonly [brand]: Name };

/** Names one task for ever. Opaque: nothing is ever read out of it. */
export type TaskId = Brand<"TaskId">;

/** Names one run of a pipeline or one submission: 32 hex digits, the W3C trace id of all its tasks. */
export type RunId = Brand<"RunId">;

/** Names one attempt: 16 hex digits, the W3C span id. */
export type SpanId = Brand<"SpanId">;

const TASK_ID = /^[0-9a-z]{1,64}$/;
const RUN_ID = /^[0-9a-f]{32}$/;
const BASE = 36;
const TIME_DIGITS = 9;
/** 48 bits: until the year 10889. */
const RUN_TIME_DIGITS = 12;
/** 31 bits: what one draw of chance fills. */
const CHANCE_DIGITS = 6;
/** The tasks of one batch are counted in so many digits: 60 million of them. */
const COUNT_DIGITS = 5;
/** Codes of 0, 9, a and z: the digits of base 36 in order. */
const [FIRST_DIGIT, LAST_NUMBER, FIRST_LETTER, LAST_DIGIT] = [48, 57, 97, 122];

/** Text from outside to a task id. @throws RangeError when it is not 1 to 64 characters of 0-9 a-z. */
export function taskId(text: string): TaskId {
  if (!TASK_ID.test(text)) throw new RangeError(`not a task id: ${JSON.stringify(text.slice(0, 80))}`);
  return text as TaskId;
}

/** Text from outside to a run id. @throws RangeError when it is not 32 lower-case hex digits. */
export function runId(text: string): RunId {
  if (!RUN_ID.test(text)) throw new RangeError(`not a run id: ${JSON.stringify(text.slice(0, 80))}`);
  return text as RunId;
}

/** A new task id of 20 characters that sorts by `nowMs` (ms since 1970), then by chance (56 bits). */
export function newTaskId(random: Random, nowMs: number): TaskId {
  return (timeDigits(nowMs) + digits36(random, CHANCE_DIGITS) + digits36(random, COUNT_DIGITS)) as TaskId;
}

/**
 * The ids of one batch, 20 characters each: they sort by `nowMs`, by chance (31 bits, drawn once), then in the
 * order they were made. The count begins anywhere, so that two batches with the same chance still differ.
 */
export class TaskIds {
  /** Codes of the characters of the last one. */
  readonly #codes: number[];

  constructor(random: Random, nowMs: number) {
    const start = timeDigits(nowMs) + digits36(random, CHANCE_DIGITS);
    const count = Math.floor((random.next() * BASE ** COUNT_DIGITS) / 2);
    const last = start + (BASE ** COUNT_DIGITS + count).toString(BASE).slice(1);
    this.#codes = Array.from(last, (digit) => digit.charCodeAt(0));
  }

  /** Counts on the characters themselves: text put together of two parts is copied when it is first compared. */
  next(): TaskId {
    const codes = this.#codes;
    const countAt = codes.length - COUNT_DIGITS;
    let at = codes.length - 1;
    for (; at >= countAt && codes[at] === LAST_DIGIT; at -= 1) codes[at] = FIRST_DIGIT;
    if (at >= countAt) codes[at] = codes[at] === LAST_NUMBER ? FIRST_LETTER : (codes[at] as number) + 1;
    return String.fromCharCode(...codes) as TaskId;
  }
}

/**
 * The ids of a batch that its tasks name each other by, made much faster than one by one. They sort by `nowMs`
 * (ms since 1970), by chance, then in their order.
 */
export function newTaskIds(random: Random, nowMs: number, count: number): readonly TaskId[] {
  const ids = new TaskIds(random, nowMs);
  return Array.from({ length: count }, () => ids.next());
}

function timeDigits(nowMs: number): string {
  return Math.max(0, Math.floor(nowMs)).toString(BASE).padStart(TIME_DIGITS, "0");
}

/**
 * A new run id, 32 hex digits, never all zero: 12 digits of `nowMs` (ms since 1970), then 76 bits of chance. With
 * the time in front an index by run grows at its end, as with UUIDv7 (RFC 9562, 5.7), instead of everywhere;
 * W3C Trace Context asks chance of the last 7 bytes only.
 */
export function newRunId(random: Random, nowMs: number): RunId {
  const time = Math.max(0, Math.floor(nowMs))
    .toString(16)
    .padStart(RUN_TIME_DIGITS, "0")
    .slice(-RUN_TIME_DIGITS);
  return `${time}${hex(random, 3)}${hex(random, 8)}${hex(random, 8)}1` as RunId;
}

/** A new span id: 60 bits of chance as 16 hex digits, never all zero. */
export function newSpanId(random: Random): SpanId {
  return `${hex(random, 7)}${hex(random, 8)}1` as SpanId;
}

/** So many digits of base 36, from one draw. The leading one makes the length and is cut off. */
function digits36(random: Random, count: 5 | 6): string {
  const size = BASE ** count;
  return (size + Math.floor(random.next() * size)).toString(BASE).slice(1);
}

/** So many hex digits, at most 8, from one draw. */
function hex(random: Random, count: 3 | 7 | 8): string {
  const size = 16 ** count;
  return (size + Math.floor(random.next() * size)).toString(16).slice(1);
}
