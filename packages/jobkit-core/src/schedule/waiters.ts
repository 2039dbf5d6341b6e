/**
 * Who waits for the end of which task. A task is told to its waiters where its end is reported, so waiting
 * costs a place in a map and no question to the store.
 */
import type { TaskId } from "../base/ids.ts";
import type { Task } from "../task/task.ts";

/** One who waits: both ends of a promise. */
export interface Waiter {
  readonly resolve: (task: Task) => void;
  readonly reject: (error: Error) => void;
}

export class Waiters {
  /** Nearly always one per task; a list where there are more. */
  readonly #waiters = new Map<TaskId, Waiter | Waiter[]>();

  /** Tasks that somebody waits for. */
  get size(): number {
    return this.#waiters.size;
  }

  /** Does anybody wait for that task? */
  has(id: TaskId): boolean {
    return this.#waiters.size > 0 && this.#waiters.has(id);
  }

  /** The tasks that somebody waits for, at most so many. */
  some(max: number): readonly TaskId[] {
    const ids: TaskId[] = [];
    for (const id of this.#waiters.keys()) {
      if (ids.length === max) break;
      ids.push(id);
    }
    return ids;
  }

  /** Tell `waiter` when the task has ended. */
  add(id: TaskId, waiter: Waiter): void {
    const there = this.#waiters.get(id);
    if (there === undefined) this.#waiters.set(id, waiter);
    else if (Array.isArray(there)) there.push(waiter);
    else this.#waiters.set(id, [there, waiter]);
  }

  /** Do not tell it after all. */
  remove(id: TaskId, waiter: Waiter): void {
    const left = this.#of(id).filter((other) => other !== waiter);
    if (left.length === 0) this.#waiters.delete(id);
    else this.#waiters.set(id, left);
  }

  /** Whoever waits for one task waits for another from now on: the one that stands for it. */
  move(from: TaskId, to: TaskId): void {
    if (from === to) return;
    for (const waiter of this.#of(from)) this.add(to, waiter);
    this.#waiters.delete(from);
  }

  /** A task has ended. `task` is only asked where somebody waits. */
  tell(id: TaskId, task: () => Task): void {
    if (this.#waiters.size === 0) return;
    const there = this.#waiters.get(id);
    if (there === undefined) return;
    this.#waiters.delete(id);
    if (Array.isArray(there)) for (const waiter of there) waiter.resolve(task());
    else there.resolve(task());
  }

  /** Nothing more will be told: everybody is refused. */
  refuse(why: () => Error): void {
    const ids = [...this.#waiters.keys()];
    for (const id of ids) this.fail(id, why());
  }

  /** Refuse those who wait for one task. */
  fail(id: TaskId, why: Error): void {
    for (const waiter of this.#of(id)) waiter.reject(why);
    this.#waiters.delete(id);
  }

  #of(id: TaskId): readonly Waiter[] {
    const there = this.#waiters.get(id);
    if (there === undefined) return [];
    return Array.isArray(there) ? there : [there];
  }
}
