import type { TaskId } from "../base/ids.ts";
import type { Attempt } from "../run/runner.ts";
import type { JobStanding } from "./job-standing.ts";
import type { Lanes } from "./lanes.ts";

/**
 * The lanes in use: each by one attempt, from its claim until its settlement is accepted. Everything is O(1)
 * per task; the set is bounded by the scheduler's lanes. A task has two where it was lost and came back before
 * its lost attempt has ended.
 */
export class RunningSet {
  readonly #lanes: Lanes;
  readonly #standings: ReadonlyMap<string, JobStanding>;
  /** The newest attempt of each task. */
  readonly #byTask = new Map<TaskId, Attempt>();
  /** Attempts of tasks that have a newer one. */
  readonly #older = new Set<Attempt>();

  constructor(lanes: Lanes, standings: ReadonlyMap<string, JobStanding>) {
    this.#lanes = lanes;
    this.#standings = standings;
  }

  /** Lanes in use. */
  get size(): number {
    return this.#byTask.size + this.#older.size;
  }

  /** The tasks that use them. */
  get ids(): readonly TaskId[] {
    return [...this.#byTask.keys()];
  }

  /** Attempts that have begun and not ended yet, in the order they began. */
  get attempts(): readonly Attempt[] {
    const attempts: Attempt[] = [];
    for (const attempt of this.#older) if (attempt.ran && !attempt.ended) attempts.push(attempt);
    for (const attempt of this.#byTask.values()) if (attempt.ran && !attempt.ended) attempts.push(attempt);
    return attempts;
  }

  /** The newest attempt of a task. */
  get(id: TaskId): Attempt | undefined {
    return this.#byTask.get(id);
  }

  /** Use a lane that was taken. The set owns the attempt's lease and lane from here on. `nowMs` is monotonic. */
  add(attempt: Attempt, nowMs: number): void {
    const { id } = attempt.task;
    const before = this.#byTask.get(id);
    if (before !== undefined) {
      this.#older.add(before);
      // It comes anew, behind those that are there.
      this.#byTask.delete(id);
    }
    this.#byTask.set(id, attempt);
    this.#standings.get(attempt.job)?.begin(nowMs);
  }

  /** Give the lane and its pool slots back. Harmless where it was given back before. */
  release(attempt: Attempt, nowMs: number): void {
    const { id } = attempt.task;
    if (this.#byTask.get(id) === attempt) this.#byTask.delete(id);
    else if (!this.#older.delete(attempt)) return;
    const standing = this.#standings.get(attempt.job);
    if (standing !== undefined) standing.running -= 1;
    this.#lanes.give(attempt.kind.lane, attempt.worker, nowMs);
    attempt.lease[Symbol.dispose]();
  }
}
