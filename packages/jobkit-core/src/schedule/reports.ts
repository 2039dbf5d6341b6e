/**
 * Says what happened to tasks, as events. The one place that keeps the promise "exactly one task.finished
 * per task.queued": for what ran, for what was cancelled, and for what ended because a parent did.
 */
import type { TaskId } from "../base/ids.ts";
import { describeError } from "../base/errors.ts";
import type { Emitter } from "../events/bus.ts";
import type { EventScope } from "../events/event.ts";
import type { JobkitEvents } from "../events/table.ts";
import type { Outcome, QueueStore, Settled, TaskDraft } from "../queue/queue-store.ts";
import type { TaskFailure } from "../task/state.ts";
import type { Task } from "../task/task.ts";

type Ended = Settled["ended"][number];
/** Why a task failed that never ran, where its own state cannot be asked. */
const PARENT_FAILED: TaskFailure = { code: "PARENT_FAILED", message: "a task it waits for did not end well" };

/** What task.finished may say. */
export type FinalOutcome = "done" | "failed" | "cancelled" | "skipped";

/** What a settlement came to, with where it happened. */
export interface SettledReport {
  readonly id: TaskId;
  readonly outcome: Outcome;
  readonly scope: EventScope;
  readonly ranMs: number;
  /** Wall time in ms since 1970 at which the attempt ended. */
  readonly endedAtMs: number;
  /** False where the task was claimed but settled without running. */
  readonly ran: boolean;
}

export class Reports {
  readonly #events: Emitter<JobkitEvents>;
  readonly #store: QueueStore;

  constructor(events: Emitter<JobkitEvents>, store: QueueStore) {
    this.#events = events;
    this.#store = store;
  }

  /** A draft was stored. */
  queued(draft: Pick<TaskDraft, "id" | "key" | "run" | "job">): void {
    this.#events.emit("task.queued", () => ({ task: draft.id, key: draft.key ?? "" }), outside(draft));
  }

  /** A person put an ended task back to the start. `task` is left out where the store cannot tell it now. */
  requeued(id: TaskId, task: Task | undefined): void {
    this.#events.emit("task.queued", () => ({ task: id, key: task?.key ?? "" }), task && outside(task));
  }

  /** A draft met an unfinished task, `id`. */
  deduplicated(draft: TaskDraft, id: TaskId): void {
    this.#events.emit("task.deduplicated", () => ({ task: id, key: draft.key ?? "" }), outside(draft));
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
  settled({ id, outcome, scope, ranMs, endedAtMs, ran }: SettledReport): void {
    if (outcome.kind === "interrupted") {
      // What was never started was not stopped either.
      if (ran) this.#events.emit("task.interrupted", () => ({ task: id, ranMs }), scope);
      return;
    }
    if (outcome.kind === "retrying") {
      const { dueAtMs, error } = outcome;
      const delayMs = Math.max(0, dueAtMs - endedAtMs);
      this.#events.emit(
        "task.retrying",
        () => ({ task: id, delayMs, code: error.code, why: error.message }),
        scope,
      );
      return;
    }
    if (outcome.kind === "failed") this.#failed(id, outcome.error, scope);
    this.#finished(id, outcome.kind, ranMs, scope);
  }

  /** A task was cancelled before it ran, or while it waited to be retried. */
  cancelled(id: TaskId, task: Task | undefined): void {
    this.#finished(id, "cancelled", 0, task && outside(task));
  }

  /** Tasks that ended because a parent did, after they were stored. */
  async childrenEnded(ended: readonly Ended[]): Promise<void> {
    if (ended.length === 0) return;
    const tasks = await this.known(ended.map((child) => child.id));
    for (const { id, kind } of ended) {
      const task = tasks.get(id);
      const error = task?.state.kind === "failed" ? task.state.error : PARENT_FAILED;
      this.#childEnded(id, kind, error, task && outside(task));
    }
  }

  /** A draft that ended in the moment it was stored, because a parent had ended badly before. */
  bornEnded(draft: TaskDraft, kind: Ended["kind"]): void {
    this.#childEnded(draft.id, kind, PARENT_FAILED, outside(draft));
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

  #childEnded(id: TaskId, kind: Ended["kind"], error: TaskFailure, scope: EventScope | undefined): void {
    if (kind === "failed") this.#failed(id, error, scope);
    this.#finished(id, kind, 0, scope);
  }

  #failed(id: TaskId, error: TaskFailure, scope: EventScope | undefined): void {
    this.#events.emit("task.failed", () => ({ task: id, code: error.code, why: error.message }), scope);
  }

  #finished(id: TaskId, outcome: FinalOutcome, ranMs: number, scope: EventScope | undefined): void {
    this.#events.emit("task.finished", () => ({ task: id, outcome, ranMs }), scope);
  }
}

/** Where a task is while no attempt of it runs. */
export function outside(task: Pick<Task, "run" | "job"> & { readonly attempt?: number }): EventScope {
  const attempt = task.attempt === undefined || task.attempt === 0 ? null : task.attempt;
  return { trace: task.run, span: null, job: task.job, attempt };
}
