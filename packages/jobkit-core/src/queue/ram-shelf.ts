import { isLast, taskStates, type TaskStateKind } from "../task/state.ts";
import { Heap } from "./heap.ts";
import { Line } from "./line.ts";
import type { TaskCount } from "./queue-store.ts";
import { dueBefore, startsBefore, type Entry, type Place } from "./ram-entry.ts";

/**
 * The tasks of one job: how many are in each state, who holds which key, and which may start.
 * A claimable task stands in `#now` when it was due at the latest time this shelf has seen, else in `#later`
 * (or in the line of its sequence). When wall time jumps back, what is not due any more goes back to `#later`:
 * exact, and linear only then.
 */
export class Shelf {
  readonly job: string;
  readonly #holders = new Map<string, Entry>();
  readonly #idempotent = new Map<string, Entry>();
  readonly #counts: Record<TaskStateKind, number> = {
    blocked: 0,
    ready: 0,
    running: 0,
    retrying: 0,
    done: 0,
    failed: 0,
    cancelled: 0,
    skipped: 0,
  };
  readonly #now = new Line<Entry>(startsBefore);
  readonly #later = new Heap<Entry>(dueBefore);
  /** The places as an entry leaves them. */
  readonly #nowPlace: Place = this.#now;
  readonly #laterPlace: Place = this.#later;
  #seenMs = Number.NEGATIVE_INFINITY;

  constructor(job: string) {
    this.job = job;
  }

  /** Stand a claimable task where it belongs; `nowMs` is the time of the change that made it claimable. */
  place(entry: Entry, dueAtMs: number, nowMs: number): void {
    if (nowMs > this.#seenMs) this.#advance(nowMs);
    entry.heapMs = dueAtMs;
    this.stand(entry);
  }

  /** Stand a claimable task where it belongs at the time this shelf has seen. */
  stand(entry: Entry): void {
    if (entry.heapMs > this.#seenMs) {
      entry.place = this.#laterPlace;
      this.#later.push(entry);
    } else if (entry.sequence === null || entry.sequence.admits(entry)) {
      entry.place = this.#nowPlace;
      this.#now.push(entry);
    }
  }

  /** The first claimable task at the time this shelf has seen, or `undefined`. */
  first(): Entry | undefined {
    return this.#now.first();
  }

  /** It is `nowMs`: what has become due is claimable, what is not due any more is not. */
  see(nowMs: number): void {
    if (nowMs > this.#seenMs) this.#advance(nowMs);
    else if (nowMs < this.#seenMs) this.#goBack(nowMs);
  }

  /** When the next task becomes due after the time last asked for, or `null`. */
  nextDueAtMs(): number | null {
    return this.#later.first()?.heapMs ?? null;
  }

  /** Who holds a key at that time. */
  holder(key: string, nowMs: number): Entry | undefined {
    const entry = this.#holders.get(key);
    if (entry === undefined || holdsKey(entry, nowMs)) return entry;
    this.#holders.delete(key);
    return undefined;
  }

  /** The task with that idempotency key. */
  idempotent(key: string): Entry | undefined {
    return this.#idempotent.get(key);
  }

  /** A task of this shelf is stored, or lives again: what it holds is its own. */
  keep(entry: Entry): void {
    const { key, idempotencyKey } = entry.draft;
    if (key !== null) this.#holders.set(key, entry);
    if (idempotencyKey !== null) this.#idempotent.set(idempotencyKey, entry);
  }

  /** A task has ended: its key is free, unless it is held for longer. */
  letGo(entry: Entry, nowMs: number): void {
    const { key } = entry.draft;
    if (key !== null && !holdsKey(entry, nowMs) && this.#holders.get(key) === entry)
      this.#holders.delete(key);
  }

  /** A task is forgotten with all it holds. */
  forget(entry: Entry): void {
    const { key, idempotencyKey } = entry.draft;
    this.count(entry.state.kind, -1);
    if (key !== null && this.#holders.get(key) === entry) this.#holders.delete(key);
    if (idempotencyKey !== null && this.#idempotent.get(idempotencyKey) === entry)
      this.#idempotent.delete(idempotencyKey);
  }

  /** Count a task into (+1) or out of (-1) a state. */
  count(kind: TaskStateKind, change: 1 | -1): void {
    this.#counts[kind] += change;
  }

  /** The counts that are not zero, in the order of the table of states. */
  counts(): readonly TaskCount[] {
    return (Object.keys(taskStates) as TaskStateKind[])
      .map((state) => ({ job: this.job, state, count: this.#counts[state] }))
      .filter(({ count }) => count > 0);
  }

  #advance(nowMs: number): void {
    this.#seenMs = nowMs;
    for (let entry = this.#later.first(); entry !== undefined; entry = this.#later.first()) {
      if (entry.heapMs > nowMs) return;
      this.#later.remove(entry);
      this.stand(entry);
    }
  }

  #goBack(nowMs: number): void {
    this.#seenMs = nowMs;
    for (const entry of this.#now.removeWhere(({ heapMs }) => heapMs > nowMs)) {
      this.stand(entry);
      entry.sequence?.stepBack(entry);
    }
  }
}

function holdsKey({ state, draft }: Entry, nowMs: number): boolean {
  return !isLast(state.kind) || draft.keyUntilMs > nowMs;
}
