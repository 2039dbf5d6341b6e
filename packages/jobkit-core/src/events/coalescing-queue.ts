import type { JobEvent } from "./event.ts";

/** What an event is about; `null` for one that stands for itself. */
export type KeyOf = (event: JobEvent) => string | number | null;

interface Entry {
  readonly event: JobEvent;
  readonly key: string | number | null;
  before: Entry | null;
  after: Entry | null;
}

/**
 * First in, first out, never longer than `max`, and of the events of one row and key only the newest: it takes the place
 * at the end, and the one before it goes. Every operation is O(1).
 */
export class CoalescingQueue {
  readonly max: number;
  readonly #keyOf: KeyOf;
  /** By row, then by key: a text made of both would have to be hashed anew for each event. */
  readonly #byRow = new Map<string, Map<string | number, Entry>>();
  #first: Entry | null = null;
  #last: Entry | null = null;
  #length = 0;
  #coalesced = 0;

  /** @throws RangeError when `max` is not a whole number from 1. */
  constructor(max: number, keyOf: KeyOf) {
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
    const keys = key === null ? null : this.#keysOf(event.ev);
    const older = key === null ? undefined : keys?.get(key);
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
    // The key of the older one was left in place to be overwritten: taking it out and in again is slow.
    if (key !== null) keys?.set(key, entry);
    return pushedOut;
  }

  /** Take from the front; `undefined` where there is nothing. */
  shift(): JobEvent | undefined {
    const entry = this.#first;
    if (entry === null) return undefined;
    this.#unlink(entry);
    const { event, key } = entry;
    if (key !== null) this.#byRow.get(event.ev)?.delete(key);
    return event;
  }

  /** Drop everything. */
  clear(): void {
    this.#byRow.clear();
    this.#first = null;
    this.#last = null;
    this.#length = 0;
  }

  #keysOf(ev: string): Map<string | number, Entry> {
    let keys = this.#byRow.get(ev);
    if (keys === undefined) {
      keys = new Map();
      this.#byRow.set(ev, keys);
    }
    return keys;
  }

  #unlink({ before, after }: Entry): void {
    if (before === null) this.#first = after;
    else before.after = after;
    if (after === null) this.#last = before;
    else after.before = before;
    this.#length -= 1;
  }
}
