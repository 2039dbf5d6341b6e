import type { JobEvent } from "./event.ts";

/** Where durable events can be read again: an event log, or a ring in memory. */
export interface EventHistory {
  /**
   * The durable events numbered above `sinceSeq` that are still kept, in order, then the end (it does not
   * follow). Everything emitted before the call is among them, so whoever writes late writes first.
   * What is no longer kept is simply left out: the reader sees the hole by the numbers. Whoever stops
   * early calls `return`, after which nothing stays open.
   */
  read(sinceSeq: number): AsyncIterable<JobEvent>;
}

/** A log that is just being written may have more on the second look; on the third it has not. */
const FRUITLESS_MAX = 2;

/**
 * Fill the range of numbers `after` + 1 to `to` from a history: its events in order, and where numbers are
 * missing a hole instead. Every number of the range is accounted for exactly once, whatever the history does.
 */
export async function* readRange(
  history: EventHistory,
  after: number,
  to: number,
): AsyncGenerator<{ readonly event: JobEvent } | { readonly from: number; readonly to: number }> {
  let seen = after;
  let fruitless = 0;
  while (seen < to && fruitless < FRUITLESS_MAX) {
    const before = seen;
    for await (const event of history.read(seen)) {
      const told = toldLoss(event);
      const first = told?.from ?? event.seq;
      const last = told?.to ?? event.seq;
      if (last <= seen) continue;
      if (first > to) break;
      if (first > seen + 1) yield { from: seen + 1, to: first - 1 };
      if (told === null) yield { event };
      else yield { from: Math.max(seen + 1, first), to: Math.min(to, last) };
      seen = last;
      if (seen >= to) break;
    }
    fruitless = seen > before ? 0 : fruitless + 1;
  }
  if (seen < to) yield { from: seen + 1, to };
}

/** A history may itself hold the marker of a loss, written where its disk refused events. */
function toldLoss(event: JobEvent): { readonly from: number; readonly to: number } | null {
  if (event.ev !== "stream.gap") return null;
  const { from, to } = event.attrs;
  return typeof from === "number" && typeof to === "number" && from <= to ? { from, to } : { from: 0, to: 0 };
}
