/**
 * Says what happened to tasks, as events. The one place that keeps the promise "exactly one task.finished
 * per task.queued": see {@link Reports.bornEnded} for the two ways in which a child's end can be learned.
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
  /** Tasks of which the submission has not found out yet whether they ended as they were stored. */
  readonly #unsure = new Set<TaskId>();
  /** Ends a submission told while an answer that may tell them again is still on its way. */
  readonly #told = new Set<TaskId>();
  #answersOpen = 0;

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

  /** Tasks that ended because a parent did. */
  async childrenEnded(ended: readonly Ended[]): Promise<void> {
    if (ended.length === 0) return;
    const tasks = await this.known(ended.map((child) => child.id));
    for (const child of ended) if (!this.#told.delete(child.id)) this.#childEnded(child, tasks.get(child.id));
  }

  /** A call that may tell of ended children goes out: balance it with {@link answerTold}. */
  answerAwaited(): void {
    this.#answersOpen += 1;
  }

  /** Its answer was told, or there is none. */
  answerTold(): void {
    this.#answersOpen -= 1;
    if (this.#answersOpen === 0) this.#told.clear();
  }

  /** These were just stored below parents that may have ended: find out with {@link bornEnded}. */
  unsureOf(ids: readonly TaskId[]): void {
    for (const id of ids) this.#unsure.add(id);
  }

  /**
   * Tell of tasks that ended in the moment they were stored, because a parent had ended badly before: no
   * settlement will ever name them. @throws what the store throws; call again then, nothing is lost.
   */
  async bornEnded(): Promise<void> {
    if (this.#unsure.size === 0) return;
    const asked = [...this.#unsure];
    const found = await this.#store.get(asked);
    const open = asked.filter((id) => this.#unsure.delete(id));
    const tasks = new Map(found.map((task) => [task.id, task]));
    for (const id of open) {
      const task = tasks.get(id);
      if (task === undefined) continue;
      const { kind } = task.state;
      if (kind !== "skipped" && !(kind === "failed" && task.attempt === 0)) continue;
      this.#childEnded({ id: task.id, kind }, task);
      if (this.#answersOpen > 0) this.#told.add(task.id);
    }
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

  #childEnded({ id, kind }: Ended, task: Task | undefined): void {
    const scope = task && outside(task);
    if (kind === "failed") {
      const error = task?.state.kind === "failed" ? task.state.error : null;
      this.#failed(id, error ?? { code: "INTERNAL", message: "a task it waits for did not end well" }, scope);
    }
    this.#finished(id, kind, 0, scope);
  }

  #failed(id: TaskId, error: TaskFailure, scope: EventScope | undefined): void {
    this.#events.emit("task.failed", () => ({ task: id, code: error.code, why: error.message }), scope);
  }

  #finished(id: TaskId, outcome: FinalOutcome, ranMs: number, scope: EventScope | undefined): void {
    this.#unsure.delete(id);
    this.#events.emit("task.finished", () => ({ task: id, outcome, ranMs }), scope);
  }
}

/** Where a task is while no attempt of it runs. */
export function outside(task: Pick<Task, "run" | "job"> & { readonly attempt?: number }): EventScope {
  const attempt = task.attempt === undefined || task.attempt === 0 ? null : task.attempt;
  return { trace: task.run, span: null, job: task.job, attempt };
}
