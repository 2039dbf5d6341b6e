import type { TaskId } from "../base/ids.ts";
import type { Lease } from "../pool/lease.ts";
import type { Attempt } from "../run/runner.ts";
import type { Task } from "../task/task.ts";
import type { JobStanding } from "./job-standing.ts";
import type { Lanes } from "./lanes.ts";

/** One lane in use: a claimed task and the pool slots it holds, until its settlement is accepted. */
export interface Slot {
  readonly task: Task;
  readonly standing: JobStanding;
  readonly lease: Lease;
  /** Name of the lane. */
  readonly worker: string;
  /** `null` where the task was claimed but is settled without running. */
  readonly attempt: Attempt | null;
}

/**
 * The lanes in use. Everything is O(1) per task; the set is bounded by the scheduler's lanes. A task has two
 * where it was lost and came back before its lost attempt has ended.
 */
export class RunningSet {
  readonly #lanes: Lanes;
  readonly #slots = new Set<Slot>();
  /** The newest slot of each task. */
  readonly #byTask = new Map<TaskId, Slot>();

  constructor(lanes: Lanes) {
    this.#lanes = lanes;
  }

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

  /** Use a lane that was taken. The set owns the slot's lease and lane from here on. `nowMs` is monotonic. */
  add(slot: Slot, nowMs: number): void {
    this.#slots.add(slot);
    this.#byTask.set(slot.task.id, slot);
    slot.standing.begin(nowMs);
  }

  /** Give the lane and its pool slots back. Harmless where it was given back before. */
  release(slot: Slot, nowMs: number): void {
    if (!this.#slots.delete(slot)) return;
    if (this.#byTask.get(slot.task.id) === slot) this.#byTask.delete(slot.task.id);
    slot.standing.running -= 1;
    this.#lanes.give(slot.standing.job.lane, slot.worker, nowMs);
    slot.lease[Symbol.dispose]();
  }
}
