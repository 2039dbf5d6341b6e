/**
 * Counts of values in buckets that grow with the value: 64 equal buckets per power of two, chosen by the
 * bits of the number itself (exponent and first six bits of the fraction; the scheme of HdrHistogram,
 * Tene 2012, on IEEE 754 binary64). Reported in the bucket's middle, a value is off by at most 1/129 of
 * itself; 32 buckets would allow 1/65, which is more than the one percent promised (ADR 0005).
 *
 * A bucket holds its upper edge, not its lower one: "at most 1,000 ms" is then an exact count, which is what
 * Prometheus means by `le`, and whole numbers stand where they belong.
 *
 * Exact above 2^-10 (a microsecond, counted in ms) to 2^50; what lies outside is counted at the edge.
 * Memory: 512 bytes for each power of two between the least and the greatest that was met.
 */
import { BUCKETS, LEAST_EXPONENT, lowerEdge, OCTAVES, SUB_BITS, SUB_BUCKETS } from "./histogram-scheme.ts";

/** Version of the bucket scheme. Version 1 held the lower edges. */
const SCHEME = 2;

/** Every quantile is within this share of a value that was recorded there. */
export const HISTOGRAM_ERROR_MAX = 1 / (2 * SUB_BUCKETS + 1);

/** A histogram as plain data: only the buckets that hold something. */
export interface HistogramExport {
  /** Version of the bucket scheme. Another one is refused. */
  readonly scheme: 2;
  readonly count: number;
  readonly sum: number;
  readonly min: number | null;
  readonly max: number | null;
  /** Values that were zero or at most 2^-10. */
  readonly tiny: number;
  /** Pairs of bucket number and count, ascending. */
  readonly buckets: readonly (readonly [number, number])[];
}

/** One bucket: values from `from` (excluded) to `to` (included). */
export interface HistogramBucket {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Places in the cells of a histogram; the buckets of the octaves that were met follow. */
const COUNT = 0;
const TINY = 1;
const SUM = 2;
const MIN = 3;
const MAX = 4;
const HEAD = 5;

const EXPONENT_BIAS = 1023;
const FIRST = (LEAST_EXPONENT + EXPONENT_BIAS) * SUB_BUCKETS;
/** Bits of the upper word below the six that number the bucket. */
const SHIFT = 20 - SUB_BITS;

/** The bits of the value that is being recorded. Shared: recording never waits, so nobody comes between. */
const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);
/** Which of the two 32-bit words of a number holds the exponent on this machine. */
const UPPER = new Uint32Array(Float64Array.of(1).buffer)[0] === 0 ? 1 : 0;
const LOWER = 1 - UPPER;

/** Values, counted. Mergeable, exportable; quantiles within {@link HISTOGRAM_ERROR_MAX}. */
export class Histogram {
  /** Totals and buckets in one typed array: writing a number into it never allocates. */
  #cells = Float64Array.of(0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
  /** Number of the first bucket that has a cell; always the first of its octave. */
  #first = 0;

  /** How many values were recorded. */
  get count(): number {
    return this.#cells[COUNT] ?? 0;
  }
  /** The sum of all values, exactly. */
  get sum(): number {
    return this.#cells[SUM] ?? 0;
  }
  /** Exact. `null` while nothing was recorded. */
  get min(): number | null {
    return this.count === 0 ? null : (this.#cells[MIN] ?? null);
  }
  /** Exact. `null` while nothing was recorded. */
  get max(): number | null {
    return this.count === 0 ? null : (this.#cells[MAX] ?? null);
  }
  /** The mean of all values; `null` where there are none. */
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
    number[0] = value;
    const cells = this.#cells;
    cells[COUNT] = (cells[COUNT] ?? 0) + 1;
    cells[SUM] = (cells[SUM] ?? 0) + value;
    if (value < (cells[MIN] ?? 0)) cells[MIN] = value;
    if (value > (cells[MAX] ?? 0)) cells[MAX] = value;
    const at = bucketOf(words[UPPER] ?? 0, words[LOWER] ?? 0);
    if (at < 0) cells[TINY] = (cells[TINY] ?? 0) + 1;
    else {
      const cell = at - this.#first + HEAD;
      if (cell >= HEAD && cell < cells.length) cells[cell] = (cells[cell] ?? 0) + 1;
      else this.#increase(at, 1);
    }
  }

  /** The value below which a share `q` (0 to 1) of the values lies, by nearest rank; `null` while there is none. */
  quantile(q: number): number | null {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile ${q} is not from 0 to 1`);
    const { count, min, max } = this;
    if (min === null || max === null) return null;
    const rank = Math.max(1, Math.ceil(q * count));
    let seen = this.#cells[TINY] ?? 0;
    if (rank <= seen) return min;
    for (const bucket of this.buckets()) {
      seen += bucket.count;
      if (rank <= seen) return Math.min(max, Math.max(min, middle(bucket.from, bucket.to)));
    }
    return max;
  }

  /**
   * How many values are at most `bounds[i]`, for each of the ascending bounds. Exact where a bound is an edge
   * of a bucket, such as any power of two from 2^-10 to 2^50; else the bucket it falls into is left out.
   */
  countsUpTo(bounds: readonly number[]): readonly number[] {
    const buckets = this.buckets();
    let next = buckets.next();
    let seen = this.#cells[TINY] ?? 0;
    return bounds.map((bound) => {
      for (; next.done !== true && next.value.to <= bound; next = buckets.next()) seen += next.value.count;
      return seen;
    });
  }

  /** The buckets that hold something, ascending. Values of at most 2^-10 are not among them. */
  *buckets(): Generator<HistogramBucket, undefined> {
    for (const [at, count] of this.#filled()) yield { from: lowerEdge(at), to: lowerEdge(at + 1), count };
  }

  /** Add what another one counted. Equal to having recorded both in one, but for the rounding of `sum`. */
  merge(other: Histogram): void {
    for (const [at, count] of other.#filled()) this.#increase(at, count);
    const [cells, added] = [this.#cells, other.#cells];
    for (const at of [COUNT, TINY, SUM]) cells[at] = (cells[at] ?? 0) + (added[at] ?? 0);
    cells[MIN] = Math.min(cells[MIN] ?? 0, added[MIN] ?? 0);
    cells[MAX] = Math.max(cells[MAX] ?? 0, added[MAX] ?? 0);
  }

  /** As plain JSON. */
  export(): HistogramExport {
    const { count, sum, min, max } = this;
    const tiny = this.#cells[TINY] ?? 0;
    return { scheme: SCHEME, count, sum, min, max, tiny, buckets: [...this.#filled()] };
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
    if (data.scheme !== SCHEME || counted !== data.count)
      throw new RangeError("histogram: its counts do not add up");
    const cells = made.#cells;
    cells[COUNT] = data.count;
    cells[TINY] = data.tiny;
    cells[SUM] = data.sum;
    cells[MIN] = data.min ?? Number.POSITIVE_INFINITY;
    cells[MAX] = data.max ?? Number.NEGATIVE_INFINITY;
    return made;
  }

  #increase(at: number, by: number): void {
    const inside = Math.min(at, BUCKETS - 1);
    this.#makeRoom(inside >>> SUB_BITS);
    const cell = inside - this.#first + HEAD;
    this.#cells[cell] = (this.#cells[cell] ?? 0) + by;
  }

  /** Give the octave cells, and all between it and those that have some. */
  #makeRoom(octave: number): void {
    const old = this.#cells;
    const octaves = (old.length - HEAD) / SUB_BUCKETS;
    const first = this.#first >>> SUB_BITS;
    const from = octaves === 0 ? octave : Math.min(first, octave);
    const to = Math.min(OCTAVES, octaves === 0 ? octave + 1 : Math.max(first + octaves, octave + 1));
    if (to - from === octaves) return;
    this.#cells = new Float64Array(HEAD + (to - from) * SUB_BUCKETS);
    this.#cells.set(old.subarray(0, HEAD));
    this.#cells.set(old.subarray(HEAD), HEAD + (octaves === 0 ? 0 : first - from) * SUB_BUCKETS);
    this.#first = from * SUB_BUCKETS;
  }

  *#filled(): Generator<[number, number], undefined> {
    // By number of the bucket, so that a value recorded between two steps shifts nothing.
    for (let at = this.#first; at - this.#first + HEAD < this.#cells.length; at += 1) {
      const count = this.#cells[at - this.#first + HEAD] ?? 0;
      if (count > 0) yield [at, count];
    }
  }
}

/**
 * The bucket of a number that is not negative, by its two 32-bit words; below 0 for what is too small to have
 * one, from {@link BUCKETS} on for what is too large. An edge belongs to the bucket below it: the number just
 * below an edge, in the order of the bits, is the last one of that bucket.
 */
function bucketOf(upper: number, lower: number): number {
  return ((upper - (lower === 0 ? 1 : 0)) >> SHIFT) - FIRST;
}

/** The number whose relative distance to both edges is the same: least error over the bucket. */
function middle(from: number, to: number): number {
  return (2 * from * to) / (from + to);
}
