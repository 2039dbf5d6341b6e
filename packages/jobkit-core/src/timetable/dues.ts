/** The due times of one schedule: pure functions of time. All times are wall time in ms since 1970. */
export interface Dues {
  /** The first due time strictly after `afterMs`; `null` where none ever comes. */
  readonly next: (afterMs: number) => number | null;
  /** The last `max` due times up to and including `untilMs`, oldest first. */
  readonly latest: (untilMs: number, max: number) => readonly number[];
}

/** Which due times, in a range that includes its start and excludes its end. */
export interface DueRange {
  readonly fromMs: number;
  readonly toMs: number;
  /** At most so many. */
  readonly max: number;
}

/** The due times of a range, in order. */
export function dueTimes(dues: Dues, { fromMs, toMs, max }: DueRange): readonly number[] {
  const found: number[] = [];
  // Due times are whole ms, so the last one before the range ends at or before this.
  let dueMs = dues.next(Math.ceil(fromMs) - 1);
  while (dueMs !== null && dueMs < toMs && found.length < max) {
    found.push(dueMs);
    dueMs = dues.next(dueMs);
  }
  return found;
}
