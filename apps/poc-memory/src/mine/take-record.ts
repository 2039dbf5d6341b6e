/** One record into the state: where and when we are, then what its entries say, in their order. */
import type { Entry, TranscriptRecord } from "../transcript/record.ts";
import { assertNever } from "jobkit-core";
import { stateLimits } from "./limits.ts";
import { idOf, placeOf, timeOf } from "./place.ts";
import { addPullRequest } from "./pull-requests.ts";
import type { LinePlace, SegmentState } from "./segment-state.ts";
import { takeAnswer } from "./take-answer.ts";
import { takeCall } from "./take-call.ts";
import { beginTurn, goBack, takePrompt } from "./take-prompt.ts";
import { takeResult } from "./take-result.ts";
import { quietCommand } from "./rules/requests.ts";
import { clean, inline } from "./text/clean.ts";
import { keep } from "./text/keep.ts";

/** The state after a record that is no duplicate. Of a sub-agent only its changes to files count. */
export function takeRecord(
  state: SegmentState,
  record: TranscriptRecord,
  rewindToTurn: number | null,
): SegmentState {
  const at = placeOf(state, record);
  const back = rewindToTurn === null || record.sidechain ? state : goBack(state, rewindToTurn);
  let next = record.sidechain ? back : whereAndWhen(back, record);
  for (const entry of record.entries)
    next = record.sidechain ? takeFromHelper(next, entry, at) : takeEntry(next, entry, at);
  return next;
}

function whereAndWhen(state: SegmentState, record: TranscriptRecord): SegmentState {
  const cwd = record.cwd === null ? null : keep(clean(record.cwd), stateLimits.folderCost);
  const atMs = timeOf(record);
  return {
    ...state,
    sessionId: record.sessionId === null ? state.sessionId : idOf(record.sessionId),
    root: state.root ?? cwd,
    cwd: cwd ?? state.cwd,
    branch: record.gitBranch === null ? state.branch : keep(inline(record.gitBranch), stateLimits.pathCost),
    startedAtMs: state.startedAtMs ?? atMs,
    lastAtMs: atMs ?? state.lastAtMs,
    records: state.records + 1,
    turnsBegun: state.turnsBegun + (record.entries.some((entry) => entry.kind === "prompt") ? 1 : 0),
  };
}

function takeEntry(state: SegmentState, entry: Entry, at: LinePlace): SegmentState {
  switch (entry.kind) {
    case "prompt":
      return takePrompt(state, entry.text, at);
    case "answer":
      return takeAnswer(state, entry.text, at);
    case "call":
      return takeCall(state, entry, at);
    case "result":
      return takeResult(state, entry, at);
    case "command":
      return takeCommand(state, entry.name, entry.args, at);
    case "pull-request":
      return addPullRequest(state, entry.url, at);
    case "interruption":
      return {
        ...state,
        turns: state.turns.map((turn, n) =>
          n === state.turns.length - 1 ? { ...turn, interrupted: true } : turn,
        ),
      };
    case "compaction":
    case "summary":
      return state;
    default:
      return assertNever(entry);
  }
}

function takeFromHelper(state: SegmentState, entry: Entry, at: LinePlace): SegmentState {
  if (entry.kind === "call") return takeCall(state, entry, at, "edits only");
  return entry.kind === "result" ? takeResult(state, entry, at, "edits only") : state;
}

/** A slash command that asks for work begins a turn; one that steers the tool does not. */
function takeCommand(state: SegmentState, name: string, args: string, at: LinePlace): SegmentState {
  if (quietCommand.pattern.test(name.trim())) return state;
  const shown = `/${inline(name).replace(/^\/{1,4}/u, "")} ${inline(args)}`.trim();
  return beginTurn(state, "command", shown, at);
}
