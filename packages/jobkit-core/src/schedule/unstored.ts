/** What is told of a turn when it is durable. */
export type Tell = () => Promise<void> | null;

/** What to do beside. */
export interface UnstoredHooks {
  /** A turn will never be durable. */
  readonly lost: (error: unknown) => void;
  /** The last of them has been told, or was lost. */
  readonly allTold: () => void;
}

/**
 * Turns that the store has done and that are not durable yet. What ended in them is told when they are, in their
 * order; one that never will be is not told at all. Bounded by who adds.
 */
export class Unstored {
  readonly #hooks: UnstoredHooks;
  #size = 0;
  #told: Promise<void> = Promise.resolve();

  constructor(hooks: UnstoredHooks) {
    this.#hooks = hooks;
  }

  /** Turns that are not told yet. */
  get size(): number {
    return this.#size;
  }

  /** `tell` when `stored` resolves and all before it are told. */
  add(stored: Promise<void>, tell: Tell): void {
    this.#size += 1;
    this.#told = this.#one(stored, this.#told, tell);
  }

  /** Resolves when all that are here now are told. Never rejects. */
  told(): Promise<void> {
    return this.#told;
  }

  async #one(stored: Promise<void>, before: Promise<void>, tell: Tell): Promise<void> {
    try {
      await stored;
      await before;
      const telling = tell();
      if (telling !== null) await telling;
    } catch (error) {
      await before;
      this.#hooks.lost(error);
    }
    this.#size -= 1;
    if (this.#size === 0) this.#hooks.allTold();
  }
}
