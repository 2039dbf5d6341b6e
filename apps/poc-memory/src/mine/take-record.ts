/** One record into the state: where and when we are, then what its entries say. */
import type { TranscriptRecord } from "../transcript/record.ts";
import type { SegmentState } from "./segment-state.ts";

/** The state after a record that is no duplicate. */
export function takeRecord(
  state: SegmentState,
  record: TranscriptRecord,
  _rewindToTurn: number | null,
): SegmentState {
  if (record.sidechain) return state;
  return {
    ...state,
    sessionId: record.sessionId ?? state.sessionId,
    root: state.root ?? record.cwd,
    cwd: record.cwd ?? state.cwd,
    branch: record.gitBranch ?? state.branch,
    startedAtMs: state.startedAtMs ?? record.atMs,
    lastAtMs: record.atMs ?? state.lastAtMs,
    records: state.records + 1,
  };
}
