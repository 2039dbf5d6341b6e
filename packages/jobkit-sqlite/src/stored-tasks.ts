import {
  isLast,
  type StoredTasks,
  type Task,
  type TaskCount,
  type TaskId,
  type TaskStateKind,
  type Ties,
} from "jobkit-core";
import type { CountChanges } from "./counters.ts";
import { taskOf, type Claimed, type LifeRow, type TaskRow } from "./row.ts";
import type { Statements } from "./statements.ts";

/** The tasks in the file, to look at. Must be called inside a transaction. */
export class StoredTaskTable implements StoredTasks {
  readonly #run: Statements;
  readonly #counts: CountChanges;
  readonly #after = (seq: number): readonly TaskId[] =>
    this.#run.parentsOf.all(seq).map(({ parent }) => parent);

  constructor(statements: Statements, counts: CountChanges) {
    this.#run = statements;
    this.#counts = counts;
  }

  /** What a change of state needs to know of a task. */
  find(id: TaskId): LifeRow | undefined {
    return this.#run.lifeById.get(id);
  }

  /** All of a task, as a value. */
  read(id: TaskId): Task | undefined {
    const row = this.#run.taskById.get(id);
    return row && this.task(row);
  }

  /** A row as a value; `claimed` where the claim is not in the row yet. */
  task(row: TaskRow, claimed: Claimed | null = null): Task {
    return taskOf(row, this.#after, claimed);
  }

  stateOf(id: TaskId): TaskStateKind | null {
    return this.#run.stateById.get(id)?.state ?? null;
  }

  holderOf(job: string, key: string, nowMs: number): TaskId | null {
    const holder = this.#run.holder.get(job, key) ?? this.#run.holderAfterEnd.get(job, key, nowMs);
    return holder?.id ?? null;
  }

  idempotentOf(job: string, key: string): TaskId | null {
    return this.#run.idempotent.get(job, key)?.id ?? null;
  }

  /** What an unfinished task waits for; `null` for one that has ended. */
  tiesOf(id: TaskId): Ties | null {
    const row = this.find(id);
    if (row === undefined || isLast(row.state)) return null;
    return { after: this.#after(row.seq), sequence: row.sequence };
  }

  /** Counts by job and state, those of this transaction included. */
  counts(): readonly TaskCount[] {
    return this.#counts.over(this.#run.counts.all());
  }
}
