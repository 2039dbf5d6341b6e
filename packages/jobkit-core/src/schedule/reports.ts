/**
 * Says what happened to tasks, as events, and to whoever waits for their end. The one place that keeps the
 * promise "exactly one task.finished per task.queued": for what ran, for what was cancelled or has expired, and
 * for what ended because a parent did.
 */
import type { TaskId } from "../base/ids.ts";
import { describeError } from "../base/errors.ts";
import type { Emitter } from "../events/emitter.ts";
import type { EventScope } from "../events/event.ts";
import type { JobkitEvents } from "../events/table.ts";
import type { Added, EndedTask, Outcome, QueueStore, Settled, TaskDraft } from "../queue/queue-store.ts";
import { isLast, type TaskFailure, type TaskState } from "../task/state.ts";
import type { Task } from "../task/task.ts";
import type { Waiters } from "./waiters.ts";

/** Why a task failed that never ran, where its own state cannot be asked. */
const PARENT_FAILED: TaskFailure = { code: "PARENT_FAILED", message: "a task it waits for did not end well" };

/** What task.finished may say. */
export type FinalOutcome = "done" | "failed" | "cancelled" | "skipped";

/** What a settlement came to, with where it happened. */
export interface SettledReport {
  readonly task: Task;
  readonly outcome: Outcome;
  readonly scope: EventScope;
  readonly ranMs: number;
  /** Wall time in ms since 1970 at which the attempt ended. */
  readonly endedAtMs: number;
  /** False where the task was claimed but settled without running. */
  readonly ran: boolean;
  readonly answer: Settled;
}

export class Reports {
  readonly #events: Emitter<JobkitEvents>;
  readonly #store: QueueStore;
  readonly #waiters: Waiters;

  constructor(events: Emitter<JobkitEvents>, store: QueueStore, waiters: Waiters) {
    this.#events = events;
    this.#store = store;
    this.#waiters = waiters;
  }

  /** What became of drafts that were handed to the store. */
  added(drafts: readonly TaskDraft[], answers: readonly Added[]): void {
    for (let at = 0; at < drafts.length; at += 1) {
      const draft = drafts[at] as TaskDraft;
      const answer = answers[at];
      if (answer === undefined) continue;
      if (answer.added) this.#queued(draft.id, draft.key, outside(draft));
      else this.#deduplicated(draft, answer.id);
      if (answer.ended !== undefined) this.#bornEnded(draft, answer.ended);
    }
  }

  /** A person put an ended task back to the start. `task` is left out where the store cannot tell it now. */
  requeued(id: TaskId, task: Task | undefined): void {
    this.#queued(id, task?.key ?? null, task && outside(task));
  }

  /** A task was running when its owner was lost. */
  recovered(task: Task): void {
    this.#events.emit("task.recovered", () => ({ task: task.id }), outside(task));
  }

  /** The store refused. */
  storeFailed(error: unknown): void {
    this.#events.emit("scheduler.failed", () => {
      const { code, message } = describeError(error);
      return { code, why: message };
    });
  }

  /** An accepted settlement. */
  settled(report: SettledReport): void {
    const { task, outcome, scope, ranMs, ran } = report;
    switch (outcome.kind) {
      case "interrupted":
        // What was never started was not stopped either.
        if (ran) this.#events.emit("task.interrupted", () => ({ task: task.id, ranMs }), scope);
        break;
      case "retrying":
        this.#retrying(report, outcome.dueAtMs, outcome.error);
        break;
      case "forked":
        this.#forked(report, outcome.drafts);
        break;
      default:
        if (outcome.kind === "failed") this.#failed(task.id, outcome.error, scope);
        this.#finished(task.id, outcome.kind, task.attempt, scope, ranMs);
        if (this.#waiters.has(task.id)) this.#waiters.tell({ ...task, state: lastState(report, outcome) });
    }
  }

  /** Tasks that were cancelled before they ran, or while they waited to be retried. */
  cancelled(ids: readonly TaskId[], known: ReadonlyMap<TaskId, Task>): void {
    for (const id of ids) {
      const task = known.get(id);
      this.#finished(id, "cancelled", task?.attempt ?? 0, task && outside(task));
      if (task !== undefined) this.#waiters.tell(task);
    }
  }

  /** Tasks that ended because a parent did, or because their deadline passed, after they were stored. */
  async ended(ended: readonly EndedTask[]): Promise<void> {
    if (ended.length === 0) return;
    const tasks = await this.known(ended.map((child) => child.id));
    for (const { id, kind } of ended) {
      const task = tasks.get(id);
      const error = task?.state.kind === "failed" ? task.state.error : PARENT_FAILED;
      if (kind === "failed") this.#failed(id, error, task && outside(task));
      this.#finished(id, kind, task?.attempt ?? 0, task && outside(task));
      if (task !== undefined) this.#waiters.tell(task);
    }
  }

  /** Tell whoever waits for tasks that have ended without our doing. */
  async tellEnded(ids: readonly TaskId[]): Promise<void> {
    for (const task of (await this.known(ids)).values())
      if (isLast(task.state.kind)) this.#waiters.tell(task);
  }

  /** Tasks by id, to say where something happened; those the store cannot tell now are left out. */
  async known(ids: readonly TaskId[]): Promise<ReadonlyMap<TaskId, Task>> {
    try {
      return new Map((await this.#store.get(ids)).map((task) => [task.id, task]));
    } catch {
      // The fact is certain and must be told now; only where it belongs cannot be said. The store's
      // own trouble shows at the next call of the loop.
      return new Map();
    }
  }

  #queued(id: TaskId, key: string | null, scope: EventScope | undefined): void {
    this.#events.emit("task.queued", () => ({ task: id, key: key ?? "" }), scope);
  }

  #deduplicated(draft: TaskDraft, id: TaskId): void {
    const key = draft.key ?? draft.idempotencyKey ?? "";
    this.#events.emit("task.deduplicated", () => ({ task: id, key }), outside(draft));
  }

  /** A draft ended in the moment it was stored, because a parent had ended badly before. */
  #bornEnded(draft: TaskDraft, kind: EndedTask["kind"]): void {
    const scope = outside(draft);
    if (kind === "failed") this.#failed(draft.id, PARENT_FAILED, scope);
    this.#finished(draft.id, kind, 0, scope);
    if (this.#waiters.has(draft.id)) void this.tellEnded([draft.id]);
  }

  #retrying({ task, scope, endedAtMs }: SettledReport, dueAtMs: number, error: TaskFailure): void {
    const delayMs = Math.max(0, dueAtMs - endedAtMs);
    this.#events.emit(
      "task.retrying",
      () => ({ task: task.id, delayMs, code: error.code, why: error.message }),
      scope,
    );
  }

  #forked(report: SettledReport, drafts: readonly TaskDraft[]): void {
    const { task, scope, ranMs, answer } = report;
    const { forked = [] } = answer;
    if ("code" in forked) {
      this.#failed(task.id, forked, scope);
      this.#finished(task.id, "failed", task.attempt, scope, ranMs);
      const state = lastState(report, { kind: "failed", error: forked });
      if (this.#waiters.has(task.id)) this.#waiters.tell({ ...task, state });
      return;
    }
    this.#events.emit("task.forked", () => ({ task: task.id, children: forked.length, ranMs }), scope);
    this.added(drafts, forked);
  }

  #failed(id: TaskId, error: TaskFailure, scope: EventScope | undefined): void {
    this.#events.emit("task.failed", () => ({ task: id, code: error.code, why: error.message }), scope);
  }

  #finished(
    id: TaskId,
    outcome: FinalOutcome,
    attempts: number,
    scope: EventScope | undefined,
    ranMs = 0,
  ): void {
    this.#events.emit("task.finished", () => ({ task: id, outcome, ranMs, attempts }), scope);
  }
}

/** Where a task is while no attempt of it runs. */
export function outside(task: Pick<Task, "run" | "job"> & { readonly attempt?: number }): EventScope {
  const attempt = task.attempt === undefined || task.attempt === 0 ? null : task.attempt;
  return { trace: task.run, span: null, job: task.job, attempt };
}

/** The state that a settlement gave the task, as the store has it. */
function lastState(
  { task, endedAtMs }: SettledReport,
  outcome: Extract<Outcome, { readonly kind: "done" | "failed" | "cancelled" }>,
): TaskState {
  const startedAtMs = task.state.kind === "running" ? task.state.startedAtMs : endedAtMs;
  return { ...outcome, startedAtMs, endedAtMs };
}
