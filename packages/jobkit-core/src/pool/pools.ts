import { jobkitError } from "../base/error-table.ts";
import { suggestion } from "../base/suggest.ts";
import { emptyLease, type Lease } from "./lease.ts";
import { Pool } from "./pool.ts";

/** One pool, as it stands now. */
export interface PoolState {
  readonly name: string;
  readonly size: number;
  /** May stand above `size` for a while after a shrink. */
  readonly held: number;
  /** Never negative. */
  readonly free: number;
}

/** All pools of one scheduler. Slots of several pools are taken together or not at all. */
export class Pools implements Disposable {
  readonly #pools = new Map<string, Pool>();

  /** @param sizes slots by name of the pool. @throws RangeError when a size is not a whole number from 1. */
  constructor(sizes: Readonly<Record<string, number>>) {
    for (const [name, size] of Object.entries(sizes)) this.#pools.set(name, new Pool(name, size));
  }

  /** @throws POOL_UNKNOWN with the nearest name. */
  get(name: string): Pool {
    const pool = this.#pools.get(name);
    if (pool !== undefined) return pool;
    throw jobkitError("POOL_UNKNOWN", `looking for pool ${JSON.stringify(name)}${this.#nearest(name)}`);
  }

  /**
   * Take every slot of `needs`, or `null` where one of them is not free; then none is taken.
   * @throws POOL_UNKNOWN, POOL_CLOSED; nothing is taken then.
   */
  tryAcquire(needs: Readonly<Record<string, number>>): Lease | null {
    const wanted = Object.entries(needs);
    if (wanted.length === 0) return emptyLease;
    const pools = wanted.map(([name]) => this.get(name));
    const leases: Lease[] = [];
    for (const [at, [, slots]] of wanted.entries()) {
      const lease = pools[at]?.tryAcquire(slots) ?? null;
      if (lease === null) {
        giveBack(leases);
        return null;
      }
      leases.push(lease);
    }
    return { slots: needs, [Symbol.dispose]: () => giveBack(leases) };
  }

  /**
   * Prove that work with these needs could run some day.
   * @throws POOL_UNKNOWN, POOL_TOO_SMALL naming `who`.
   */
  check(who: string, needs: Readonly<Record<string, number>>): void {
    for (const [name, slots] of Object.entries(needs)) {
      const pool = this.#pools.get(name);
      if (pool === undefined)
        throw jobkitError(
          "POOL_UNKNOWN",
          `giving ${who} slots of ${JSON.stringify(name)}${this.#nearest(name)}`,
        );
      if (slots > pool.size)
        throw jobkitError("POOL_TOO_SMALL", `giving ${who} ${slots} of the ${pool.size} slots of ${name}`);
    }
  }

  /** Every pool, in the order they were declared. */
  states(): readonly PoolState[] {
    return [...this.#pools.values()].map(({ name, size, held, free }) => ({ name, size, held, free }));
  }

  /** Close every pool: see {@link Pool}. */
  [Symbol.dispose](): void {
    for (const pool of this.#pools.values()) pool[Symbol.dispose]();
  }

  #nearest(name: string): string {
    return suggestion(name, this.#pools.keys());
  }
}

/** Idempotent, because every single lease is. */
function giveBack(leases: readonly Lease[]): void {
  for (const lease of leases) lease[Symbol.dispose]();
}
