/** More rows than anybody asks for; SQLite would read a negative limit as none at all. */
const LIMIT_MAX = 1_000_000_000;

/** A limit from outside as one that SQLite takes: whole, from 0. */
export function wholeLimit(limit: number): number {
  return Number.isNaN(limit) ? 0 : Math.max(0, Math.min(LIMIT_MAX, Math.floor(limit)));
}
