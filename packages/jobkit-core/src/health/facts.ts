/**
 * What health is judged by: plain data about one moment, gathered by whoever owns the parts. Lengths of time
 * come as ms that have passed, by the monotonic clock, so that a jump of the wall clock raises no alarm but
 * its own. Counts "so far" only grow; what they grew by lately is worked out here (see recent.ts).
 */
import type { TaskId } from "../base/ids.ts";
import type { HeldReason } from "../queue/room.ts";
import type { TaskCount } from "../queue/queue-store.ts";

/** One attempt that runs. */
export interface RunningFact {
  readonly task: TaskId;
  readonly job: string;
  readonly ranMs: number;
  /**
   * Since it last said how far it is; since its start where it has said nothing but earlier attempts of its
   * job have. `null` for jobs that never say.
   */
  readonly silentMs: number | null;
  /** Its timeout; Infinity for none. */
  readonly timeoutMs: number;
  /** Slots it holds, by pool. */
  readonly slots: Readonly<Record<string, number>>;
  /** True where it runs in a thread of its own, so that it cannot hold up the others. */
  readonly apart: boolean;
}

/** A job with a due task that does not start, and why. */
export interface HeldFact {
  readonly job: string;
  readonly reason: HeldReason;
  /** Since it has been held for this reason. */
  readonly heldMs: number;
}

/** How long attempts of a job take, as far as is known. */
export interface DurationFact {
  readonly job: string;
  /** Values behind the percentiles. */
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What became of the attempts of a job so far. */
export interface TotalsFact {
  readonly job: string;
  readonly done: number;
  readonly failed: number;
  readonly retried: number;
  /** Of those that failed or are retried: stopped at their timeout. */
  readonly timedOut: number;
  /** Of those: did not stop when they were told to, and were given up; they may still be running. */
  readonly abandoned: number;
  /** Of those that failed: at their deadline. */
  readonly expired: number;
}

/** A task whose process died while it ran. */
export interface LostFact {
  readonly task: string;
  readonly job: string;
  /** Attempts it has had by then. */
  readonly attempts: number;
}

/** One schedule. */
export interface ScheduleFact {
  readonly name: string;
  /** Since it should have fired; 0 where it is on time. */
  readonly overdueMs: number;
  /** Due times so far that passed while nobody was there. */
  readonly missed: number;
}

/** One reader of the event stream. */
export interface ReaderFact {
  readonly name: string;
  /** Since something has been waiting for it without a break. */
  readonly behindMs: number;
  /** Events it has lost so far. */
  readonly dropped: number;
}

/** One check of a job, as it stands. */
export interface CheckFact {
  readonly job: string;
  readonly check: "startup" | "ready" | "live";
  /** "unknown" until it has been told well or unwell for the first time. */
  readonly state: "unknown" | "well" | "unwell";
  /** Since it has been in this state. */
  readonly sinceMs: number;
  /** What it said last; "" where that was that all is well. */
  readonly why: string;
}

/** The queue store, as its user sees it. */
export interface StoreFact {
  /** Calls that were refused since the last one that was not. */
  readonly failuresInARow: number;
  /** How long its slow calls take lately, in ms; `null` where that is not known. */
  readonly slowMs: number | null;
}

/** Everything there is to know. What a source does not know, it leaves empty: see {@link noFacts}. */
export interface HealthFacts {
  readonly running: readonly RunningFact[];
  readonly lanes: readonly { readonly group: string; readonly size: number; readonly busy: number }[];
  readonly pools: readonly { readonly name: string; readonly size: number; readonly held: number }[];
  readonly held: readonly HeldFact[];
  readonly queue: readonly TaskCount[];
  /** By job with a task that could run: since when the first of them could. Empty while nothing is to start. */
  readonly waiting: readonly { readonly job: string; readonly waitedMs: number }[];
  readonly durations: readonly DurationFact[];
  readonly totals: readonly TotalsFact[];
  readonly lost: readonly LostFact[];
  readonly schedules: readonly ScheduleFact[];
  readonly readers: readonly ReaderFact[];
  readonly checks: readonly CheckFact[];
  readonly store: StoreFact | null;
  /** Longest time for which the event loop did nothing else, since it was last asked for; `null`: not known. */
  readonly loopBlockedMs: number | null;
}

/** Nothing known: what is left out of a source's answer. */
export const noFacts: HealthFacts = {
  running: [],
  lanes: [],
  pools: [],
  held: [],
  queue: [],
  waiting: [],
  durations: [],
  totals: [],
  lost: [],
  schedules: [],
  readers: [],
  checks: [],
  store: null,
  loopBlockedMs: null,
};
