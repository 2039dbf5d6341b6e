import {
  isLast,
  jobkitError,
  mayFollow,
  parentFailure,
  type PlannedTask,
  type Settled,
  type StoredTasks,
  type Task,
  type TaskCount,
  type TaskId,
  type TaskState,
  type TaskStateKind,
} from "jobkit-core";
import type { CountChanges } from "./counters.ts";
import { detailOf, newRowValues, taskOf, type RowContext, type StateRow, type TaskRow } from "./row.ts";
import type { Statements } from "./statements.ts";

/** What the end of one task did to others. */
export type Consequences = Pick<Settled, "unblocked" | "ended">;

type ReadyState = Extract<TaskState, { readonly kind: "ready" | "retrying" }>;
type EndState = Extract<TaskState, { readonly endedAtMs: number }>;

/** `dependency.hold`; see schema.ts. */
const SETTLED = 0;
const ENDED = 1;
const WAITED_FOR = 2;

/**
 * The tasks in the file and how their states change. Must be called inside a transaction. `#moved` stands at
 * every change of state, so that the counts cannot drift.
 */
export class TaskTable implements StoredTasks, RowContext {
  readonly #run: Statements;
  readonly #counts: CountChanges;

  constructor(statements: Statements, counts: CountChanges) {
    this.#run = statements;
    this.#counts = counts;
  }

  /** What a change of state needs to know of a task. */
  find(id: TaskId): StateRow | undefined {
    return this.#run.changeById.get(id);
  }

  /** All of a task, as a value. */
  read(id: TaskId): Task | undefined {
    const row = this.#run.taskById.get(id);
    return row && this.task(row);
  }

  stateOf(id: TaskId): TaskStateKind | null {
    return this.#run.stateById.get(id)?.state ?? null;
  }

  holderOf(job: string, key: string): TaskId | null {
    return this.#run.holder.get(job, key)?.id ?? null;
  }

  after({ seq }: TaskRow): readonly TaskId[] {
    return this.#run.parentsOf.all(seq).map(({ parent }) => parent);
  }

  waitingFor({ seq }: Pick<TaskRow, "seq">): number {
    return this.#run.waitingFor.get(seq)?.n ?? 0;
  }

  /** A row as a value. */
  task(row: TaskRow): Task {
    return taskOf(row, this);
  }

  /** Counts by job and state, those of this transaction included. */
  counts(): readonly TaskCount[] {
    return this.#counts.over(this.#run.counts.all());
  }

  /** Store the tasks of a plan, then who waits for whom: a parent may stand later in the batch. */
  add(planned: readonly PlannedTask[]): void {
    const seqs = new Map(planned.map((one) => [one.draft.id, this.#insert(one)]));
    for (const { draft, beginning, parentEnded } of planned) {
      if (draft.after.length === 0) continue;
      const child = seqs.get(draft.id) ?? 0;
      const blocked = beginning.kind === "blocked";
      for (const [at, parent] of draft.after.entries()) {
        const parentSeq = seqs.get(parent) ?? this.#run.seqById.get(parent)?.seq ?? 0;
        const waits = parentEnded[at] === true ? ENDED : WAITED_FOR;
        this.#run.insertDependency.run(child, at, parent, parentSeq, blocked ? waits : SETTLED);
      }
      if (blocked) this.#run.insertBlocked.run(child, beginning.waitingFor);
    }
  }

  /** A claimed task as it is now. */
  start(row: TaskRow, owner: string, nowMs: number, leaseUntilMs: number): Task {
    this.#moved(row, "running");
    const attempt = row.attempt + 1;
    const claim = row.claim + 1;
    this.#run.start.run(attempt, claim, owner, nowMs, leaseUntilMs, row.seq);
    const state: TaskState = { kind: "running", owner, startedAtMs: nowMs, leaseUntilMs };
    // `detail` of a retrying task stays in the row until the next change; a running one does not show it.
    return { ...this.task(row), attempt, claim, state };
  }

  /** Make a task claimable from `state.dueAtMs` on, with so many attempts counted. */
  place(row: StateRow, state: ReadyState, attempt: number, nowMs: number): void {
    this.#moved(row, state.kind);
    const turn = state.dueAtMs <= nowMs ? 0 : 1;
    this.#run.place.run(state.kind, turn, state.dueAtMs, attempt, detailOf(state), row.seq);
  }

  /** End a task and carry that to all that wait for it, level by level, without recursion. */
  end(row: StateRow, state: EndState, nowMs: number): Consequences {
    const unblocked: TaskId[] = [];
    const ended: Settled["ended"][number][] = [];
    this.#end(row, state);
    const over: { readonly row: StateRow; readonly kind: TaskStateKind }[] = [{ row, kind: state.kind }];
    // The list grows while it is walked: what ended by an end is at its end.
    for (const parent of over)
      for (const seq of this.#waitingOn(parent.row.seq)) {
        const child = this.#run.changeBySeq.get(seq);
        const next = child && this.#afterParent(child, parent.row.id, parent.kind, nowMs);
        if (child === undefined || next === undefined || next === null) continue;
        this.leaveBlocked(child);
        if (next.kind === "ready") {
          this.place(child, next, child.attempt, nowMs);
          unblocked.push(child.id);
        } else {
          this.#end(child, next);
          ended.push({ id: child.id, kind: next.kind });
          over.push({ row: child, kind: next.kind });
        }
      }
    return { unblocked, ended };
  }

  /** Forget ended tasks, earliest ended first, but none that a blocked task names. @returns how many. */
  prune(endedBeforeMs: number, limit: number): number {
    const rows = this.#run.prunable.all(endedBeforeMs, limit);
    for (const { seq, job, state } of rows) {
      this.#run.forget.run(seq);
      this.#counts.move(job, state, null);
    }
    return rows.length;
  }

  /** Write the counts of this transaction. */
  writeCounts(): void {
    for (const { job, state, count } of this.#counts.take()) this.#run.changeCount.run(job, state, count);
  }

  #insert({ draft, beginning }: PlannedTask): number {
    const state = beginningState(draft, beginning);
    const turn = state.kind !== "ready" ? null : draft.dueAtMs <= draft.createdAtMs ? 0 : 1;
    const { lastInsertRowid } = this.#run.insertTask.run(...newRowValues(draft, state, turn));
    this.#counts.move(draft.job, null, state.kind);
    return Number(lastInsertRowid);
  }

  #end(row: StateRow, state: EndState): void {
    this.#moved(row, state.kind);
    const startedAtMs = "startedAtMs" in state ? state.startedAtMs : null;
    this.#run.end.run(state.kind, startedAtMs, state.endedAtMs, detailOf(state), row.seq);
  }

  /** Those that wait for an ended task, which they are told here; each is told once. */
  #waitingOn(seq: number): readonly number[] {
    const children = this.#run.children.all(seq);
    if (children.length > 0) this.#run.parentEnded.run(seq);
    return children.map(({ child }) => child);
  }

  /** The state that a parent's end gives a blocked child; `null` while it waits for others. */
  #afterParent(child: StateRow, parent: TaskId, kind: TaskStateKind, nowMs: number): NextState | null {
    if (kind === "done" || child.policy === "run") {
      this.#run.countDown.run(child.seq);
      if (this.waitingFor(child) > 0) return null;
      return { kind: "ready", dueAtMs: Math.max(child.due_at, nowMs) };
    }
    if (child.policy === "skip") return { kind: "skipped", endedAtMs: nowMs, because: parent };
    return { kind: "failed", startedAtMs: null, endedAtMs: nowMs, error: parentFailure(parent, kind) };
  }

  /** Before a blocked task becomes anything else: it waits for nobody and holds no parent any more. */
  leaveBlocked({ seq }: StateRow): void {
    this.#run.unblock.run(seq);
    this.#run.letParentsGo.run(seq);
  }

  #moved({ id, job, state }: StateRow, to: TaskStateKind): void {
    if (!mayFollow(state, to))
      throw jobkitError("TRANSITION_INVALID", `moving task ${id} from ${state} to ${to}`);
    this.#counts.move(job, state, to);
  }
}

type NextState = Extract<TaskState, { readonly kind: "ready" | "skipped" | "failed" }>;

/** Does a person's retry apply? Only to what ended other than done. */
export function mayRetryState(kind: TaskStateKind): boolean {
  return isLast(kind) && kind !== "done";
}

function beginningState(draft: PlannedTask["draft"], beginning: PlannedTask["beginning"]): TaskState {
  const endedAtMs = draft.createdAtMs;
  if (beginning.kind === "ready") return { kind: "ready", dueAtMs: draft.dueAtMs };
  if (beginning.kind === "skipped") return { ...beginning, endedAtMs };
  if (beginning.kind === "failed") return { ...beginning, endedAtMs, startedAtMs: null };
  return beginning;
}
