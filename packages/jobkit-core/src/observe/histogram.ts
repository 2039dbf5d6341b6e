/**
 * Counts of values in buckets that grow with the value: 64 equal buckets per power of two, chosen by the
 * bits of the number itself (exponent and first six bits of the fraction; the scheme of HdrHistogram,
 * Tene 2012, on IEEE 754 binary64). Reported in the bucket's middle, a value is off by at most 1/129 of
 * itself; 32 buckets would allow 1/65, which is more than the one percent promised (ADR 0005).
 *
 * Exact from 2^-10 (a microsecond, counted in ms) to 2^50; what lies outside is counted at the edge.
 * Memory: 512 bytes for each power of two that was met.
 */

const SUB_BITS = 6;
const SUB_BUCKETS = 2 ** SUB_BITS;
const LEAST_EXPONENT = -10;
const OCTAVES = 60;
const EXPONENT_BIAS = 1023;
const FIRST = (LEAST_EXPONENT + EXPONENT_BIAS) * SUB_BUCKETS;
const BUCKETS = OCTAVES * SUB_BUCKETS;
/** Bits of the upper word below the six that number the bucket. */
const SHIFT = 20 - SUB_BITS;

/** Places in the totals of a histogram. */
const COUNT = 0;
const TINY = 1;
const SUM = 2;
const MIN = 3;
const MAX = 4;

/** Every quantile is within this share of a value that was recorded there. */
export const HISTOGRAM_ERROR_MAX = 1 / (2 * SUB_BUCKETS + 1);

/** A histogram as plain data: only the buckets that hold something. */
export interface HistogramExport {
  /** Version of the bucket scheme. Another one is refused. */
  readonly scheme: 1;
  readonly count: number;
  readonly sum: number;
  readonly min: number | null;
  readonly max: number | null;
  /** Values that were zero or below 2^-10. */
  readonly tiny: number;
  /** Pairs of bucket number and count, ascending. */
  readonly buckets: readonly (readonly [number, number])[];
}

/** One bucket: values from `from` (included) to `to` (excluded). */
export interface HistogramBucket {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Values, counted. Mergeable, exportable; quantiles within {@link HISTOGRAM_ERROR_MAX}. */
export class Histogram {
  readonly #number = new Float64Array(1);
  readonly #words = new Uint32Array(this.#number.buffer);
  readonly #upper = upperWord();
  readonly #octaves: (Float64Array | undefined)[] = Array.from({ length: OCTAVES });
  /** Count, tiny, sum, min and max: in one typed array, so that writing them never allocates. */
  readonly #totals = Float64Array.of(0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);

  get count(): number {
    return this.#totals[COUNT] ?? 0;
  }
  get sum(): number {
    return this.#totals[SUM] ?? 0;
  }
  /** Exact. `null` while nothing was recorded. */
  get min(): number | null {
    return this.count === 0 ? null : (this.#totals[MIN] ?? null);
  }
  /** Exact. `null` while nothing was recorded. */
  get max(): number | null {
    return this.count === 0 ? null : (this.#totals[MAX] ?? null);
  }
  get mean(): number | null {
    return this.count === 0 ? null : this.sum / this.count;
  }

  /** Count one value. Below zero counts as zero; what is not a finite number is not counted. */
  record(value: number): void {
    if (!(value < Number.POSITIVE_INFINITY)) return;
    if (value < 0) {
      if (value === Number.NEGATIVE_INFINITY) return;
      value = 0;
    }
    const totals = this.#totals;
    totals[COUNT] = (totals[COUNT] ?? 0) + 1;
    totals[SUM] = (totals[SUM] ?? 0) + value;
    if (value < (totals[MIN] ?? 0)) totals[MIN] = value;
    if (value > (totals[MAX] ?? 0)) totals[MAX] = value;
    this.#number[0] = value;
    const at = ((this.#words[this.#upper] ?? 0) >>> SHIFT) - FIRST;
    if (at < 0) totals[TINY] = (totals[TINY] ?? 0) + 1;
    else this.#increase(at < BUCKETS ? at : BUCKETS - 1, 1);
  }

  /** The value below which a share `q` (0 to 1) of the values lies, by nearest rank; `null` while there is none. */
  quantile(q: number): number | null {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile ${q} is not from 0 to 1`);
    const { count, min, max } = this;
    if (min === null || max === null) return null;
    const rank = Math.max(1, Math.ceil(q * count));
    let seen = this.#totals[TINY] ?? 0;
    if (rank <= seen) return min;
    for (const bucket of this.buckets()) {
      seen += bucket.count;
      if (rank <= seen) return Math.min(max, Math.max(min, middle(bucket.from, bucket.to)));
    }
    return max;
  }

  /** The buckets that hold something, ascending. Values below 2^-10 are not among them. */
  *buckets(): Generator<HistogramBucket> {
    for (const [at, count] of this.#filled()) yield { from: lowerEdge(at), to: lowerEdge(at + 1), count };
  }

  /** Add what another one counted. Equal to having recorded both in one, but for the rounding of `sum`. */
  merge(other: Histogram): void {
    for (const [at, count] of other.#filled()) this.#increase(at, count);
    for (const at of [COUNT, TINY, SUM])
      this.#totals[at] = (this.#totals[at] ?? 0) + (other.#totals[at] ?? 0);
    this.#totals[MIN] = Math.min(this.#totals[MIN] ?? 0, other.#totals[MIN] ?? 0);
    this.#totals[MAX] = Math.max(this.#totals[MAX] ?? 0, other.#totals[MAX] ?? 0);
  }

  export(): HistogramExport {
    const { count, sum, min, max } = this;
    return { scheme: 1, count, sum, min, max, tiny: this.#totals[TINY] ?? 0, buckets: [...this.#filled()] };
  }

  /** @throws RangeError where the data is of another scheme or does not add up. */
  static import(data: HistogramExport): Histogram {
    const made = new Histogram();
    let counted = data.tiny;
    for (const [at, count] of data.buckets) {
      if (!Number.isInteger(at) || at < 0 || at >= BUCKETS || !(count > 0))
        throw new RangeError(`histogram: bucket ${at} with ${count} values`);
      made.#increase(at, count);
      counted += count;
    }
    if (data.scheme !== 1 || counted !== data.count)
      throw new RangeError("histogram: its counts do not add up");
    made.#totals[COUNT] = data.count;
    made.#totals[TINY] = data.tiny;
    made.#totals[SUM] = data.sum;
    made.#totals[MIN] = data.min ?? Number.POSITIVE_INFINITY;
    made.#totals[MAX] = data.max ?? Number.NEGATIVE_INFINITY;
    return made;
  }

  #increase(at: number, by: number): void {
    const octave = at >>> SUB_BITS;
    const slots = (this.#octaves[octave] ??= new Float64Array(SUB_BUCKETS));
    const slot = at & (SUB_BUCKETS - 1);
    slots[slot] = (slots[slot] ?? 0) + by;
  }

  *#filled(): Generator<[number, number]> {
    for (const [octave, slots] of this.#octaves.entries())
      for (const [slot, count] of slots?.entries() ?? [])
        if (count > 0) yield [octave * SUB_BUCKETS + slot, count];
  }
}

/** The number whose relative distance to both edges is the same: least error over the bucket. */
function middle(from: number, to: number): number {
  return (2 * from * to) / (from + to);
}

function lowerEdge(at: number): number {
  return 2 ** (LEAST_EXPONENT + Math.floor(at / SUB_BUCKETS)) * (1 + (at % SUB_BUCKETS) / SUB_BUCKETS);
}

/** Which of the two 32-bit words of a number holds the exponent on this machine. */
function upperWord(): 0 | 1 {
  return new Uint32Array(new Float64Array([1]).buffer)[0] === 0 ? 1 : 0;
}
