import type { TaskId } from "../base/ids.ts";
import type { Waiter } from "./waiters.ts";

/** So many places behind the first one that waits are looked at: as many as a few dozen lanes end out of turn. */
const WINDOW = 128;

/**
 * Those who wait for the tasks of one submission, in its order. Its tasks end nearly in that order, so the one
 * that has ended is found near the front, and no map of all of them is made.
 */
export class WaitingBatch {
  readonly #ids: readonly TaskId[];
  /** `null` where it has been told. */
  readonly #waiters: (Waiter | null)[];
  #first = 0;

  /** @param waiters by position in `ids`; the batch's own from now on. */
  constructor(ids: readonly TaskId[], waiters: (Waiter | null)[]) {
    this.#ids = ids;
    this.#waiters = waiters;
  }

  /** Nobody waits any more. */
  get done(): boolean {
    return this.#first >= this.#ids.length;
  }

  /** Who waits for that task, who does so no more then; `null` where it is not near the front. */
  take(id: TaskId): Waiter | null {
    const end = Math.min(this.#ids.length, this.#first + WINDOW);
    for (let at = this.#first; at < end; at += 1) {
      if (this.#ids[at] !== id) continue;
      const waiter = this.#waiters[at] ?? null;
      this.#waiters[at] = null;
      while (!this.done && this.#waiters[this.#first] === null) this.#first += 1;
      return waiter;
    }
    return null;
  }

  /** Everybody who still waits. */
  *[Symbol.iterator](): Generator<readonly [TaskId, Waiter]> {
    for (let at = this.#first; at < this.#ids.length; at += 1) {
      const waiter = this.#waiters[at] ?? null;
      if (waiter !== null) yield [this.#ids[at] as TaskId, waiter];
    }
  }
}
