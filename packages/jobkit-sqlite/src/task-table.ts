import {
  mayFollow,
  parentFailure,
  planGraph,
  type EndedTask,
  type GraphPlan,
  type PlannedTask,
  type Settled,
  type TaskDraft,
  type TaskId,
  type TaskState,
  type TaskStateKind,
} from "jobkit-core";
import type { CountChanges } from "./counters.ts";
import { damaged } from "./errors.ts";
import { detailOf, tie, type LifeRow } from "./row.ts";
import type { Standings } from "./standings.ts";
import type { Statements } from "./statements.ts";
import type { StoredTaskTable } from "./stored-tasks.ts";
import { insertLife, insertTask } from "./task-insert.ts";
import { Ties } from "./ties.ts";

/** What the end of one task did to others. */
export type Consequences = Pick<Settled, "unblocked" | "ended">;

type WaitingState = Extract<TaskState, { readonly kind: "blocked" | "ready" | "retrying" }>;
type EndState = Extract<TaskState, { readonly endedAtMs: number }>;
/** What of a life a change may set beside its state; what is left out stays. */
type Changes = Partial<Pick<LifeRow, "attempt" | "forks" | "ties" | "deadline_at">>;

const NOTHING_ELSE: Consequences = Object.freeze({
  unblocked: Object.freeze([]),
  ended: Object.freeze([]),
});

/** What a table of tasks stands on. */
export interface TaskTableParts {
  readonly statements: Statements;
  readonly stored: StoredTaskTable;
  readonly counts: CountChanges;
  readonly standings: Standings;
}

/**
 * How the states of tasks change. Must be called inside a transaction. Every change of state is counted where
 * it is written, so that the counts cannot drift.
 */
export class TaskTable {
  readonly #run: Statements;
  readonly #stored: StoredTaskTable;
  readonly #counts: CountChanges;
  readonly #standings: Standings;
  readonly #ties: Ties;

  constructor({ statements, stored, counts, standings }: TaskTableParts) {
    this.#run = statements;
    this.#stored = stored;
    this.#counts = counts;
    this.#standings = standings;
    this.#ties = new Ties(statements);
  }

  /** What adding a batch comes to. Changes nothing. @throws GRAPH_* */
  plan(drafts: readonly TaskDraft[]): GraphPlan {
    return planGraph(drafts, this.#stored);
  }

  /** Store what was planned: tasks first, then who waits for whom, since a parent may stand later. */
  add({ tasks }: GraphPlan): void {
    const waitedFor = new Set<TaskId>();
    for (const { draft, beginning } of tasks)
      if (beginning.kind === "blocked") for (const parent of draft.after) waitedFor.add(parent);
    const seqs = new Map<TaskId, number>();
    for (const one of tasks) seqs.set(one.draft.id, this.#insert(one, waitedFor.has(one.draft.id)));
    for (const one of tasks) if (one.draft.after.length > 0) this.#tie(one, seqs);
  }

  /** Put a task that does not run to where it may start, or waits for others. */
  place(row: LifeRow, state: WaitingState, nowMs: number, changes: Changes = {}): void {
    if (row.state !== state.kind) this.#moved(row, state.kind);
    const blocked = state.kind === "blocked";
    const dueAtMs = blocked ? row.due_at : state.dueAtMs;
    const { turn, front } = blocked
      ? { turn: null, front: row.front }
      : this.#standings.standing(row, dueAtMs, nowMs);
    const { attempt, forks, ties, deadline_at } = { ...row, ...changes };
    const waitingFor = blocked ? state.waitingFor : null;
    const detail = detailOf(state);
    this.#run.place.run(
      state.kind,
      turn,
      front,
      dueAtMs,
      attempt,
      forks,
      waitingFor,
      ties,
      deadline_at,
      detail,
      row.seq,
    );
  }

  /** End a task and carry that to all that wait for it, level by level, without recursion. */
  end(row: LifeRow, state: EndState, nowMs: number): Consequences {
    this.#end(row, state);
    return (row.ties & tie.waitedFor) === 0 ? NOTHING_ELSE : this.#carryOn(row, state.kind, nowMs);
  }

  /**
   * A running task goes on when these have ended: its attempt is taken back.
   * @returns whether it is ready at once.
   */
  fork(row: LifeRow, children: readonly TaskId[], nowMs: number): boolean {
    const waitingFor = this.#ties.fork(row, children);
    const ties = children.length > 0 ? row.ties | tie.waits : row.ties;
    const changes = { attempt: row.attempt - 1, forks: row.forks + 1, ties };
    const state: WaitingState =
      waitingFor > 0 ? { kind: "blocked", waitingFor } : { kind: "ready", dueAtMs: nowMs };
    this.place(row, state, nowMs, changes);
    return waitingFor === 0;
  }

  /** Put an ended task back to its start; parents in `alive` count as not ended. */
  restart(row: LifeRow, alive: ReadonlySet<TaskId>, nowMs: number): void {
    const waits = (row.ties & tie.waits) !== 0;
    const waitingFor = waits ? this.#ties.restart(row, alive) : 0;
    const state: WaitingState =
      waitingFor > 0 ? { kind: "blocked", waitingFor } : { kind: "ready", dueAtMs: nowMs };
    const ties = row.parents > 0 ? row.ties : row.ties & ~tie.waits;
    this.place(row, state, nowMs, { attempt: 0, forks: 0, ties, deadline_at: null });
  }

  #insert(one: PlannedTask, waitedFor: boolean): number {
    const { draft } = one;
    const seq = insertTask(this.#run, draft);
    const kind = insertLife(this.#run, seq, one, {
      ties:
        (waitedFor ? tie.waitedFor : 0) +
        (draft.after.length > 0 ? tie.waits : 0) +
        (draft.sequence === null ? 0 : tie.sequence),
      standing: () =>
        this.#standings.standing({ ...draft, seq, front: null }, draft.dueAtMs, draft.createdAtMs),
    });
    this.#counts.move(draft.job, null, kind);
    return seq;
  }

  #tie({ draft, beginning, parentEnded }: PlannedTask, seqs: ReadonlyMap<TaskId, number>): void {
    const child = seqs.get(draft.id) ?? 0;
    const over = beginning.kind === "skipped" || beginning.kind === "failed";
    for (const [at, parent] of draft.after.entries()) {
      const inBatch = seqs.get(parent);
      const row = { at, parent, seq: inBatch ?? this.#run.seqById.get(parent)?.seq ?? 0 };
      if (over) this.#ties.addOver(child, row);
      else this.#ties.add(child, row, parentEnded[at] === true, inBatch !== undefined);
    }
  }

  #end(row: LifeRow, state: EndState): void {
    this.#moved(row, state.kind);
    const startedAtMs = "startedAtMs" in state ? state.startedAtMs : null;
    this.#run.end.run(state.kind, startedAtMs, state.endedAtMs, detailOf(state), row.seq);
    if ((row.ties & tie.waits) !== 0) this.#ties.letParentsGo(row.seq);
    if (row.front !== null && row.sequence !== null) this.#standings.advance(row.sequence);
  }

  #carryOn(first: LifeRow, kind: TaskStateKind, nowMs: number): Consequences {
    const unblocked: TaskId[] = [];
    const ended: EndedTask[] = [];
    const over: { readonly row: LifeRow; readonly kind: TaskStateKind }[] = [{ row: first, kind }];
    // The list grows while it is walked: what ended by an end is at its end.
    for (const parent of over)
      for (const seq of this.#ties.waitingOn(parent.row.seq)) {
        const child = this.#run.lifeBySeq.get(seq);
        if (child?.state !== "blocked") continue;
        const next = afterParent(child, parent.row.id, parent.kind, nowMs);
        if (next.kind === "blocked") this.#run.waitFor.run(next.waitingFor, seq);
        else if (next.kind === "ready") {
          this.place(child, next, nowMs);
          unblocked.push(child.id);
        } else {
          this.#end(child, next);
          ended.push({ id: child.id, kind: next.kind });
          if ((child.ties & tie.waitedFor) !== 0) over.push({ row: child, kind: next.kind });
        }
      }
    return { unblocked, ended };
  }

  #moved({ id, job, state }: LifeRow, to: TaskStateKind): void {
    // A retry by hand may block again, which nothing does by itself.
    if (!mayFollow(state, to) && !(to === "blocked" && mayFollow(state, "ready")))
      // What is asked for depends on its state, and on indexes of it: they contradict each other.
      throw damaged(`task ${id} is ${state}, and stands where it would become ${to}`);
    this.#counts.move(job, state, to);
  }
}

type NextState = Extract<TaskState, { readonly kind: "blocked" | "ready" | "skipped" | "failed" }>;

/** The state that a parent's end gives a blocked child. */
function afterParent(child: LifeRow, parent: TaskId, kind: TaskStateKind, nowMs: number): NextState {
  // What it forked it waits for however that ends.
  if (kind === "done" || child.policy === "run" || child.forks > 0) {
    const waitingFor = (child.waiting_for ?? 1) - 1;
    if (waitingFor > 0) return { kind: "blocked", waitingFor };
    return { kind: "ready", dueAtMs: Math.max(child.asked_at, nowMs) };
  }
  if (child.policy === "skip") return { kind: "skipped", endedAtMs: nowMs, because: parent };
  return { kind: "failed", startedAtMs: null, endedAtMs: nowMs, error: parentFailure(parent, kind) };
}
