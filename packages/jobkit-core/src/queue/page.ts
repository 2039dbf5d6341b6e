import type { ListRequest } from "./queue-store.ts";

/** Tasks of a page where the request does not say. */
const PAGE_DEFAULT = 100;
/** No page is longer, so that no answer is without bound. */
const PAGE_MAX = 1_000;
const CURSOR = /^\d{1,15}$/;

/** Tasks of the asked page: 1 to 1,000. */
export function pageLimit({ limit = PAGE_DEFAULT }: ListRequest): number {
  return Math.max(1, Math.min(PAGE_MAX, Math.floor(limit)));
}

/**
 * The order of adding behind which the page begins, or `null` for the first page.
 * @throws RangeError when the cursor is none that a store has given.
 */
export function pageCursor({ cursor }: ListRequest): number | null {
  if (cursor === undefined) return null;
  if (!CURSOR.test(cursor))
    throw new RangeError(`not a cursor of a list of tasks: ${JSON.stringify(cursor)}`);
  return Number(cursor);
}
