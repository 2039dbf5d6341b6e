/**
 * What happened to tasks, in numbers, for health rules, the status and dashboards. Nothing listens for it: the
 * bus counts by job and label anyway, and here it is only read, when somebody asks. Memory is bounded as the
 * series of the bus are.
 *
 * All of it is since this process began. Only the plain counters of the bus go on from process to process.
 */
import type { Clock } from "../base/clock.ts";
import type { EventBus } from "../events/bus.ts";
import type { EventSeries, LabelledCount } from "../events/series.ts";
import { distributionOf, type Distribution } from "./distribution.ts";
import type {
  JobMetrics,
  MetricsGiven,
  MetricsSnapshot,
  PlacesGauge,
  PlacesMetrics,
  PoolMetrics,
  RecentEnds,
} from "./snapshot.ts";
import { Window } from "./window.ts";

/** How far back "recent" reaches, by default: long enough to hold some tasks, short enough to be about now. */
export const METRICS_RECENT_MS = 300_000;

/** What metrics are read from. */
export interface MetricsOptions {
  readonly bus: Pick<EventBus, "labelledCounts" | "histograms">;
  readonly clock: Pick<Clock, "now" | "monotonic">;
  /** Default {@link METRICS_RECENT_MS}. */
  readonly recentMs?: number;
}

/** How many ended how, at one moment. */
interface Ends {
  readonly done: number;
  readonly failed: number;
  readonly finished: number;
}

const NO_ENDS: Ends = { done: 0, failed: 0, finished: 0 };

/** Reads the metrics of one bus. Owns no timer: whoever wants to know what is recent asks now and then. */
export class Metrics {
  readonly #bus: MetricsOptions["bus"];
  readonly #clock: MetricsOptions["clock"];
  readonly #recentMs: number;
  readonly #startedMs: number;
  readonly #windows = new Map<string | null, Window<Ends>>();
  /** When somebody last asked: a job that is new since then had nothing before. */
  #askedMs: number;

  constructor({ bus, clock, recentMs = METRICS_RECENT_MS }: MetricsOptions) {
    this.#bus = bus;
    this.#clock = clock;
    this.#recentMs = recentMs;
    this.#startedMs = clock.monotonic();
    this.#askedMs = this.#startedMs;
  }

  /** Everything now. Also the look by which the next answers know what is recent. */
  snapshot({ queue = [], lanes = [], pools = [] }: MetricsGiven = {}): MetricsSnapshot {
    const atMs = this.#clock.now();
    const nowMs = this.#clock.monotonic();
    const counts = Map.groupBy(this.#bus.labelledCounts().filter(isOfTask), ({ job }) => job);
    const series = this.#bus.histograms();
    const byJob = Map.groupBy(series, ({ job }) => job);
    const jobs = [...counts].map(([job, own]) => this.#job(job, own, byJob.get(job) ?? [], nowMs));
    this.#askedMs = nowMs;
    return {
      atMs,
      sinceStartMs: nowMs - this.#startedMs,
      jobs: jobs.toSorted((a, b) => ((a.job ?? "") < (b.job ?? "") ? -1 : 1)),
      queue: queue.map(({ job, counts: held, oldestDueAtMs }) => ({
        job,
        counts: held,
        oldestAgeMs: oldestDueAtMs === null ? 0 : Math.max(0, atMs - oldestDueAtMs),
      })),
      lanes: lanes.map(placesOf),
      pools: poolsOf(pools, series),
    };
  }

  #job(
    job: string | null,
    counts: readonly LabelledCount[],
    series: readonly EventSeries[],
    nowMs: number,
  ): JobMetrics {
    const ends = counts.filter(({ ev }) => ev === "task.finished");
    const outcomes = Object.fromEntries(ends.map(({ labels, value }) => [labels["outcome"] ?? "", value]));
    const { done = 0, failed = 0 } = outcomes;
    const finished = totalOf(ends);
    const finishes = series.filter(({ ev }) => ev === "task.finished");
    const attempts = finishes.find(
      ({ field, labels }) => field === "attempts" && labels["outcome"] === "done",
    );
    const waits = series.find(({ ev, field }) => ev === "task.started" && field === "waitedMs");
    return {
      job,
      started: totalOf(counts.filter(({ ev }) => ev === "task.started")),
      finished,
      outcomes,
      retries: totalOf(counts.filter(({ ev }) => ev === "task.retrying")),
      successRate: shareOf(done, failed),
      attemptsPerSuccess: attempts?.histogram.mean ?? null,
      recent: this.#recent(job, { done, failed, finished }, nowMs),
      waitedMs: waits === undefined ? null : distributionOf(waits),
      ranMs: byOutcome(finishes.filter(({ field }) => field === "ranMs")),
    };
  }

  #recent(job: string | null, ends: Ends, nowMs: number): RecentEnds | null {
    let window = this.#windows.get(job);
    if (window === undefined) {
      window = new Window(this.#recentMs);
      window.sample(this.#askedMs, NO_ENDS);
      this.#windows.set(job, window);
    }
    window.sample(nowMs, ends);
    const { span } = window;
    if (span === null) return null;
    const { from, to, overMs } = span;
    const [done, failed] = [to.done - from.done, to.failed - from.failed];
    const finishedPerS = (to.finished - from.finished) / (overMs / 1000);
    return { overMs, done, failed, finishedPerS, successRate: shareOf(done, failed) };
  }
}

/** What pools and schedules count by job is no sign that a task of it ever started. */
function isOfTask({ ev }: LabelledCount): boolean {
  return ev.startsWith("task.");
}

function byOutcome(series: readonly EventSeries[]): Readonly<Record<string, Distribution>> {
  const found: Record<string, Distribution> = {};
  for (const one of series) {
    const distribution = distributionOf(one);
    if (distribution !== null) found[one.labels["outcome"] ?? ""] = distribution;
  }
  return found;
}

/** The pools that were given and those that somebody waited for, by name. */
function poolsOf(given: readonly PlacesGauge[], series: readonly EventSeries[]): readonly PoolMetrics[] {
  const waited = series.filter(({ ev }) => ev === "pool.waited");
  const names = new Set([
    ...given.map(({ name }) => name),
    ...waited.map(({ labels }) => labels["pool"] ?? ""),
  ]);
  return [...names].toSorted().map((pool) => {
    const slots = given.find(({ name }) => name === pool);
    const own = waited.filter(({ labels }) => labels["pool"] === pool);
    const waits = own.flatMap((one) => {
      const waitedMs = distributionOf(one);
      return waitedMs === null ? [] : [{ job: one.job, waitedMs }];
    });
    return { pool, slots: slots === undefined ? null : placesOf(slots), waits };
  });
}

function placesOf({ name, size, busy }: PlacesGauge): PlacesMetrics {
  return { name, size, busy, utilisation: size === 0 ? (busy === 0 ? 0 : 1) : busy / size };
}

function shareOf(done: number, failed: number): number | null {
  return done + failed === 0 ? null : done / (done + failed);
}

function totalOf(counts: readonly LabelledCount[]): number {
  return counts.reduce((sum, { value }) => sum + value, 0);
}
