import type { JobEvent } from "./event.ts";

interface Entry {
  readonly event: JobEvent;
  readonly key: string | null;
  before: Entry | null;
  after: Entry | null;
}

/**
 * First in, first out, never longer than `max`, and of events with one key only the newest: it takes the place
 * at the end, and the one before it goes. Every operation is O(1).
 */
export class CoalescingQueue {
  readonly max: number;
  readonly #keyOf: (event: JobEvent) => string | null;
  readonly #byKey = new Map<string, Entry>();
  #first: Entry | null = null;
  #last: Entry | null = null;
  #length = 0;
  #coalesced = 0;

  /**
   * @param keyOf `null` for an event that stands for itself.
   * @throws RangeError when `max` is not a whole number from 1.
   */
  constructor(max: number, keyOf: (event: JobEvent) => string | null) {
    if (!Number.isSafeInteger(max) || max < 1) throw new RangeError(`a queue of at most ${max} entries`);
    this.max = max;
    this.#keyOf = keyOf;
  }

  get length(): number {
    return this.#length;
  }

  /** How many events went because a newer one of their key came. Stays when the queue is cleared. */
  get coalesced(): number {
    return this.#coalesced;
  }

  /** Add at the end. @returns what had to go from the front, or `undefined` where there was room. */
  push(event: JobEvent): JobEvent | undefined {
    const key = this.#keyOf(event);
    const older = key === null ? undefined : this.#byKey.get(key);
    if (older !== undefined) {
      this.#unlink(older);
      this.#coalesced += 1;
    }
    const pushedOut = this.#length === this.max ? this.shift() : undefined;
    const entry: Entry = { event, key, before: this.#last, after: null };
    if (this.#last === null) this.#first = entry;
    else this.#last.after = entry;
    this.#last = entry;
    this.#length += 1;
    if (key !== null) this.#byKey.set(key, entry);
    return pushedOut;
  }

  /** Take from the front; `undefined` where there is nothing. */
  shift(): JobEvent | undefined {
    const entry = this.#first;
    if (entry === null) return undefined;
    this.#unlink(entry);
    return entry.event;
  }

  /** Drop everything. */
  clear(): void {
    this.#byKey.clear();
    this.#first = null;
    this.#last = null;
    this.#length = 0;
  }

  #unlink({ key, before, after }: Entry): void {
    if (before === null) this.#first = after;
    else before.after = after;
    if (after === null) this.#last = before;
    else after.before = before;
    if (key !== null) this.#byKey.delete(key);
    this.#length -= 1;
  }
}
