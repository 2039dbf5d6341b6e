import {
  isLast,
  type Cancelled,
  type CancelRequest,
  type RecoverRequest,
  type Task,
  type TaskId,
} from "jobkit-core";
import type { LifeRow } from "./row.ts";
import type { Statements } from "./statements.ts";
import type { StoredTaskTable } from "./stored-tasks.ts";
import type { TaskTable } from "./task-table.ts";

/** What interventions are made of. */
export interface InterventionsParts {
  readonly statements: Statements;
  readonly stored: StoredTaskTable;
  readonly tasks: TaskTable;
}

/** What somebody does to tasks from outside their turns. Must be called inside a transaction. */
export class Interventions {
  readonly #run: Statements;
  readonly #stored: StoredTaskTable;
  readonly #tasks: TaskTable;

  constructor({ statements, stored, tasks }: InterventionsParts) {
    this.#run = statements;
    this.#stored = stored;
    this.#tasks = tasks;
  }

  cancel(id: TaskId, { nowMs, reason }: CancelRequest): Cancelled {
    const row = this.#stored.find(id);
    if (row === undefined) return { id, was: "unknown", settled: null };
    if (isLast(row.state)) return { id, was: "over", settled: null };
    if (row.state === "running") return { id, was: "running", settled: null };
    const state = { kind: "cancelled", startedAtMs: null, endedAtMs: nowMs, reason } as const;
    return { id, was: "ended", settled: { id, accepted: true, ...this.#tasks.end(row, state, nowMs) } };
  }

  /** @returns the ids that live again, in the order given. */
  retry(ids: readonly TaskId[], nowMs: number): readonly TaskId[] {
    const again = new Map<TaskId, LifeRow>();
    const keys = new Set<string>();
    for (const id of ids) {
      const row = this.#stored.find(id);
      if (row === undefined || !this.#mayLiveAgain(row, nowMs)) continue;
      // Of several with one key only the first lives again.
      const held = JSON.stringify([row.job, row.key]);
      if (row.key !== null && keys.has(held) && !again.has(id)) continue;
      keys.add(held);
      again.set(id, row);
    }
    const alive = new Set(again.keys());
    for (const row of again.values()) this.#tasks.restart(row, alive, nowMs);
    return [...alive];
  }

  /** @returns tasks whose owner is lost, as they are now: ready again. */
  recover({ nowMs, lost, owner }: RecoverRequest): readonly Task[] {
    const rows = this.#stored
      .counts()
      .flatMap(({ job, state }) => (state === "running" ? this.#run.running.all(job) : []))
      .filter((row) => (lost === "others" ? row.owner !== owner : (row.lease_until ?? 0) <= nowMs));
    for (const row of rows) this.#tasks.place(row, { kind: "ready", dueAtMs: nowMs }, nowMs);
    return rows.flatMap(({ id }) => this.#stored.read(id) ?? []);
  }

  /** Ended other than done, and its key is not held by another task meanwhile. */
  #mayLiveAgain({ id, job, state, key }: LifeRow, nowMs: number): boolean {
    if (!isLast(state) || state === "done") return false;
    const holder = key === null ? null : this.#stored.holderOf(job, key, nowMs);
    return holder === null || holder === id;
  }
}
