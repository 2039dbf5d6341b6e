import type { Distribution } from "./distribution.ts";

/** What the queue holds of one job, as whoever asks for metrics found it in the store. */
export interface QueueGauge {
  readonly job: string;
  /** How many tasks, by state. */
  readonly counts: Readonly<Record<string, number>>;
  /** Wall time in ms at which the oldest task that could run was due; `null` where none could. */
  readonly oldestDueAtMs: number | null;
}

/** Places of one kind, and how many of them are taken: the lanes of a group, the slots of a pool. */
export interface PlacesGauge {
  readonly name: string;
  readonly size: number;
  readonly busy: number;
}

/** What metrics cannot count by themselves, as it stands now. What is left out is not in the snapshot. */
export interface MetricsGiven {
  readonly queue?: readonly QueueGauge[];
  readonly lanes?: readonly PlacesGauge[];
  readonly pools?: readonly PlacesGauge[];
}

/** What ended of a job within a window. */
export interface RecentEnds {
  /** Length of the window, as it was really looked at. */
  readonly overMs: number;
  readonly done: number;
  readonly failed: number;
  /** Of every outcome. */
  readonly finishedPerS: number;
  /** `null` where nothing was done and nothing failed. */
  readonly successRate: number | null;
}

/** One job, counted since this process began. */
export interface JobMetrics {
  /** `null`: what belongs to no job; {@link OTHER_JOBS}: jobs beyond the bound of 200, together. */
  readonly job: string | null;
  readonly started: number;
  readonly finished: number;
  /** How many ended how. Outcomes that never came are left out. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Failed attempts that were followed by another. */
  readonly retries: number;
  /** Done, of what was done or failed: what was cancelled or skipped is nobody's failure. `null` for none. */
  readonly successRate: number | null;
  /** How many attempts a task that was done took, on average; `null` for none. */
  readonly attemptsPerSuccess: number | null;
  /** `null` until some time lies between two snapshots. */
  readonly recent: RecentEnds | null;
  /** Time from being due to starting, in ms. */
  readonly waitedMs: Distribution | null;
  /** Time of the last attempt in ms, by outcome. */
  readonly ranMs: Readonly<Record<string, Distribution>>;
}

/** Places with how far they are used. */
export interface PlacesMetrics extends PlacesGauge {
  /** 0 to 1, and above while a pool that was made smaller drains. */
  readonly utilisation: number;
}

/** One pool. */
export interface PoolMetrics {
  readonly pool: string;
  /** `null` where it was not given. */
  readonly slots: PlacesMetrics | null;
  /** How long the tasks of each job that had to wait for its slots did so, in ms. */
  readonly waits: readonly { readonly job: string | null; readonly waitedMs: Distribution }[];
}

/** What the queue holds of one job. */
export interface QueueMetrics {
  readonly job: string;
  readonly counts: Readonly<Record<string, number>>;
  /** How long the oldest task that could run has been due; 0 where none could. */
  readonly oldestAgeMs: number;
}

/** Everything at one moment. Plain JSON. */
export interface MetricsSnapshot {
  /** Wall time in ms since 1970. */
  readonly atMs: number;
  readonly sinceStartMs: number;
  /** By name; what belongs to no job first. */
  readonly jobs: readonly JobMetrics[];
  readonly queue: readonly QueueMetrics[];
  readonly lanes: readonly PlacesMetrics[];
  readonly pools: readonly PoolMetrics[];
}
