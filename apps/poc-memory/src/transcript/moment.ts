/** Times as transcripts write them. */

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/;
/** Before this no agent wrote transcripts; after it something else is meant. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

/** An ISO time with its zone as ms since 1970; `null` for anything else and outside the years 2000 to 2099. */
export function momentOf(value: unknown): number | null {
  if (typeof value !== "string" || !ISO.test(value)) return null;
  const atMs = Date.parse(value);
  return atMs >= EARLIEST_MS && atMs < LATEST_MS ? atMs : null;
}
