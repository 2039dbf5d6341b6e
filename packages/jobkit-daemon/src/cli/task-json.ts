import { assertNever, type Json, type Task, type TaskFailure, type TaskState } from "jobkit-core";

/** A task as `jobs list --json` gives it. Fields may be added; none is taken away. Times are ISO 8601 in UTC. */
export interface TaskJson {
  readonly id: string;
  readonly job: string;
  readonly key: string | null;
  readonly state: TaskState["kind"];
  readonly attempt: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly trace: string;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** When it may start, where it waits for a time. */
  readonly dueAt: string | null;
  readonly error: TaskFailure | null;
}

/** A task as `jobs show --json` gives it: the same, with what goes in, what came out and what it hangs on. */
export interface TaskDetailJson extends TaskJson {
  readonly input: Json;
  readonly result: Json;
  readonly priority: number;
  readonly parent: string | null;
  readonly after: readonly string[];
  readonly owner: string | null;
  /** Why it was cancelled or skipped. */
  readonly reason: string | null;
}

/** A task in its published shape. */
export function taskJson(task: Task): TaskJson {
  const { startedAtMs, endedAtMs, dueAtMs, error } = factsOf(task.state);
  return {
    id: task.id,
    job: task.job,
    key: task.key,
    state: task.state.kind,
    attempt: task.attempt,
    labels: task.labels,
    trace: task.run,
    createdAt: iso(task.createdAtMs),
    startedAt: startedAtMs === null ? null : iso(startedAtMs),
    endedAt: endedAtMs === null ? null : iso(endedAtMs),
    dueAt: dueAtMs === null ? null : iso(dueAtMs),
    error,
  };
}

/** A task with everything that is stored of it. */
export function taskDetailJson(task: Task): TaskDetailJson {
  const { state } = task;
  return {
    ...taskJson(task),
    input: task.input,
    result: state.kind === "done" ? state.result : null,
    priority: task.priority,
    parent: task.parent,
    after: task.after,
    owner: state.kind === "running" ? state.owner : null,
    reason: reasonOf(state),
  };
}

interface StateFacts {
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly dueAtMs: number | null;
  readonly error: TaskFailure | null;
}

const NOTHING: StateFacts = { startedAtMs: null, endedAtMs: null, dueAtMs: null, error: null };

function factsOf(state: TaskState): StateFacts {
  switch (state.kind) {
    case "blocked":
      return NOTHING;
    case "ready":
      return { ...NOTHING, dueAtMs: state.dueAtMs };
    case "running":
      return { ...NOTHING, startedAtMs: state.startedAtMs };
    case "retrying":
      return { ...NOTHING, dueAtMs: state.dueAtMs, error: state.error };
    case "done":
    case "cancelled":
      return { ...NOTHING, startedAtMs: state.startedAtMs, endedAtMs: state.endedAtMs };
    case "failed":
      return { ...NOTHING, startedAtMs: state.startedAtMs, endedAtMs: state.endedAtMs, error: state.error };
    case "skipped":
      return { ...NOTHING, endedAtMs: state.endedAtMs };
    default:
      return assertNever(state);
  }
}

function reasonOf(state: TaskState): string | null {
  if (state.kind === "cancelled") return state.reason;
  if (state.kind === "skipped") return `its parent ${state.because} did not end well`;
  if (state.kind === "blocked") return `waits for ${state.waitingFor} parents`;
  return null;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
