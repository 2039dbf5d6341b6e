/** A tool call: remembered until its result comes, where it changes a file or runs a command that tells something. */
import type { Entry } from "../transcript/record.ts";
import { changeGist } from "./change.ts";
import { commandParts, commitMessage } from "./command-line.ts";
import { stateLimits } from "./limits.ts";
import { relativeTo } from "./paths.ts";
import { idOf } from "./place.ts";
import { editing, runningCommand } from "./rules/tools.ts";
import type { LinePlace, PendingCall, SegmentState } from "./segment-state.ts";
import { withTurn } from "./take-prompt.ts";
import { clean } from "./text/clean.ts";
import { keep } from "./text/keep.ts";

/** The state after a call. */
export function takeCall(
  before: SegmentState,
  call: Extract<Entry, { kind: "call" }>,
  at: LinePlace,
  only: "all" | "edits only" = "all",
): SegmentState {
  const state = only === "all" ? { ...withTurn(before, at), workedSinceAnswer: true } : before;
  const what = whatOf(state, call, only);
  if (what === null) return state;
  const pending: PendingCall = {
    callId: idOf(call.callId),
    at,
    turn: Math.max(0, state.requestsBegun - 1),
    what,
  };
  return { ...state, pending: [...state.pending, pending].slice(-stateLimits.pending) };
}

function whatOf(
  state: SegmentState,
  call: Extract<Entry, { kind: "call" }>,
  only: "all" | "edits only",
): PendingCall["what"] | null {
  const edit = editing(call.tool, call.input);
  if (edit !== null) {
    const about = state.failures.map((failure) => failure.errors.join(" ")).join(" ");
    const change =
      state.failures.length === 0 ? "" : changeGist(clean(edit.before), clean(edit.after), about);
    return {
      kind: "edit",
      path: keep(relativeTo(state.root ?? state.cwd, edit.path), stateLimits.pathCost),
      change,
      created: edit.created,
    };
  }
  if (only === "edits only") return null;
  const command = runningCommand(call.tool, call.input);
  if (command === null) return null;
  const commit = commitMessage(command);
  const parts = commandParts(clean(command), state.cwd, state.root);
  const telling =
    parts.some((part) => part.kind !== "other") ||
    commit !== null ||
    parts.some((part) =>
      /^(?:gh|glab) (?:pr|mr) create\b|^git (?:commit|merge|rebase|cherry-pick)\b/u.test(part.command),
    );
  return telling ? { kind: "command", parts, commit } : null;
}
