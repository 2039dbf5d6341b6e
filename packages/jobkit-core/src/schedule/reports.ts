/**
 * Says what happened to tasks, as events, and to whoever waits for their end. The one place that keeps the
 * promise "exactly one task.finished per task.queued": for what ran, for what was cancelled or has expired, and
 * for what ended because a parent did.
 */
import type { TaskId } from "../base/ids.ts";
import { jobkitError } from "../base/error-table.ts";
import { describeError } from "../base/errors.ts";
import type { CountHandle, TableEmitter } from "../events/emitter.ts";
import type { EventScope } from "../events/event.ts";
import type { JobkitEvents } from "../events/table.ts";
import type { Added, EndedTask, Outcome, QueueStore, Settled, TaskDraft } from "../queue/queue-store.ts";
import { isLast, type TaskFailure, type TaskState } from "../task/state.ts";
import type { Task } from "../task/task.ts";
import type { Ending } from "./settling.ts";
import type { Waiters } from "./waiters.ts";

/** Why a task failed that never ran, where its own state cannot be asked. */
const PARENT_FAILED: TaskFailure = { code: "PARENT_FAILED", message: "a task it waits for did not end well" };

/** What task.finished may say. */
export type FinalOutcome = "done" | "failed" | "cancelled" | "skipped";

export class Reports {
  readonly #events: TableEmitter<JobkitEvents>;
  readonly #queuedRow: CountHandle<JobkitEvents["task.queued"]>;
  readonly #finishedRow: CountHandle<JobkitEvents["task.finished"]>;
  readonly #store: QueueStore;
  readonly #waiters: Waiters;
  readonly #owes: () => void;
  /** Tasks that have ended and that somebody waits for, where the store could not tell how they did. */
  readonly #owed = new Set<TaskId>();

  /** @param owes called when there is something for {@link tellOwed} to do. */
  constructor(
    events: TableEmitter<JobkitEvents>,
    store: QueueStore,
    waiters: Waiters,
    owes: () => void = () => {},
  ) {
    this.#owes = owes;
    this.#events = events;
    this.#queuedRow = events.row("task.queued");
    this.#finishedRow = events.row("task.finished");
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
  settled(ending: Ending, answer: Settled): void {
    const { attempt, outcome, ranMs } = ending;
    const { task } = attempt;
    const scope = attempt.ran ? attempt : outside(task);
    switch (outcome.kind) {
      case "interrupted":
        // What was never started was not stopped either.
        if (attempt.ran) this.#events.emit("task.interrupted", () => ({ task: task.id, ranMs }), scope);
        break;
      case "retrying":
        this.#retrying(ending, outcome.dueAtMs, outcome.error);
        break;
      case "forked":
        this.#forked(ending, outcome.drafts, answer);
        break;
      case "done":
      case "failed":
      case "cancelled":
        if (outcome.kind === "failed") this.#failed(task.id, outcome.error, scope);
        this.#finished(task.id, outcome.kind, task.attempt, scope, ranMs);
        if (this.#waiters.any) this.#waiters.tell(task.id, () => endedAs(task, lastState(ending, outcome)));
    }
  }

  /** Tasks that were cancelled before they ran, or while they waited to be retried. */
  cancelled(ids: readonly TaskId[], known: ReadonlyMap<TaskId, Task>): void {
    for (const id of ids) {
      const task = known.get(id);
      this.#finished(id, "cancelled", task?.attempt ?? 0, task && outside(task));
      this.#tell(id, task);
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
      this.#tell(id, task);
    }
  }

  /** Tell whoever waits for tasks that have ended without our doing. */
  async tellEnded(ids: readonly TaskId[]): Promise<void> {
    const known = await this.known(ids);
    for (const id of ids) {
      const task = known.get(id);
      if (task === undefined || isLast(task.state.kind)) this.#tell(id, task);
    }
  }

  /** Is there anybody to tell what the store could not? */
  get owing(): boolean {
    return this.#owed.size > 0;
  }

  /** Ask again for what the store could not tell; a task that is forgotten by now is unknown. @throws what the store throws. */
  async tellOwed(): Promise<void> {
    const owed = [...this.#owed];
    const known = new Map((await this.#store.get(owed)).map((task) => [task.id, task]));
    for (const id of owed) {
      this.#owed.delete(id);
      const task = known.get(id);
      if (task === undefined) this.#waiters.fail(id, jobkitError("TASK_UNKNOWN", `waiting for task ${id}`));
      else if (isLast(task.state.kind)) this.#waiters.tell(id, () => task);
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

  /** A task has ended: as what, the store may not have been able to say. */
  #tell(id: TaskId, task: Task | undefined): void {
    if (task !== undefined) this.#waiters.tell(id, () => task);
    else if (this.#waiters.any && this.#waiters.has(id)) {
      this.#owed.add(id);
      this.#owes();
    }
  }

  #queued(id: TaskId, key: string | null, scope: EventScope | undefined): void {
    this.#queuedRow.emit(() => ({ task: id, key: key ?? "" }), scope);
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
    if (this.#waiters.any) void this.tellEnded([draft.id]);
  }

  #retrying({ attempt, nowMs }: Ending, dueAtMs: number, error: TaskFailure): void {
    const { id } = attempt.task;
    const delayMs = Math.max(0, dueAtMs - nowMs);
    this.#events.emit(
      "task.retrying",
      () => ({ task: id, delayMs, code: error.code, why: error.message }),
      attempt,
    );
  }

  #forked(ending: Ending, drafts: readonly TaskDraft[], { forked = [] }: Settled): void {
    const { attempt, ranMs } = ending;
    const { task } = attempt;
    if ("code" in forked) {
      this.#failed(task.id, forked, attempt);
      this.#finished(task.id, "failed", task.attempt, attempt, ranMs);
      const state = lastState(ending, { kind: "failed", error: forked });
      this.#waiters.tell(task.id, () => endedAs(task, state));
      return;
    }
    this.#events.emit("task.forked", () => ({ task: task.id, children: forked.length, ranMs }), attempt);
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
    this.#finishedRow.emit(() => ({ task: id, outcome, ranMs, attempts }), scope);
  }
}

/** Where a task is while no attempt of it runs. */
export function outside(task: Pick<Task, "run" | "job"> & { readonly attempt?: number }): EventScope {
  const attempt = task.attempt === undefined || task.attempt === 0 ? null : task.attempt;
  return { trace: task.run, span: null, job: task.job, attempt };
}

/** The claimed task as it ended. It is the attempt's own copy, which nobody else has; copying it once more shows. */
function endedAs(task: Task, state: TaskState): Task {
  (task as { state: TaskState }).state = state;
  return task;
}

/** The state that a settlement gave the task, as the store has it. */
function lastState(
  { attempt: { task }, nowMs }: Ending,
  outcome: Extract<Outcome, { readonly kind: "done" | "failed" | "cancelled" }>,
): TaskState {
  const times = {
    startedAtMs: task.state.kind === "running" ? task.state.startedAtMs : nowMs,
    endedAtMs: nowMs,
  };
  if (outcome.kind === "done") return { kind: "done", ...times, result: outcome.result };
  if (outcome.kind === "failed") return { kind: "failed", ...times, error: outcome.error };
  return { kind: "cancelled", ...times, reason: outcome.reason };
}
