/**
 * Who waits for the end of which task. A task is told to its waiters where its end is reported, so waiting
 * costs no question to the store.
 */
import type { TaskId } from "../base/ids.ts";
import type { Task } from "../task/task.ts";
import { WaitingBatch } from "./waiting-batch.ts";

/** One who waits: both ends of a promise. */
export interface Waiter {
  readonly resolve: (task: Task) => void;
  readonly reject: (error: Error) => void;
}

/** So few that a batch costs less than places in the map do. */
const BATCH_MIN = 64;

export class Waiters {
  /** Nearly always one per task; a list where there are more. */
  readonly #byTask = new Map<TaskId, Waiter | Waiter[]>();
  /** The largest submission under way; whoever does not end near its front is moved to the map. */
  #batch: WaitingBatch | null = null;

  /** Does anybody wait at all? */
  get any(): boolean {
    return this.#batch !== null || this.#byTask.size > 0;
  }

  /** Does anybody wait for that task? */
  has(id: TaskId): boolean {
    this.#unbatch();
    return this.#byTask.has(id);
  }

  /** Tasks that somebody waits for, at most so many. */
  some(max: number): readonly TaskId[] {
    this.#unbatch();
    const ids: TaskId[] = [];
    for (const id of this.#byTask.keys()) {
      if (ids.length === max) break;
      ids.push(id);
    }
    return ids;
  }

  /** Tell `waiter` when the task has ended. */
  add(id: TaskId, waiter: Waiter): void {
    const there = this.#byTask.get(id);
    if (there === undefined) this.#byTask.set(id, waiter);
    else if (Array.isArray(there)) there.push(waiter);
    else this.#byTask.set(id, [there, waiter]);
  }

  /** Tell one waiter for each of these tasks, in order. */
  addAll(ids: readonly TaskId[], waiters: readonly Waiter[]): void {
    if (this.#batch === null && ids.length >= BATCH_MIN) this.#batch = new WaitingBatch(ids, [...waiters]);
    else for (let at = 0; at < ids.length; at += 1) this.add(ids[at] as TaskId, waiters[at] as Waiter);
  }

  /** Do not tell it after all. */
  remove(id: TaskId, waiter: Waiter): void {
    const left = this.#of(id).filter((other) => other !== waiter);
    if (left.length === 0) this.#byTask.delete(id);
    else this.#byTask.set(id, left);
  }

  /** Whoever waits for one task waits for another from now on: the one that stands for it. */
  move(from: TaskId, to: TaskId): void {
    this.#unbatch();
    if (from === to) return;
    for (const waiter of this.#of(from)) this.add(to, waiter);
    this.#byTask.delete(from);
  }

  /** A task has ended. `task` is only asked where somebody waits. */
  tell(id: TaskId, task: () => Task): void {
    const first = this.#batch?.take(id) ?? null;
    // Asked once: making the task that is told changes the one it is made of.
    const told = first === null ? null : task();
    if (first !== null) {
      first.resolve(told as Task);
      if (this.#batch?.done === true) this.#batch = null;
    } else this.#unbatch();
    const others = this.#of(id);
    if (others.length === 0) return;
    const same = told ?? task();
    for (const waiter of others) waiter.resolve(same);
    this.#byTask.delete(id);
  }

  /** Nothing more will be told: everybody is refused. */
  refuse(why: () => Error): void {
    this.#unbatch();
    for (const id of this.#byTask.keys()) this.fail(id, why());
  }

  /** Refuse those who wait for one task. */
  fail(id: TaskId, why: Error): void {
    this.#unbatch();
    for (const waiter of this.#of(id)) waiter.reject(why);
    this.#byTask.delete(id);
  }

  /** Its tasks end in another order, or somebody asks for one: from now on the map has them all. */
  #unbatch(): void {
    const batch = this.#batch;
    this.#batch = null;
    for (const [id, waiter] of batch ?? []) this.add(id, waiter);
  }

  #of(id: TaskId): readonly Waiter[] {
    const there = this.#byTask.get(id);
    if (there === undefined) return [];
    return Array.isArray(there) ? there : [there];
  }
}
