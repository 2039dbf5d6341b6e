/**
 * Lets callers in one after the other, in the order they came. Calls of the store whose answers tell of the
 * same tasks go through it: a store may answer two calls in another order than it did them, and then a task
 * would be told finished before it is told what happened first.
 */
export class OneAtATime {
  #last: Promise<void> | null = null;

  /** Do `work` when everybody who came before is done, whatever became of theirs. @throws what `work` throws. */
  async do<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#last;
    const mine = Promise.withResolvers<void>();
    this.#last = mine.promise;
    if (before !== null) await before;
    try {
      return await work();
    } finally {
      if (this.#last === mine.promise) this.#last = null;
      mine.resolve();
    }
  }
}
