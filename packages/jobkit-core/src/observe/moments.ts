/**
 * Mean and spread of a row of values, over all of them and over the last ones, so that "slow just now"
 * and "slow always" can be told apart. Lifetime by Welford (1962), merged by Chan, Golub and LeVeque
 * (1979); recent by exponential weights, Finch, "Incremental calculation of weighted mean and variance"
 * (2009), section 9.
 */

/** Share of a new value in the recent mean: half of the weight lies in about the last 11 values. */
const RECENT_SHARE = 1 / 16;

/** Mean and standard deviation; both 0 while nothing was recorded. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/** Running mean and spread, lifetime and recent. Ten numbers of memory whatever is recorded. */
export class Moments {
  #count = 0;
  #mean = 0;
  #squares = 0;
  #recentMean = 0;
  #recentVariance = 0;

  /** How many values were recorded. */
  get count(): number {
    return this.#count;
  }

  /** Over everything recorded. The deviation is that of the whole population. */
  get lifetime(): Spread {
    return { mean: this.#mean, deviation: this.#count === 0 ? 0 : Math.sqrt(this.#squares / this.#count) };
  }

  /** Over the latest values, each weighing 15/16 of the one after it. */
  get recent(): Spread {
    return { mean: this.#recentMean, deviation: Math.sqrt(this.#recentVariance) };
  }

  /** Take one value in. What is not a finite number is left out. */
  record(value: number): void {
    if (!Number.isFinite(value)) return;
    this.#count += 1;
    const distance = value - this.#mean;
    this.#mean += distance / this.#count;
    this.#squares += distance * (value - this.#mean);
    if (this.#count === 1) {
      this.#recentMean = value;
      return;
    }
    const recent = value - this.#recentMean;
    const step = RECENT_SHARE * recent;
    this.#recentMean += step;
    this.#recentVariance = (1 - RECENT_SHARE) * (this.#recentVariance + recent * step);
  }

  /** Add what another one recorded to the lifetime part. "Recent" has no meaning across two rows: it stays. */
  merge(other: Moments): void {
    const count = this.#count + other.#count;
    if (other.#count === 0) return;
    if (this.#count === 0) {
      this.#recentMean = other.#recentMean;
      this.#recentVariance = other.#recentVariance;
    }
    const distance = other.#mean - this.#mean;
    this.#squares += other.#squares + (distance * distance * this.#count * other.#count) / count;
    this.#mean += (distance * other.#count) / count;
    this.#count = count;
  }
}
