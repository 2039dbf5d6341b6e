import type { HealthFacts, TotalsFact } from "./facts.ts";

/** What changed over the last while. */
export interface Recent {
  /** How long that while is, in ms; 0 at the first look. */
  readonly windowMs: number;
  /** What the totals grew by; jobs without change are left out. */
  readonly totals: readonly TotalsFact[];
  /** Tasks waiting, by job: at the beginning of the while, in its middle, and now. */
  readonly backlog: readonly { readonly job: string; readonly was: readonly [number, number, number] }[];
  /** Due times missed, by schedule; those without any are left out. */
  readonly missed: readonly { readonly name: string; readonly count: number }[];
  /** Events lost, by reader; those without any are left out. */
  readonly dropped: readonly { readonly name: string; readonly count: number }[];
  /** The largest jump of the wall clock against the monotonic one, in ms; negative for backwards, 0 for none. */
  readonly clockJumpMs: number;
}

/** What a rule is shown: the facts of now, and what the monitor itself has seen. A value. */
export interface HealthMoment extends HealthFacts {
  /** Wall time in ms since 1970. */
  readonly nowMs: number;
  readonly monotonicMs: number;
  readonly recent: Recent;
  /** How much later than it should the monitor was woken, in ms: the event loop was held up for so long. */
  readonly lateMs: number;
}

/** A while in which nothing has happened. */
export const nothingRecent: Recent = {
  windowMs: 0,
  totals: [],
  backlog: [],
  missed: [],
  dropped: [],
  clockJumpMs: 0,
};
