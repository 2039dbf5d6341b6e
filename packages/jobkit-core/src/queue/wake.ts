/**
 * The listeners of a store's wake-up hint. A listener is called in a microtask of its own, so that it cannot
 * re-enter the store in the middle of a change and one that throws harms neither the store nor the others.
 * However many hints come before that microtask, it is called once.
 */
export class WakeListeners {
  readonly #listeners = new Map<symbol, () => void>();
  readonly #told = new Set<symbol>();

  /** How many listen. */
  get size(): number {
    return this.#listeners.size;
  }

  /** Call `listener` at every hint until the answer is disposed, which may be done twice. */
  add(listener: () => void): Disposable {
    const id = Symbol("wake listener");
    this.#listeners.set(id, listener);
    return { [Symbol.dispose]: () => this.#forget(id) };
  }

  /** Something may have become claimable. */
  wake(): void {
    for (const id of this.#listeners.keys()) {
      if (this.#told.has(id)) continue;
      this.#told.add(id);
      queueMicrotask(() => {
        this.#told.delete(id);
        this.#listeners.get(id)?.();
      });
    }
  }

  /** Forget every listener. */
  clear(): void {
    this.#listeners.clear();
    this.#told.clear();
  }

  #forget(id: symbol): void {
    this.#listeners.delete(id);
    this.#told.delete(id);
  }
}
