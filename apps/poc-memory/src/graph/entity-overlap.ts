/**
 * How much it tells when two memories share an entity of a kind: an error is rarely met by chance, a command is
 * used everywhere. Whole numbers, so that sums are exact in any order; fixed, because strengths that depend on the
 * rest of the store would all change with each memory.
 */
const KIND_WEIGHTS: Readonly<Record<string, number>> = {
  error: 20,
  symbol: 15,
  file: 10,
  package: 7,
  command: 4,
};

/** Weight of an entity of any other kind, such as one that a person or an import has named. */
const OTHER_WEIGHT = 10;

/** Less overlap than this makes no link: two episodes that share one file of many are not related. */
export const SHARED_OVERLAP_MIN = 0.05;

/** Strength is this times the overlap: sets of ten that share three are well related, and have an overlap of 0.18. */
const STRENGTH_PER_OVERLAP = 3;

/** Shared entities over all entities of both, each weighed by its kind (weighted Jaccard). 0 to 1. Both sorted or not. */
export function overlap(a: readonly string[], b: readonly string[]): number {
  const mine = new Set(a);
  let [shared, all] = [0, 0];
  for (const name of mine) all += weightOf(name);
  for (const name of new Set(b)) {
    if (mine.has(name)) shared += weightOf(name);
    else all += weightOf(name);
  }
  return all === 0 ? 0 : shared / all;
}

/** Strength of the link of two memories with this overlap, 0.15 to 1. */
export function linkStrength(share: number): number {
  return Math.min(1, STRENGTH_PER_OVERLAP * share);
}

/** How much one entity counts. */
export function weightOf(entity: string): number {
  const kind = entity.slice(0, Math.max(0, entity.indexOf(":")));
  return KIND_WEIGHTS[kind] ?? OTHER_WEIGHT;
}
