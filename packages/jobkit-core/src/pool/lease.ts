/** Slots that are held. They go back when it is disposed; disposing twice is harmless. */
export interface Lease extends Disposable {
  /** How many slots of which pool, in the order they were asked for. */
  readonly slots: Readonly<Record<string, number>>;
}

/** A lease of nothing, for work that needs no pool. Disposing it does nothing. */
export const emptyLease: Lease = { slots: {}, [Symbol.dispose]: () => {} };
