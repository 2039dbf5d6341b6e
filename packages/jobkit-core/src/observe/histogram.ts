/**
 * Counts of values in buckets that grow with the value: 64 equal buckets per power of two, chosen by the
 * bits of the number itself (exponent and first six bits of the fraction; the scheme of HdrHistogram,
 * Tene 2012, on IEEE 754 binary64). Reported in the bucket's middle, a value is off by at most 1/129 of
 * itself; 32 buckets would allow 1/65, which is more than the one percent promised.
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
  readonly #octaves: (Float64Array | undefined)[] = Array.from({ length: OCTAVES });
  readonly #upper = upperWord();
  #tiny = 0;
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  get count(): number {
    return this.#count;
  }
  get sum(): number {
    return this.#sum;
  }
  /** Exact. `null` while nothing was recorded. */
  get min(): number | null {
    return this.#count === 0 ? null : this.#min;
  }
  /** Exact. `null` while nothing was recorded. */
  get max(): number | null {
    return this.#count === 0 ? null : this.#max;
  }
  get mean(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }

  /** Count one value. Below zero counts as zero; what is not a finite number is not counted. */
  record(value: number): void {
    if (!(value > 0)) {
      if (Number.isNaN(value)) return;
      value = 0;
    } else if (value === Number.POSITIVE_INFINITY) return;
    this.#count += 1;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    this.#number[0] = value;
    const at = ((this.#words[this.#upper] ?? 0) >>> SHIFT) - FIRST;
    if (at < 0) this.#tiny += 1;
    else this.#increase(at < BUCKETS ? at : BUCKETS - 1, 1);
  }

  /** The value below which a share `q` (0 to 1) of the values lies, by nearest rank; `null` while there is none. */
  quantile(q: number): number | null {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile ${q} is not from 0 to 1`);
    if (this.#count === 0) return null;
    const rank = Math.max(1, Math.ceil(q * this.#count));
    let seen = this.#tiny;
    if (rank <= seen) return Math.min(this.#max, Math.max(this.#min, 0));
    for (const { from, to, count } of this.buckets()) {
      seen += count;
      if (rank <= seen) return this.#within(middle(from, to));
    }
    return this.#max;
  }

  /** The buckets that hold something, ascending. Values below 2^-10 are not among them. */
  *buckets(): Generator<HistogramBucket> {
    for (const [at, count] of this.#filled()) yield { from: lowerEdge(at), to: lowerEdge(at + 1), count };
  }

  /** Add what another one counted. Equal to having recorded both in one, but for the rounding of `sum`. */
  merge(other: Histogram): void {
    for (const [at, count] of other.#filled()) this.#increase(at, count);
    this.#tiny += other.#tiny;
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  export(): HistogramExport {
    return {
      scheme: 1,
      count: this.#count,
      sum: this.#sum,
      min: this.min,
      max: this.max,
      tiny: this.#tiny,
      buckets: [...this.#filled()],
    };
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
    made.#tiny = data.tiny;
    made.#count = data.count;
    made.#sum = data.sum;
    made.#min = data.min ?? Number.POSITIVE_INFINITY;
    made.#max = data.max ?? Number.NEGATIVE_INFINITY;
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

  #within(value: number): number {
    return Math.min(this.#max, Math.max(this.#min, value));
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
