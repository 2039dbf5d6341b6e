/** What has become of a run so far, as a fold over its tasks. Pure; needs no pipeline: the tasks carry theirs. */
import type { RunId, TaskId } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import type { Task } from "../task/task.ts";
import { outcomeOf } from "./outcome.ts";
import { isEndTask, isPhaseTask, phaseInputOf } from "./phase-input.ts";
import type { Phase, Pipeline } from "./pipeline.ts";

/** How far a phase is. Times are wall time in ms since 1970. */
export type PhaseState =
  | { readonly kind: "waiting" }
  | { readonly kind: "running"; readonly startedAtMs: number }
  | { readonly kind: "done"; readonly startedAtMs: number; readonly endedAtMs: number }
  | { readonly kind: "failed"; readonly endedAtMs: number; readonly why: string }
  | { readonly kind: "cancelled"; readonly endedAtMs: number; readonly why: string }
  | { readonly kind: "skipped"; readonly endedAtMs: number; readonly why: string };

/** One phase of a run. */
export interface PhaseStatus {
  readonly name: string;
  readonly state: PhaseState;
  /** Its tasks: how many there are, are done, and ended otherwise. 0 before it began. */
  readonly total: number;
  readonly done: number;
  readonly bad: number;
  /** The phase as it was when the run was submitted. */
  readonly phase: Phase;
}

/** A whole run. */
export interface RunStatus {
  readonly run: RunId;
  readonly pipeline: string;
  readonly date: string;
  readonly args: Readonly<Record<string, Json>>;
  /** "running" until every phase has ended. */
  readonly outcome: "running" | "done" | "failed" | "cancelled";
  readonly submittedAtMs: number;
  /** `null` while it runs. */
  readonly endedAtMs: number | null;
  /** In the order in which they were written. */
  readonly phases: readonly PhaseStatus[];
}

/**
 * The status of the run that `tasks` are all of, in any order.
 * @throws RangeError where none of them stands for a phase.
 */
export function runStatus(tasks: readonly Task[]): RunStatus {
  const standing = writtenOrder(tasks);
  const [first] = standing;
  if (first === undefined) throw new RangeError("status of a run: none of its tasks stands for a phase");
  const { pipeline, date, args } = phaseInputOf(first);
  const children = Map.groupBy(tasks, ({ parent }) => parent ?? "");
  const byId = new Map(standing.map((task) => [task.id, task]));
  const phases = standing.map((task) => phaseStatus(task, children.get(task.id) ?? [], byId));
  const ended = phases.flatMap(({ state }) => ("endedAtMs" in state ? [state.endedAtMs] : []));
  const outcome = outcomeAmong(phases);
  return {
    run: first.run,
    pipeline,
    date,
    args,
    outcome,
    submittedAtMs: first.createdAtMs,
    endedAtMs: outcome === "running" ? null : ended.reduce((last, at) => Math.max(last, at), 0),
    phases,
  };
}

/** The task of the end waits for the phases in the order in which they were written. */
function writtenOrder(tasks: readonly Task[]): readonly Task[] {
  const standing = tasks.filter(isPhaseTask);
  const end = tasks.find(isEndTask);
  if (end === undefined) return standing;
  const places = new Map(end.after.map((id, at) => [id, at]));
  const place = (task: Task): number => places.get(task.id) ?? places.size;
  return standing.toSorted((a, b) => place(a) - place(b));
}

function outcomeAmong(phases: readonly PhaseStatus[]): RunStatus["outcome"] {
  const has = (kind: PhaseState["kind"]): boolean => phases.some(({ state }) => state.kind === kind);
  if (has("waiting") || has("running")) return "running";
  if (has("failed")) return "failed";
  return has("cancelled") ? "cancelled" : "done";
}

function phaseStatus(task: Task, children: readonly Task[], byId: ReadonlyMap<TaskId, Task>): PhaseStatus {
  const { phase } = phaseInputOf(task);
  const outcome = outcomeOf(task);
  const tally = { total: 0, done: 0, bad: 0 };
  let startedAtMs = Number.POSITIVE_INFINITY;
  for (const { state, createdAtMs } of children) {
    startedAtMs = Math.min(startedAtMs, createdAtMs);
    tally.total += 1;
    if (state.kind === "done") tally.done += 1;
    else if (state.kind === "failed" || state.kind === "cancelled" || state.kind === "skipped")
      tally.bad += 1;
  }
  // Tasks that were met in other runs, or are forgotten, are not among the children of a phase that is done.
  const counted = outcome?.outcome === "done" ? { total: outcome.tasks, done: outcome.tasks, bad: 0 } : tally;
  return { name: phase.name, phase, ...counted, state: stateOf(task, startedAtMs, byId) };
}

function stateOf(task: Task, childrenAtMs: number, byId: ReadonlyMap<TaskId, Task>): PhaseState {
  const { state } = task;
  const outcome = outcomeOf(task);
  const since = (otherwise: number): number =>
    childrenAtMs === Number.POSITIVE_INFINITY ? otherwise : childrenAtMs;
  if (outcome === null || !("endedAtMs" in state)) {
    if (state.kind === "running") return { kind: "running", startedAtMs: since(state.startedAtMs) };
    return task.forks > 0 ? { kind: "running", startedAtMs: since(task.createdAtMs) } : { kind: "waiting" };
  }
  const { endedAtMs } = state;
  if (outcome.outcome === "done") return { kind: "done", startedAtMs: since(endedAtMs), endedAtMs };
  const why = state.kind === "skipped" ? rootOf(state.because, byId) : outcome.why;
  return { kind: outcome.outcome, endedAtMs, why };
}

/** The phase that all of it began with: skipped ones are followed to what they were skipped for. */
function rootOf(because: TaskId, byId: ReadonlyMap<TaskId, Task>): string {
  let task = byId.get(because);
  while (task?.state.kind === "skipped") {
    const next = byId.get(task.state.because);
    if (next === undefined) break;
    task = next;
  }
  if (task === undefined) return "a phase it waits for did not end well";
  const words =
    task.state.kind === "cancelled"
      ? "was cancelled"
      : task.state.kind === "failed"
        ? "failed"
        : "was skipped";
  return `${phaseInputOf(task).phase.name} ${words}`;
}

/** The pipeline as it was when the run was submitted, whatever the configuration says by now. */
export function pipelineOf({ pipeline, args, phases }: RunStatus): Pipeline {
  return { name: pipeline, doc: "", args, phases: phases.map(({ phase }) => phase) };
}
