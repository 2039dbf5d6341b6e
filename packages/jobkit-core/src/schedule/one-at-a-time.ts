/**
 * Lets callers in one after the other, in the order they came. Calls of the store whose answers tell of the
 * same tasks go through it: a store may answer two calls in another order than it did them, and then a task
 * would be told finished before it is told what happened first.
 */
export class OneAtATime {
  readonly #waiting: (() => void)[] = [];
  #busy = false;

  /** Does somebody wait to be let in? */
  get wanted(): boolean {
    return this.#waiting.length > 0;
  }

  /** Do `work` when everybody who came before is done, whatever became of theirs. @throws what `work` throws. */
  async do<T>(work: () => Promise<T>): Promise<T> {
    const before = this.enter();
    if (before !== null) await before;
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  /** The same in two halves: whoever enters must {@link leave}. @returns what to wait for first; `null`: nobody is before. */
  enter(): Promise<void> | null {
    if (!this.#busy) {
      this.#busy = true;
      return null;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    return promise;
  }

  /** Let the next one in. */
  leave(): void {
    const next = this.#waiting.shift();
    // It stays busy: the next one in line has it, before anybody who comes now.
    if (next === undefined) this.#busy = false;
    else next();
  }
}
