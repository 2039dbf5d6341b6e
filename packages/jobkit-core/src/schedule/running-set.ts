import type { TaskId } from "../base/ids.ts";
import { Few } from "../run/few.ts";
import type { Attempt } from "../run/runner.ts";
import type { JobStanding } from "./job-standing.ts";
import type { Lanes } from "./lanes.ts";

/**
 * The lanes in use: each by one attempt, from its claim until its settlement is accepted. The set is
 * bounded by the scheduler's lanes. A task has two where it was lost and came back before its lost attempt has
 * ended.
 */
export class RunningSet {
  readonly #lanes: Lanes;
  readonly #standings: ReadonlyMap<string, JobStanding>;
  readonly #attempts = new Few<Attempt>();

  constructor(lanes: Lanes, standings: ReadonlyMap<string, JobStanding>) {
    this.#lanes = lanes;
    this.#standings = standings;
  }

  /** Lanes in use. */
  get size(): number {
    return this.#attempts.size;
  }

  /** The tasks that use them. */
  get ids(): readonly TaskId[] {
    return [...new Set(this.#attempts.all.map(({ task }) => task.id))];
  }

  /** Attempts that have begun and not ended yet, in the order they began. */
  get attempts(): readonly Attempt[] {
    return this.#attempts.all.filter(({ ran, ended }) => ran && !ended);
  }

  /** The newest attempt of a task. Looks at them all. */
  get(id: TaskId): Attempt | undefined {
    return this.#attempts.all.findLast(({ task }) => task.id === id);
  }

  /** Use a lane that was taken. The set owns the attempt's lease and lane from here on. `nowMs` is monotonic. */
  add(attempt: Attempt, nowMs: number): void {
    this.#attempts.add(attempt);
    this.#standings.get(attempt.job)?.begin(nowMs);
  }

  /** Give the lane and its pool slots back. Harmless where it was given back before. */
  release(attempt: Attempt, nowMs: number): void {
    if (!this.#attempts.delete(attempt)) return;
    const standing = this.#standings.get(attempt.job);
    if (standing !== undefined) standing.running -= 1;
    this.#lanes.give(attempt.kind.lane, attempt.worker, nowMs);
    attempt.lease[Symbol.dispose]();
  }
}
