import type { RateLimit } from "../job/job.ts";

/**
 * How many attempts of a job may begin now, so that within any window of `perMs` no more than `starts` do.
 * Exact: it remembers the last `starts` beginnings and nothing else. All times are monotonic, so a jump of
 * the wall clock neither opens nor shuts the gate.
 */
export class StartRate {
  readonly #perMs: number;
  /** A ring: when the last beginnings were. */
  readonly #begunMs: Float64Array;
  #next = 0;

  constructor({ starts, perMs }: RateLimit) {
    this.#perMs = perMs;
    this.#begunMs = new Float64Array(starts).fill(Number.NEGATIVE_INFINITY);
  }

  /** So many may begin at `nowMs`. Costs the logarithm of `starts`. */
  allowed(nowMs: number): number {
    const ring = this.#begunMs;
    let low = 0;
    let high = ring.length;
    // From the oldest on the ring ascends: find the first that still counts.
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#at(middle) + this.#perMs <= nowMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** One begins. It must have been allowed. */
  begin(nowMs: number): void {
    this.#begunMs[this.#next] = nowMs;
    this.#next = (this.#next + 1) % this.#begunMs.length;
  }

  /** Monotonic ms at which one more is allowed; in the past where one is. */
  nextMs(): number {
    return this.#at(0) + this.#perMs;
  }

  /** The beginning that is so many places behind the oldest. */
  #at(place: number): number {
    return this.#begunMs[(this.#next + place) % this.#begunMs.length] ?? Number.NEGATIVE_INFINITY;
  }
}
