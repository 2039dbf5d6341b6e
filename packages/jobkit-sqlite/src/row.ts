import type { DatabaseSync } from "node:sqlite";
import {
  assertNever,
  type Json,
  type OnParentFailure,
  type RunId,
  type Task,
  type TaskDraft,
  type TaskFailure,
  type TaskId,
  type TaskState,
  type TaskStateKind,
} from "jobkit-core";

/** A row of `task`, as `node:sqlite` hands it out. Written only by this package, so its shape is trusted. */
export interface TaskRow {
  readonly seq: number;
  readonly id: TaskId;
  readonly job: string;
  readonly state: TaskStateKind;
  readonly priority: number;
  readonly due_at: number;
  readonly attempt: number;
  readonly claim: number;
  readonly created_at: number;
  readonly policy: OnParentFailure;
  readonly key: string | null;
  readonly run: RunId;
  readonly parent: TaskId | null;
  /** How many rows of `dependency` it has. */
  readonly parents: number;
  readonly owner: string | null;
  readonly started_at: number | null;
  readonly lease_until: number | null;
  readonly ended_at: number | null;
  readonly labels: string;
  readonly detail: string | null;
  readonly input: string;
}

/** The columns that a change of state looks at: reading no more than them halves what a settlement costs. */
export type StateRow = Pick<
  TaskRow,
  "seq" | "id" | "job" | "state" | "attempt" | "claim" | "owner" | "started_at" | "policy" | "due_at" | "key"
>;

/** What a row does not say itself. */
export interface RowContext {
  after(row: TaskRow): readonly TaskId[];
  waitingFor(row: TaskRow): number;
}

/** A row as a task. */
export function taskOf(row: TaskRow, context: RowContext): Task {
  return {
    id: row.id,
    job: row.job,
    key: row.key,
    input: JSON.parse(row.input) as Json,
    labels: row.labels === "{}" ? {} : (JSON.parse(row.labels) as Readonly<Record<string, string>>),
    run: row.run,
    parent: row.parent,
    after: row.parents === 0 ? [] : context.after(row),
    onParentFailure: row.policy,
    priority: row.priority,
    attempt: row.attempt,
    claim: row.claim,
    createdAtMs: row.created_at,
    state: stateOf(row, context),
  };
}

/** The columns of a new task behind `seq`, in the order of `INSERT_TASK`. */
export function newRowValues(
  draft: TaskDraft,
  state: TaskState,
  turn: number | null,
): (string | number | null)[] {
  return [
    draft.id,
    draft.job,
    state.kind,
    turn,
    draft.priority,
    draft.dueAtMs,
    draft.createdAtMs,
    draft.onParentFailure,
    draft.key,
    draft.run,
    draft.parent,
    draft.after.length,
    "endedAtMs" in state ? state.endedAtMs : null,
    JSON.stringify(draft.labels),
    detailOf(state),
    JSON.stringify(draft.input),
  ];
}

/** What the column `detail` holds in a state. */
export function detailOf(state: TaskState): string | null {
  switch (state.kind) {
    case "done":
      return JSON.stringify(state.result);
    case "failed":
    case "retrying":
      return JSON.stringify(state.error);
    case "cancelled":
      return JSON.stringify(state.reason);
    case "skipped":
      return JSON.stringify(state.because);
    case "blocked":
    case "ready":
    case "running":
      return null;
    default:
      return assertNever(state);
  }
}

function stateOf(row: TaskRow, context: RowContext): TaskState {
  const endedAtMs = row.ended_at ?? 0;
  const startedAtMs = row.started_at;
  switch (row.state) {
    case "blocked":
      return { kind: "blocked", waitingFor: context.waitingFor(row) };
    case "ready":
      return { kind: "ready", dueAtMs: row.due_at };
    case "running":
      return {
        kind: "running",
        owner: row.owner ?? "",
        startedAtMs: startedAtMs ?? 0,
        leaseUntilMs: row.lease_until ?? 0,
      };
    case "retrying":
      return { kind: "retrying", dueAtMs: row.due_at, error: detail(row) as TaskFailure };
    case "done":
      return { kind: "done", startedAtMs: startedAtMs ?? 0, endedAtMs, result: detail(row) as Json };
    case "failed":
      return { kind: "failed", startedAtMs, endedAtMs, error: detail(row) as TaskFailure };
    case "cancelled":
      return { kind: "cancelled", startedAtMs, endedAtMs, reason: detail(row) as string };
    case "skipped":
      return { kind: "skipped", endedAtMs, because: detail(row) as TaskId };
    default:
      return assertNever(row.state);
  }
}

function detail({ detail: text }: TaskRow): unknown {
  return JSON.parse(text ?? "null");
}

/** A prepared statement whose rows are of one known shape. */
export interface Query<Row> {
  all(...values: (string | number | null)[]): readonly Row[];
  get(...values: (string | number | null)[]): Row | undefined;
}

/** Prepare a statement that reads rows of a shape that the caller vouches for: it stands beside the SQL. */
export function query<Row>(db: DatabaseSync, sql: string): Query<Row> {
  const statement = db.prepare(sql);
  return {
    all: (...values) => statement.all(...values) as unknown as readonly Row[],
    get: (...values) => statement.get(...values) as unknown as Row | undefined,
  };
}
