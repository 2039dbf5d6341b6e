/** Where the buckets of a histogram lie. */

export const SUB_BITS = 6;
export const SUB_BUCKETS = 2 ** SUB_BITS;
export const LEAST_EXPONENT = -10;
export const OCTAVES = 60;
export const BUCKETS = OCTAVES * SUB_BUCKETS;

/** Where a bucket begins; the value itself belongs to the bucket before. */
export function lowerEdge(at: number): number {
  return 2 ** (LEAST_EXPONENT + Math.floor(at / SUB_BUCKETS)) * (1 + (at % SUB_BUCKETS) / SUB_BUCKETS);
}
