import {
  assertNever,
  describeError,
  fillRoom,
  refuseForkCircle,
  type GraphPlan,
  type HeldReason,
  type Room,
  type Settled,
  type Settlement,
  type Task,
  type TaskDraft,
  type TaskFailure,
  type TaskId,
  type Turn,
  type TurnRequest,
} from "jobkit-core";
import type { Candidate, Claimables } from "./claimables.ts";
import type { CountChanges } from "./counters.ts";
import { sqliteFault } from "./errors.ts";
import { jsonOf, type LifeRow } from "./row.ts";
import type { Statements } from "./statements.ts";
import type { StoredTaskTable } from "./stored-tasks.ts";
import type { Consequences, TaskTable } from "./task-table.ts";

/** What turns are made of. */
export interface TurnsParts {
  readonly statements: Statements;
  readonly counts: CountChanges;
  readonly stored: StoredTaskTable;
  readonly tasks: TaskTable;
  readonly claimables: Claimables;
}

/** Where a task that was claimed here stands in the file. */
interface Place {
  readonly seq: number;
  readonly job: string;
}

const NO_JOBS: readonly string[] = Object.freeze([]);
const NOTHING_HELD: ReadonlyMap<string, HeldReason> = new Map();
const NOBODY: Consequences = Object.freeze({ unblocked: Object.freeze([]), ended: Object.freeze([]) });

/** The turns of schedulers: settle, expire, claim. Must be called inside a transaction. */
export class Turns {
  readonly #run: Statements;
  readonly #counts: CountChanges;
  readonly #stored: StoredTaskTable;
  readonly #tasks: TaskTable;
  readonly #claimables: Claimables;
  /**
   * Spares a settlement the search for its task. A place never changes while a task is stored, and whether the
   * claim still runs is asked of the file, so that an entry too many or too few does no harm.
   */
  readonly #claimed = new Map<TaskId, Place>();

  constructor({ statements, counts, stored, tasks, claimables }: TurnsParts) {
    this.#run = statements;
    this.#counts = counts;
    this.#stored = stored;
    this.#tasks = tasks;
    this.#claimables = claimables;
  }

  take(request: TurnRequest): Turn {
    const { nowMs, room, settlements } = request;
    const settled = settlements.map((one) => this.#settle(one));
    const expired = this.#expire(nowMs);
    const jobs = room === null ? NO_JOBS : room.jobs.map(({ name }) => name);
    const { taken, held } = this.#fill(room, nowMs);
    return {
      settled,
      expired,
      claimed: taken.map((one) => this.#start(one, request)),
      dueAtMs: taken.map(({ dueAtMs }) => dueAtMs),
      held,
      nextAtMs: this.#next(jobs),
      stored: null,
    };
  }

  /** Some claims were undone: where their tasks stand is not known any more. */
  forgetPlaces(): void {
    this.#claimed.clear();
  }

  /** The row of a task by its id, without a search where it was claimed here. */
  seqOf(id: TaskId): number | undefined {
    return this.#claimed.get(id)?.seq ?? this.#run.seqById.get(id)?.seq;
  }

  #settle(settlement: Settlement): Settled {
    const { id, owner, claim, nowMs, outcome } = settlement;
    const place = this.#claimed.get(id);
    this.#claimed.delete(id);
    if (place !== undefined && this.#endAlone(settlement, place)) return accepted(id, NOBODY);
    const row = place === undefined ? this.#stored.find(id) : this.#run.lifeBySeq.get(place.seq);
    if (row?.state !== "running" || row.owner !== owner || row.claim !== claim)
      return { id, accepted: false, ...NOBODY };
    const times = { startedAtMs: row.started_at ?? nowMs, endedAtMs: nowMs };
    switch (outcome.kind) {
      case "done":
      case "failed":
      case "cancelled":
        return accepted(id, this.#tasks.end(row, { ...outcome, ...times }, nowMs));
      case "retrying":
        this.#tasks.place(row, outcome, nowMs);
        return accepted(id, NOBODY);
      case "interrupted":
        this.#tasks.place(row, { kind: "ready", dueAtMs: nowMs }, nowMs, { attempt: row.attempt - 1 });
        return accepted(id, NOBODY);
      case "forked":
        return this.#fork(row, outcome.drafts, nowMs);
      default:
        return assertNever(outcome);
    }
  }

  /** Nearly all tasks end so: one write, without a look before. @returns false where that was not all. */
  #endAlone({ owner, claim, nowMs, outcome }: Settlement, { seq, job }: Place): boolean {
    let detail: string | null;
    if (outcome.kind === "done") detail = jsonOf(outcome.result);
    else if (outcome.kind === "failed") detail = JSON.stringify(outcome.error);
    else return false;
    const { changes } = this.#run.endAlone.run(outcome.kind, nowMs, detail, seq, claim, owner);
    if (changes === 0) return false;
    this.#counts.move(job, "running", outcome.kind);
    return true;
  }

  #fork(row: LifeRow, drafts: readonly TaskDraft[], nowMs: number): Settled {
    const { id } = row;
    const plan = this.#planChildren(row, drafts);
    if ("code" in plan) {
      const times = { startedAtMs: row.started_at ?? nowMs, endedAtMs: nowMs };
      const ended = this.#tasks.end(row, { kind: "failed", error: plan, ...times }, nowMs);
      return { ...accepted(id, ended), forked: plan };
    }
    this.#tasks.add(plan);
    const children = plan.added.map((one) => one.id);
    const ready = this.#tasks.fork(row, children, nowMs);
    return { ...accepted(id, ready ? { unblocked: [id], ended: [] } : NOBODY), forked: plan.added };
  }

  #planChildren(parent: LifeRow, drafts: readonly TaskDraft[]): GraphPlan | TaskFailure {
    try {
      const plan = this.#tasks.plan(drafts);
      refuseForkCircle(parent, plan, (id) => this.#stored.tiesOf(id));
      return plan;
    } catch (error) {
      if (sqliteFault(error) !== null) throw error;
      return describeError(error);
    }
  }

  /** End what waits and has passed its deadline. */
  #expire(nowMs: number): readonly Settled[] {
    const expired: Settled[] = [];
    for (;;) {
      const row = this.#run.firstDeadline.get();
      if (row === undefined || (row.deadline_at ?? 0) > nowMs) return expired;
      const { id, job } = row;
      const message = `task ${id} of ${job} had not run by its deadline`;
      const error = { code: "TASK_EXPIRED", message };
      const state = { kind: "failed", startedAtMs: null, endedAtMs: nowMs, error } as const;
      expired.push(accepted(id, this.#tasks.end(row, state, nowMs)));
    }
  }

  #fill(room: Room | null, nowMs: number) {
    const taken: Candidate[] = [];
    const source = this.#claimables;
    try {
      source.open(nowMs);
      if (room === null) return { taken, held: NOTHING_HELD };
      const held = fillRoom<Candidate>(room, {
        first: (job) => source.first(job),
        take: (head, job) => {
          taken.push(head);
          source.take(job);
        },
      });
      return { taken, held };
    } finally {
      source.close();
    }
  }

  #start({ row }: Candidate, { owner, nowMs, leaseUntilMs }: TurnRequest): Task {
    const task = this.#stored.task(row, { kind: "running", owner, startedAtMs: nowMs, leaseUntilMs });
    const { id, job } = task;
    this.#run.start.run(owner, nowMs, leaseUntilMs, row[0]);
    this.#counts.move(job, row[12], "running");
    this.#claimed.set(id, { seq: row[0], job });
    return task;
  }

  /** When the answer changes by itself. */
  #next(jobs: readonly string[]): number | null {
    const deadline = this.#run.nextDeadline.get()?.due ?? Number.POSITIVE_INFINITY;
    const next = Math.min(deadline, this.#claimables.nextDueAtMs(jobs));
    return next === Number.POSITIVE_INFINITY ? null : next;
  }
}

function accepted(id: TaskId, { unblocked, ended }: Consequences): Settled {
  return { id, accepted: true, unblocked, ended };
}
