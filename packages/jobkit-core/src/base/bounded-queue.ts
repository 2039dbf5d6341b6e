const FIRST_CAPACITY = 16;

/**
 * First in, first out, never longer than `max`: one more pushes the oldest out. Every operation is O(1)
 * (growing is amortised); memory follows the greatest length there was, not `max`.
 */
export class BoundedQueue<T> {
  readonly max: number;
  #slots: (T | undefined)[];
  #head = 0;
  #length = 0;

  /** @throws RangeError when `max` is not a whole number from 1. */
  constructor(max: number) {
    if (!Number.isSafeInteger(max) || max < 1) throw new RangeError(`a queue of at most ${max} entries`);
    this.max = max;
    this.#slots = Array.from({ length: Math.min(max, FIRST_CAPACITY) });
  }

  get length(): number {
    return this.#length;
  }

  /** Add at the end. @returns what had to go from the front, or `undefined` where there was room. */
  push(item: T): T | undefined {
    const pushedOut = this.#length === this.max ? this.shift() : undefined;
    if (this.#length === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#length) % this.#slots.length] = item;
    this.#length += 1;
    return pushedOut;
  }

  /** Take from the front; `undefined` where there is nothing. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.#slots.length;
    this.#length -= 1;
    return item;
  }

  /** Drop everything and the memory it took. */
  clear(): void {
    this.#slots = Array.from({ length: Math.min(this.max, FIRST_CAPACITY) });
    this.#head = 0;
    this.#length = 0;
  }

  #grow(): void {
    const old = this.#slots;
    const grown: (T | undefined)[] = Array.from({ length: Math.min(this.max, old.length * 2) });
    for (let at = 0; at < this.#length; at += 1) grown[at] = old[(this.#head + at) % old.length];
    this.#slots = grown;
    this.#head = 0;
  }
}
