/**
 * The fold: a segment's records go in one by one, in file order, and a small state comes out. Pure, and
 * the same however the reading was cut into pieces. It decides what is worth carrying; what becomes a
 * memory, and in which words, is decided by `memories`.
 */
import type { TranscriptRecord } from "../transcript/record.ts";
import { idOf } from "./place.ts";
import { takeRecord } from "./take-record.ts";
import type { SegmentName, SegmentState } from "./segment-state.ts";

/** What only the reader's bookkeeping knows about a record. */
export interface StepContext {
  /** Its uuid was taken before, from this file or another (a fork, an older resume): it changes nothing. */
  readonly duplicate: boolean;
  /**
   * The record's prompt goes back: turns of this segment with this number and above are abandoned. Turns
   * are prompts of the main chain, from 0; `SegmentState.turnsBegun` is the number of the next. `null`
   * where the record goes on.
   */
  readonly rewindToTurn: number | null;
}

/** The state before the first record of a segment. */
export function emptySegment(place: SegmentName): SegmentState {
  return {
    shape: 1,
    place,
    sessionId: null,
    root: null,
    cwd: null,
    branch: null,
    startedAtMs: null,
    lastAtMs: null,
    records: 0,
    carried: null,
    turnsBegun: 0,
    requestsBegun: 0,
    turns: [],
    files: [],
    filesBeyond: 0,
    runs: [],
    pending: [],
    failures: [],
    fixes: [],
    commits: [],
    pullRequests: [],
    statements: [],
    unsettled: [],
    offer: null,
    workedSinceAnswer: false,
    outcome: null,
  };
}

/**
 * Whether a new segment begins with this record: at a compaction, and where the main chain's session id
 * changes. Ask before `step`; on true, `memories(state)` are final, and the record belongs to
 * `nextSegment(state)`. A duplicate never closes: skip asking for it.
 */
export function closes(state: SegmentState, record: TranscriptRecord): boolean {
  if (record.sidechain || state.records === 0) return false;
  if (record.entries.some((entry) => entry.kind === "compaction")) return true;
  return record.sessionId !== null && state.sessionId !== null && idOf(record.sessionId) !== state.sessionId;
}

/**
 * The state before the first record of the segment that follows; `record` is the one that closed `state`.
 * It knows the time and the folder, and after a compaction the request that was being worked on.
 */
export function nextSegment(state: SegmentState, record: TranscriptRecord): SegmentState {
  const compacted = record.entries.some((entry) => entry.kind === "compaction");
  const last = state.turns.findLast((turn) => !turn.abandoned);
  return {
    ...emptySegment({ ...state.place, segment: state.place.segment + 1 }),
    cwd: state.cwd,
    branch: state.branch,
    lastAtMs: state.lastAtMs,
    carried: compacted ? (last?.text ?? state.carried) : null,
    offer: compacted ? state.offer : null,
  };
}

/** The state after one more record. */
export function step(state: SegmentState, record: TranscriptRecord, context: StepContext): SegmentState {
  return context.duplicate ? state : takeRecord(state, record, context.rewindToTurn);
}
