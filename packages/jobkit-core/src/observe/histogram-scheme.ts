/** The arithmetic of the buckets of a histogram: which bucket a number falls into, and where buckets begin. */

export const SUB_BITS = 6;
export const SUB_BUCKETS = 2 ** SUB_BITS;
export const OCTAVES = 60;
export const BUCKETS = OCTAVES * SUB_BUCKETS;

const LEAST_EXPONENT = -10;
const EXPONENT_BIAS = 1023;
const FIRST = (LEAST_EXPONENT + EXPONENT_BIAS) * SUB_BUCKETS;
/** Bits of the upper word below the six that number the bucket. */
const SHIFT = 20 - SUB_BITS;

/**
 * The bucket of a number that is not negative, by its two 32-bit words; below 0 for what is too small to have
 * one, from {@link BUCKETS} on for what is too large. An edge belongs to the bucket below it: the number just
 * below an edge, in the order of the bits, is the last one of that bucket.
 */
export function bucketOf(upper: number, lower: number): number {
  return ((upper - (lower === 0 ? 1 : 0)) >> SHIFT) - FIRST;
}

/** Where a bucket begins; the value itself belongs to the bucket before. */
export function lowerEdge(at: number): number {
  return 2 ** (LEAST_EXPONENT + Math.floor(at / SUB_BUCKETS)) * (1 + (at % SUB_BUCKETS) / SUB_BUCKETS);
}
