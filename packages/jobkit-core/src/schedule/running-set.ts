import type { TaskId } from "../base/ids.ts";
import type { Job } from "../job/job.ts";
import type { Lease } from "../pool/lease.ts";
import type { Attempt } from "../run/runner.ts";
import type { Task } from "../task/task.ts";

/** One lane in use: a claimed task and the pool slots it holds, until its settlement is accepted. */
export interface Slot {
  readonly task: Task;
  readonly job: Job;
  readonly lease: Lease;
  /** `null` where the task was claimed but is settled without running. */
  readonly attempt: Attempt | null;
}

/**
 * The lanes in use. Everything is O(1) per task; the set is bounded by the scheduler's lanes. A task has two where
 * it was lost and came back before its lost attempt has ended.
 */
export class RunningSet {
  readonly #slots = new Set<Slot>();
  /** The newest slot of each task. */
  readonly #byTask = new Map<TaskId, Slot>();
  readonly #byJob = new Map<string, number>();

  /** Lanes in use. */
  get size(): number {
    return this.#slots.size;
  }

  /** The tasks that use them. */
  get ids(): readonly TaskId[] {
    return [...this.#byTask.keys()];
  }

  /** Attempts that have not ended yet, in the order they began. */
  get attempts(): readonly Attempt[] {
    const attempts: Attempt[] = [];
    for (const { attempt } of this.#slots) if (attempt !== null && !attempt.ended) attempts.push(attempt);
    return attempts;
  }

  /** The newest slot of a task. */
  get(id: TaskId): Slot | undefined {
    return this.#byTask.get(id);
  }

  /** Lanes that tasks of this job use. */
  runningOf(job: string): number {
    return this.#byJob.get(job) ?? 0;
  }

  /** Take a lane. The set owns the slot's lease from here on. */
  add(slot: Slot): void {
    this.#slots.add(slot);
    this.#byTask.set(slot.task.id, slot);
    this.#byJob.set(slot.job.name, this.runningOf(slot.job.name) + 1);
  }

  /** Give the lane and its pool slots back. Harmless where it was given back before. */
  release(slot: Slot): void {
    if (!this.#slots.delete(slot)) return;
    if (this.#byTask.get(slot.task.id) === slot) this.#byTask.delete(slot.task.id);
    const left = this.runningOf(slot.job.name) - 1;
    if (left > 0) this.#byJob.set(slot.job.name, left);
    else this.#byJob.delete(slot.job.name);
    slot.lease[Symbol.dispose]();
  }
}
