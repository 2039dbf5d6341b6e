/**
 * A counted resource: so many slots, taken and given back as leases.
 *
 * Invariants: `held` never grows past `size` (it may stand above it for a while after a shrink), waiters
 * are served strictly in the order they came, and nobody waits while the first in line would fit.
 * A large request at the head is therefore never overtaken by small ones: nobody starves.
 */
import { jobkitError } from "../base/error-table.ts";
import type { CodedError } from "../base/errors.ts";
import type { Lease } from "./lease.ts";

interface Waiter {
  readonly slots: number;
  readonly grant: (lease: Lease) => void;
  readonly refuse: (error: CodedError) => void;
}

/** A counted resource of its own, without a scheduler: first come, first served. */
export class Pool implements Disposable {
  readonly name: string;
  #size: number;
  #held = 0;
  #closed = false;
  /** In the order they came; a set, so that one who gives up leaves without a search. */
  readonly #waiters = new Set<Waiter>();

  /** @throws RangeError when `size` is not a whole number of at least 1. */
  constructor(name: string, size: number) {
    this.name = name;
    this.#size = wholeSlots(name, size);
  }

  /** Slots there are. */
  get size(): number {
    return this.#size;
  }

  /** Slots held now. */
  get held(): number {
    return this.#held;
  }

  /** Slots that could be taken now; never negative. */
  get free(): number {
    return Math.max(0, this.#size - this.#held);
  }

  /** Requests that wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /**
   * Take `slots` now, or `null` where they are not free or somebody waits for them already.
   * @throws POOL_CLOSED, and RangeError when `slots` is not a whole number of at least 1.
   */
  tryAcquire(slots: number): Lease | null {
    wholeSlots(this.name, slots);
    if (this.#closed) throw this.#refusal("taking");
    if (this.#waiters.size > 0 || slots > this.free) return null;
    return this.#grant(slots);
  }

  /**
   * Wait for `slots`, granted in order of asking. The lease belongs to the caller.
   * @throws POOL_TOO_SMALL when the pool has, or shrinks to, fewer slots than asked.
   * @throws POOL_CLOSED when the pool closes first.
   * @throws signal.reason when `signal` aborts; no slot is held and no place in line is kept then.
   */
  async acquire(slots: number, signal?: AbortSignal): Promise<Lease> {
    wholeSlots(this.name, slots);
    signal?.throwIfAborted();
    if (this.#closed) throw this.#refusal("waiting for");
    if (slots > this.#size) throw this.#tooSmall(slots);
    if (this.#waiters.size === 0 && slots <= this.free) return this.#grant(slots);
    return this.#wait(slots, signal);
  }

  /**
   * Change the size. Growing serves who waits; shrinking takes nothing away, leases above the new size
   * drain by themselves. Waiters that can never fit any more are refused with POOL_TOO_SMALL.
   * @throws RangeError when `size` is not a whole number of at least 1.
   */
  resize(size: number): void {
    this.#size = wholeSlots(this.name, size);
    for (const waiter of this.#waiters)
      if (waiter.slots > size) {
        this.#waiters.delete(waiter);
        waiter.refuse(this.#tooSmall(waiter.slots));
      }
    this.#serve();
  }

  /** Refuse everybody who waits, and all who come later, with POOL_CLOSED. Held leases stay valid. */
  [Symbol.dispose](): void {
    this.#closed = true;
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const waiter of waiters) waiter.refuse(this.#refusal("waiting for"));
  }

  #wait(slots: number, signal: AbortSignal | undefined): Promise<Lease> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiters.delete(waiter);
        reject(signal?.reason as Error);
        // Whoever stood behind a large request that left may fit now.
        this.#serve();
      };
      const settled = (): void => signal?.removeEventListener("abort", leave);
      const waiter: Waiter = {
        slots,
        grant: (lease) => {
          settled();
          resolve(lease);
        },
        refuse: (error) => {
          settled();
          reject(error);
        },
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.#waiters.add(waiter);
    });
  }

  #serve(): void {
    for (const waiter of this.#waiters) {
      if (waiter.slots > this.free) return;
      this.#waiters.delete(waiter);
      waiter.grant(this.#grant(waiter.slots));
    }
  }

  #grant(slots: number): Lease {
    this.#held += slots;
    let open = true;
    return {
      slots: { [this.name]: slots },
      [Symbol.dispose]: () => {
        if (!open) return;
        open = false;
        this.#held -= slots;
        this.#serve();
      },
    };
  }

  #refusal(doing: string): CodedError {
    return jobkitError("POOL_CLOSED", `${doing} a slot of pool ${this.name}`);
  }

  #tooSmall(slots: number): CodedError {
    return jobkitError(
      "POOL_TOO_SMALL",
      `waiting for ${slots} of the ${this.#size} slots of pool ${this.name}`,
    );
  }
}

function wholeSlots(name: string, slots: number): number {
  if (!Number.isInteger(slots) || slots < 1)
    throw new RangeError(`pool ${name}: ${slots} is not a whole number of slots`);
  return slots;
}
