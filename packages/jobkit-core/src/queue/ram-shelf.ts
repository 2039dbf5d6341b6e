import { taskStates, type TaskStateKind } from "../task/state.ts";
import { Heap } from "./heap.ts";
import type { TaskCount } from "./queue-store.ts";
import { dueBefore, startsBefore, type Entry } from "./ram-entry.ts";

/**
 * The tasks of one job: how many are in each state, who holds which key, and which may start.
 * A claimable task stands in `#now` when it was due at the latest time this shelf has seen, else in `#later`.
 * When wall time jumps back, what is not due any more goes back to `#later`: exact, and linear only then.
 */
export class Shelf {
  readonly job: string;
  /** Unfinished tasks by the key they hold. */
  readonly holders = new Map<string, Entry>();
  readonly #counts = new Map<TaskStateKind, number>();
  readonly #now = new Heap<Entry>(startsBefore);
  readonly #later = new Heap<Entry>(dueBefore);
  #seenMs = Number.NEGATIVE_INFINITY;

  constructor(job: string) {
    this.job = job;
  }

  /** Stand a claimable task where it belongs; `nowMs` is the time of the change that made it claimable. */
  place(entry: Entry, dueAtMs: number, nowMs: number): void {
    if (nowMs > this.#seenMs) this.#advance(nowMs);
    entry.heapMs = dueAtMs;
    this.#push(entry);
  }

  /** The first claimable tasks at `nowMs`, at most `count`, in starting order. */
  heads(nowMs: number, count: number): readonly Entry[] {
    this.#see(nowMs);
    return this.#now.firstFew(count);
  }

  /** The first claimable task at `nowMs`, or `undefined`. */
  first(nowMs: number): Entry | undefined {
    this.#see(nowMs);
    return this.#now.first();
  }

  /** When the next task becomes due after the time last asked for, or `null`. */
  nextDueAtMs(): number | null {
    return this.#later.first()?.heapMs ?? null;
  }

  /** Count a task into (+1) or out of (-1) a state. */
  count(kind: TaskStateKind, change: 1 | -1): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + change);
  }

  /** The counts that are not zero, in the order of the table of states. */
  counts(): readonly TaskCount[] {
    return (Object.keys(taskStates) as TaskStateKind[])
      .map((state) => ({ job: this.job, state, count: this.#counts.get(state) ?? 0 }))
      .filter(({ count }) => count > 0);
  }

  #see(nowMs: number): void {
    if (nowMs > this.#seenMs) this.#advance(nowMs);
    else if (nowMs < this.#seenMs) this.#goBack(nowMs);
  }

  #advance(nowMs: number): void {
    this.#seenMs = nowMs;
    for (let entry = this.#later.first(); entry !== undefined; entry = this.#later.first()) {
      if (entry.heapMs > nowMs) return;
      this.#later.remove(entry);
      this.#push(entry);
    }
  }

  #goBack(nowMs: number): void {
    this.#seenMs = nowMs;
    for (const entry of this.#now.removeWhere(({ heapMs }) => heapMs > nowMs)) this.#push(entry);
  }

  #push(entry: Entry): void {
    entry.heap = entry.heapMs <= this.#seenMs ? this.#now : this.#later;
    entry.heap.push(entry);
  }
}
