/** The place of a record, as kept with everything that rests on it. */
import type { TranscriptRecord } from "../transcript/record.ts";
import { stateLimits } from "./limits.ts";
import type { LinePlace, SegmentState } from "./segment-state.ts";
import { clean } from "./text/clean.ts";
import { keep } from "./text/keep.ts";

/** Largest time a Date can hold, in ms either side of 1970 (ECMAScript, "Time Values and Time Range"). */
const LATEST_MS = 8.64e15;

/** The record's time where it has one that a date can hold and that is after 1970. */
export function timeOf(record: TranscriptRecord): number | null {
  return record.atMs !== null && record.atMs > 0 && record.atMs <= LATEST_MS ? Math.trunc(record.atMs) : null;
}

/** An id as it is kept and compared: clean and short, whatever the transcript holds. */
export function idOf(id: string): string {
  return keep(clean(id), stateLimits.idCost);
}

/** The place of a record in its segment. */
export function placeOf(state: SegmentState, record: TranscriptRecord): LinePlace {
  return {
    line: record.line,
    uuid: record.uuid === null ? null : idOf(record.uuid),
    atMs: timeOf(record) ?? state.lastAtMs ?? 0,
  };
}
