/** What came back from a tool: a file changed, a command succeeded or failed, a failure mended, a commit made. */
import type { Entry } from "../transcript/record.ts";
import { isTask, programOf } from "./command-line.ts";
import { stateLimits, workLimits } from "./limits.ts";
import { didFail, errorsIn } from "./rules/failures.ts";
import { isToolTrouble, refusal } from "./rules/tools.ts";
import type {
  CommandPart,
  CommandRun,
  Commit,
  Fix,
  LinePlace,
  OpenFailure,
  PendingCall,
  SegmentState,
} from "./segment-state.ts";
import { takePrompt } from "./take-prompt.ts";
import { idOf } from "./place.ts";
import { addPullRequest } from "./pull-requests.ts";
import { clean, inline } from "./text/clean.ts";
import { keep } from "./text/keep.ts";

type Result = Extract<Entry, { kind: "result" }>;

/** The state after a result. Results of calls that were not kept tell nothing, but for the person's refusals. */
export function takeResult(
  before: SegmentState,
  result: Result,
  at: LinePlace,
  only: "all" | "edits only" = "all",
): SegmentState {
  const callId = idOf(result.callId);
  const call = before.pending.find((pending) => pending.callId === callId);
  const state =
    call === undefined
      ? before
      : { ...before, pending: before.pending.filter((pending) => pending !== call) };
  if (result.failed && only === "all") {
    const said = refusal(result.text);
    if (said !== null) return said === "" ? state : takePrompt(state, said, at);
  }
  if (call === undefined || isToolTrouble(result.text)) return state;
  if (call.what.kind === "edit") return result.failed ? state : withEdit(state, call, call.what);
  return withCommand(state, call, call.what, result, at);
}

function withDeed(state: SegmentState, turn: number): SegmentState {
  return {
    ...state,
    turns: state.turns.map((one) => (one.n === turn ? { ...one, deeds: one.deeds + 1 } : one)),
  };
}

function withEdit(
  before: SegmentState,
  call: PendingCall,
  edit: Extract<PendingCall["what"], { kind: "edit" }>,
): SegmentState {
  const state = withDeed(before, call.turn);
  const known = state.files.find((file) => file.path === edit.path);
  const file = {
    path: edit.path,
    edits: (known?.edits ?? 0) + 1,
    created: known?.created ?? edit.created,
    lastTurn: call.turn,
    abandoned: false,
    at: known?.at ?? call.at,
  };
  const full = known === undefined && state.files.length >= stateLimits.files;
  const failures = state.failures.map((failure) => ({
    ...failure,
    changes: withChange(failure.changes, { path: edit.path, change: edit.change }),
  }));
  return {
    ...state,
    files: full
      ? state.files
      : known === undefined
        ? [...state.files, file]
        : state.files.map((one) => (one === known ? file : one)),
    filesBeyond: state.filesBeyond + (full ? 1 : 0),
    failures,
  };
}

function withChange(
  changes: OpenFailure["changes"],
  change: OpenFailure["changes"][number],
): OpenFailure["changes"] {
  const others = changes.filter((one) => one.path !== change.path || one.change !== change.change);
  return [...others, change].slice(-stateLimits.changesPerFailure);
}

function withCommand(
  before: SegmentState,
  call: PendingCall,
  what: Extract<PendingCall["what"], { kind: "command" }>,
  result: Result,
  at: LinePlace,
): SegmentState {
  let state = before;
  if (what.commit !== null && !result.failed) state = withCommit(state, call, what.commit, result.text);
  if (!result.failed && what.parts.some((part) => /^(?:gh|glab) (?:pr|mr) create\b/u.test(part.command)))
    state = addPullRequest(
      state,
      /https:\/\/[\w.-]{1,80}\/\S{1,160}\/(?:pull|merge_requests)\/\d{1,8}/u.exec(result.text)?.[0] ?? "",
      at,
    );
  const telling = what.parts.filter((part) => part.kind !== "other");
  const suspect = suspectOf(telling, result.failed);
  if (suspect === undefined) return state;
  const failed = didFail(suspect.kind, result.failed, result.text);
  // Of a chain that failed it is not known how far it came: only the suspect is counted.
  const counted = failed ? [suspect] : telling;
  state = withDeed(state, call.turn);
  for (const part of counted) state = withRun(state, part, { ok: !failed, output: result.text }, call);
  if (failed) return withFailure(state, suspect, result, call);
  return counted.reduce((mended, part) => withMended(mended, part, at), state);
}

/**
 * The command of a chain that a failure is laid to: the last check, where the tool says that the chain failed.
 * Where only the output shows it, the chain went on after the failure: then it was the first check.
 */
function suspectOf(telling: readonly CommandPart[], toolSays: boolean): CommandPart | undefined {
  const checks = telling.filter((part) => part.kind !== "run" && part.kind !== "format");
  return (toolSays ? checks.at(-1) : checks[0]) ?? telling.at(-1);
}

function withCommit(
  state: SegmentState,
  call: PendingCall,
  message: Pick<Commit, "subject" | "body">,
  output: string,
): SegmentState {
  const made = /^\[([^\]\n]{1,160}) ([0-9a-f]{7,40})\] /mu.exec(clean(output));
  if (made === null) return state;
  const commit: Commit = {
    ...message,
    sha: (made[2] ?? "").slice(0, 7),
    branch: keep(inline((made[1] ?? "").replace(/ \(root-commit\)$/u, "")), stateLimits.pathCost),
    turn: call.turn,
    at: call.at,
  };
  return { ...withDeed(state, call.turn), commits: [...state.commits, commit].slice(-stateLimits.commits) };
}

function withRun(
  state: SegmentState,
  part: CommandPart,
  { ok, output }: { readonly ok: boolean; readonly output: string },
  call: PendingCall,
): SegmentState {
  const known = state.runs.find((run) => run.command === part.command && run.folder === part.folder);
  const run: CommandRun = {
    ...part,
    succeeded: (known?.succeeded ?? 0) + (ok ? 1 : 0),
    failed: (known?.failed ?? 0) + (ok ? 0 : 1),
    lastOk: ok,
    underlying: underlyingOf(part.command, output) || (known?.underlying ?? ""),
    lastTurn: call.turn,
    at: known !== undefined && (known.succeeded > 0 || !ok) ? known.at : call.at,
  };
  const runs =
    known === undefined ? [...state.runs, run] : state.runs.map((one) => (one === known ? run : one));
  // The first of the kind that says least makes room.
  const dull = runs.findIndex((one) => one.kind === "run" && one !== run);
  return { ...state, runs: runs.length > stateLimits.runs ? runs.toSpliced(Math.max(0, dull), 1) : runs };
}

/** What a task runner says that a task runs, as mise does: "[test] $ go test ./..."; "" where it does not say. */
function underlyingOf(command: string, output: string): string {
  for (const match of clean(output.slice(0, workLimits.entryChars)).matchAll(
    /^\[([\w:.-]{1,40})\] \$ ([a-z][\w./@ :=-]{3,90})$/gmu,
  )) {
    if (command.endsWith(` ${match[1] ?? ""}`)) return keep(inline(match[2] ?? ""), stateLimits.commandCost);
  }
  return "";
}

function withFailure(
  state: SegmentState,
  part: CommandPart,
  result: Result,
  call: PendingCall,
): SegmentState {
  const errors = errorsIn(result.text, stateLimits.errorsPerFailure).map((line) =>
    keep(inline(line), stateLimits.errorCost),
  );
  if (errors.length === 0) return state;
  const known = state.failures.find((failure) => failure.command !== null && isSameCheck(failure, part));
  if (known !== undefined) {
    const all = [...new Set([...known.errors, ...errors])].slice(0, stateLimits.errorsPerFailure);
    return {
      ...state,
      failures: state.failures.map((failure) => (failure === known ? { ...failure, errors: all } : failure)),
    };
  }
  const failure: OpenFailure = {
    command: part.command,
    kind: part.kind,
    errors,
    turn: call.turn,
    at: call.at,
    why: "",
    changes: [],
  };
  return { ...state, failures: [...state.failures, failure].slice(-stateLimits.failures) };
}

/** Failures that this success ends. Without a change in between nothing was mended: it only passed this time. */
function withMended(state: SegmentState, part: CommandPart, at: LinePlace): SegmentState {
  const ended = state.failures.filter((failure) =>
    failure.command === null ? isCheck(part) && failure.changes.length > 0 : isSameCheck(failure, part),
  );
  if (ended.length === 0) return state;
  const fixes = ended
    .filter((failure) => failure.changes.length > 0)
    .map(({ command, kind, errors, why, changes, turn, at: failedAt }): Fix => ({
      command,
      kind,
      errors,
      why,
      changes,
      turn,
      failedAt,
      fixedAt: at,
    }));
  return {
    ...state,
    failures: state.failures.filter((failure) => !ended.includes(failure)),
    fixes: [...state.fixes, ...fixes].slice(-stateLimits.fixes),
  };
}

function isCheck(part: CommandPart): boolean {
  return part.kind === "test" || part.kind === "lint" || part.kind === "build";
}

/** The same command, the same check over more or less of the project, or the project's own task for such checks. */
function isSameCheck(failure: OpenFailure, part: CommandPart): boolean {
  if (failure.command === part.command) return true;
  if (failure.kind !== part.kind || part.kind === "run" || failure.command === null) return false;
  return (
    programOf(failure.command) === programOf(part.command) || (part.kind === "lint" && isTask(part.command))
  );
}
