import type { DatabaseSync } from "node:sqlite";
import {
  assertNever,
  type Json,
  type OnParentFailure,
  type RunId,
  type Task,
  type TaskFailure,
  type TaskId,
  type TaskLimits,
  type TaskState,
  type TaskStateKind,
  taskStates,
} from "jobkit-core";
import { damaged } from "./errors.ts";

/** What TaskRow names, in its order. */
export const taskColumns = `life.seq, priority, due_at, limits, id, created_at, policy, run, parent, labels, input,
  job, state, attempt, claim, forks, ties, waiting_for, owner, started_at, lease_until, ended_at, deadline_at,
  sequence, key, key_until, idempotency_key, detail`;

/**
 * All of a task, as `node:sqlite` hands it out: a list, because making an object costs more than reading the
 * row. Written only by this package, so its shape is trusted.
 */
export type TaskRow = readonly [
  seq: number,
  priority: number,
  dueAtMs: number,
  limits: string | null,
  id: TaskId,
  createdAtMs: number,
  policy: OnParentFailure,
  run: RunId,
  parent: TaskId | null,
  labels: string | null,
  input: string,
  job: string,
  state: TaskStateKind,
  attempt: number,
  claim: number,
  forks: number,
  ties: number,
  waitingFor: number | null,
  owner: string | null,
  startedAtMs: number | null,
  leaseUntilMs: number | null,
  endedAtMs: number | null,
  deadlineAtMs: number | null,
  sequence: string | null,
  key: string | null,
  keyUntilMs: number | null,
  idempotencyKey: string | null,
  detail: string | null,
];

/** What LifeRow names. */
export const lifeColumns = `life.seq AS seq, id, asked_at, policy, parents, job, state, priority, due_at, attempt, claim, forks, ties,
  front, waiting_for, owner, started_at, lease_until, deadline_at, sequence, key`;

/** What a change of state looks at. */
export interface LifeRow {
  readonly seq: number;
  readonly id: TaskId;
  /** When it asked to start. */
  readonly asked_at: number;
  readonly policy: OnParentFailure;
  /** How many it was added behind; what it forked stands after those. */
  readonly parents: number;
  readonly job: string;
  readonly state: TaskStateKind;
  readonly priority: number;
  readonly due_at: number;
  readonly attempt: number;
  readonly claim: number;
  readonly forks: number;
  /** See {@link tie}. */
  readonly ties: number;
  readonly front: number | null;
  readonly waiting_for: number | null;
  readonly owner: string | null;
  readonly started_at: number | null;
  readonly lease_until: number | null;
  readonly deadline_at: number | null;
  readonly sequence: string | null;
  readonly key: string | null;
}

/** Bits of `life.ties`: whom the end of a task concerns beside itself. */
export const tie = { waitedFor: 1, waits: 2, sequence: 4 } as const;

const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});
const NO_IDS: readonly TaskId[] = Object.freeze([]);

/** A claim that is being made: what it changes of a row that has not been read again. */
export type Claimed = Extract<TaskState, { readonly kind: "running" }>;

/**
 * A row as a task.
 * @param after reads whom it waits for; asked only where it waits or has waited.
 * @param claimed given where the row was read before it was claimed.
 */
export function taskOf(
  row: TaskRow,
  after: (seq: number) => readonly TaskId[],
  claimed: Claimed | null = null,
): Task {
  const [
    seq,
    priority,
    dueAtMs,
    limits,
    id,
    createdAtMs,
    onParentFailure,
    run,
    parent,
    labels,
    input,
    job,
    kind,
    attempt,
    claim,
    forks,
    ties,
    waitingFor,
    owner,
    startedAtMs,
    leaseUntilMs,
    endedAtMs,
    deadlineAtMs,
    sequence,
    key,
    keyUntilMs,
    idempotencyKey,
    detail,
  ] = row;
  const one = claimed === null ? 0 : 1;
  return {
    id,
    job,
    key,
    keyUntilMs: keyUntilMs ?? 0,
    idempotencyKey,
    input: parsed(input) as Json,
    labels: labels === null ? NO_LABELS : (parsed(labels) as Readonly<Record<string, string>>),
    run,
    parent,
    after: (ties & tie.waits) === 0 ? NO_IDS : after(seq),
    onParentFailure,
    priority,
    sequence,
    deadlineAtMs,
    limits: limits === null ? null : (parsed(limits) as TaskLimits),
    attempt: attempt + one,
    claim: claim + one,
    forks,
    createdAtMs,
    state:
      claimed ?? stateOf(kind, { dueAtMs, waitingFor, owner, startedAtMs, leaseUntilMs, endedAtMs, detail }),
  };
}

interface StateColumns {
  readonly dueAtMs: number;
  readonly waitingFor: number | null;
  readonly owner: string | null;
  readonly startedAtMs: number | null;
  readonly leaseUntilMs: number | null;
  readonly endedAtMs: number | null;
  readonly detail: string | null;
}

function stateOf(kind: TaskStateKind, columns: StateColumns): TaskState {
  const { dueAtMs, startedAtMs } = columns;
  const endedAtMs = columns.endedAtMs ?? 0;
  const detail = columns.detail === null ? null : parsed(columns.detail);
  switch (kind) {
    case "blocked":
      return { kind, waitingFor: columns.waitingFor ?? 0 };
    case "ready":
      return { kind, dueAtMs };
    case "running":
      return {
        kind,
        owner: columns.owner ?? "",
        startedAtMs: startedAtMs ?? 0,
        leaseUntilMs: columns.leaseUntilMs ?? 0,
      };
    case "retrying":
      return { kind, dueAtMs, error: detail as TaskFailure };
    case "done":
      return { kind, startedAtMs: startedAtMs ?? 0, endedAtMs, result: detail as Json };
    case "failed":
      return { kind, startedAtMs, endedAtMs, error: detail as TaskFailure };
    case "cancelled":
      return { kind, startedAtMs, endedAtMs, reason: detail as string };
    case "skipped":
      return { kind, endedAtMs, because: detail as TaskId };
    default:
      throw damaged(`a task is in the state ${JSON.stringify(kind satisfies never)}`);
  }
}

/** A value as this package has stored it. @throws as of a damaged page, where it cannot have. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged("a stored value is no JSON", cause);
  }
}

/** What the column `detail` holds in a state. */
export function detailOf(state: TaskState): string | null {
  switch (state.kind) {
    case "done":
      return jsonOf(state.result);
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

/** A result as `detail` holds it: most are `null`, which takes no room. */
export function jsonOf(result: Json): string | null {
  return result === null ? null : JSON.stringify(result);
}

/** A prepared statement whose rows are of one known shape. */
export interface Query<Row> {
  all(...values: (string | number | null)[]): readonly Row[];
  get(...values: (string | number | null)[]): Row | undefined;
  iterate(...values: (string | number | null)[]): NodeJS.Iterator<Row>;
}

/** Prepare a statement that reads rows of a shape that the caller vouches for: it stands beside the SQL. */
export function query<Row>(db: DatabaseSync, sql: string): Query<Row> {
  return db.prepare(sql) as unknown as Query<Row>;
}

/** The same with rows that name a state. Whoever reads one may look it up: it throws as of a damaged page else. */
export function states<Row extends { readonly state: TaskStateKind }>(
  db: DatabaseSync,
  sql: string,
): Omit<Query<Row>, "iterate"> {
  const rows = query<Row>(db, sql);
  return {
    all: (...values) => rows.all(...values).map(sound),
    get(...values) {
      const row = rows.get(...values);
      return row && sound(row);
    },
  };
}

function sound<Row extends { readonly state: TaskStateKind }>(row: Row): Row {
  if (!Object.hasOwn(taskStates, row.state))
    throw damaged(`a task is in the state ${JSON.stringify(row.state)}`);
  return row;
}

/** The same with rows that are lists. */
export function tuples<Row>(db: DatabaseSync, sql: string): Query<Row> {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return statement as unknown as Query<Row>;
}
