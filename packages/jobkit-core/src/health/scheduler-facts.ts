/**
 * The facts of one scheduler: asked of it, of its store and of the event stream, for a health monitor. What
 * it cannot know (schedules, readers, the event loop) the owner adds.
 */
import type { Clock } from "../base/clock.ts";
import type { EventBus } from "../events/bus.ts";
import type { Job } from "../job/job.ts";
import type { QueueStore } from "../queue/queue-store.ts";
import type { Scheduler } from "../schedule/scheduler.ts";
import type { RunningAttempt, SchedulerSnapshot } from "../schedule/snapshot.ts";
import type { CheckRunner } from "./check-runner.ts";
import type { DurationFact, HealthFacts, HeldFact, RunningFact } from "./facts.ts";
import { TroubleTally } from "./trouble-tally.ts";

/** What the facts are asked of. It owns none of it. */
export interface SchedulerFactsOptions {
  readonly scheduler: Pick<Scheduler, "snapshot">;
  readonly store: Pick<QueueStore, "counts" | "oldestDue">;
  readonly jobs: readonly Job[];
  readonly bus: Pick<EventBus, "listen" | "histograms">;
  readonly clock: Clock;
  readonly checks?: Pick<CheckRunner, "facts">;
  /** Groups of lanes that are threads of their own. Default: none. */
  readonly threads?: ReadonlySet<string>;
  /** As the scheduler's. Default 1,000. */
  readonly storeRetryMs?: number;
}

/** A store that has not refused for so long, in ms, is believed to be well, though nothing was given to it. */
const STORE_QUIET_MS = 60_000;
const STORE_RETRY_MS = 1_000;
/** The slowest of so many looks stands for the slow calls of the store. */
const LOOKS_MAX = 5;

/** Where an attempt was when it was first seen. */
interface Seen {
  readonly startedAtMs: number;
  /** Monotonic. */
  readonly beganMs: number;
}

/** Gathers what a health monitor asks about, of one scheduler. */
export class SchedulerFacts implements Disposable {
  readonly #options: SchedulerFactsOptions;
  readonly #jobs: ReadonlyMap<string, Job>;
  /** What goes wrong, as the event stream tells it. */
  readonly tally: TroubleTally;
  /** Jobs that have said how far they are, at least once. */
  readonly #speakers = new Set<string>();
  #seen: ReadonlyMap<string, Seen> = new Map();
  /** Jobs that find every lane in use, and when that was first seen; monotonic. */
  #crowdedSince: ReadonlyMap<string, number> = new Map();
  #lookMs: readonly number[] = [];

  constructor(options: SchedulerFactsOptions) {
    this.#options = options;
    this.#jobs = new Map(options.jobs.map((job) => [job.name, job]));
    this.tally = new TroubleTally(options.bus, options.clock);
  }

  /** Ask for everything. @throws what the store throws. */
  async gather(): Promise<Partial<HealthFacts>> {
    const { scheduler, store, clock, checks } = this.#options;
    const beganMs = clock.monotonic();
    const [queue, oldest] = await Promise.all([store.counts(), store.oldestDue(clock.now())]);
    this.#lookMs = [...this.#lookMs, clock.monotonic() - beganMs].slice(-LOOKS_MAX);
    const snapshot = scheduler.snapshot();
    const waiting = snapshot.draining ? [] : this.#waiting(oldest);
    return {
      running: this.#running(snapshot),
      lanes: snapshot.laneGroups.map(({ name, size, busy }) => ({ group: name, size, busy })),
      pools: snapshot.pools.map(({ name, size, held }) => ({ name, size, held })),
      held: this.#held(snapshot, waiting),
      queue,
      waiting,
      durations: this.#durations(),
      totals: this.tally.totals(),
      lost: this.tally.lost(),
      checks: checks?.facts() ?? [],
      store: { failuresInARow: this.tally.refusals(this.#quietMs), slowMs: Math.max(...this.#lookMs) },
    };
  }

  /** Listens to the event stream no longer. */
  [Symbol.dispose](): void {
    this.tally[Symbol.dispose]();
  }

  get #quietMs(): number {
    return Math.max(STORE_QUIET_MS, 2 * (this.#options.storeRetryMs ?? STORE_RETRY_MS));
  }

  /** Tasks of jobs that are not registered here are for another process to run. */
  #waiting(oldest: Readonly<Record<string, number>>): HealthFacts["waiting"] {
    const nowMs = this.#options.clock.now();
    return Object.entries(oldest)
      .filter(([job]) => this.#jobs.has(job))
      .map(([job, dueAtMs]) => ({ job, waitedMs: Math.max(0, nowMs - dueAtMs) }));
  }

  /** While every lane is in use the scheduler does not even ask what it would start: that is the reason. */
  #held({ held, lanesFree }: SchedulerSnapshot, waiting: HealthFacts["waiting"]): readonly HeldFact[] {
    const nowMs = this.#options.clock.monotonic();
    const told = Object.entries(held).map(([job, reason]) => ({ job, reason, heldMs: reason.forMs }));
    const crowded = lanesFree > 0 ? [] : waiting.filter(({ job }) => !Object.hasOwn(held, job));
    this.#crowdedSince = new Map(crowded.map(({ job }) => [job, this.#crowdedSince.get(job) ?? nowMs]));
    const reason = { kind: "no lane" } as const;
    const guessed = [...this.#crowdedSince].map(([job, since]) => ({ job, reason, heldMs: nowMs - since }));
    return [...told, ...guessed];
  }

  #running({ running }: SchedulerSnapshot): readonly RunningFact[] {
    for (const { job, progress } of running) if (progress !== null) this.#speakers.add(job);
    this.#seen = new Map(running.map((attempt) => [attempt.task, this.#look(attempt)]));
    return running.map((attempt) => this.#fact(attempt));
  }

  /** When an attempt began on the monotonic clock: a later jump of the wall clock makes none look old. */
  #look({ task, startedAtMs, silentForMs, progress }: RunningAttempt): Seen {
    const before = this.#seen.get(task);
    if (before?.startedAtMs === startedAtMs) return before;
    const { clock } = this.#options;
    const ranMs = progress === null ? silentForMs : Math.max(silentForMs, clock.now() - startedAtMs);
    return { startedAtMs, beganMs: clock.monotonic() - ranMs };
  }

  #fact({ task, job: name, silentForMs }: RunningAttempt): RunningFact {
    const { clock, threads } = this.#options;
    const job = this.#jobs.get(name);
    return {
      task,
      job: name,
      ranMs: clock.monotonic() - (this.#seen.get(task)?.beganMs ?? clock.monotonic()),
      silentMs: this.#speakers.has(name) ? silentForMs : null,
      timeoutMs: job?.timeoutMs ?? Number.POSITIVE_INFINITY,
      slots: job?.needs ?? {},
      apart: job !== undefined && threads?.has(job.lane) === true,
    };
  }

  #durations(): readonly DurationFact[] {
    return this.#options.bus.histograms().flatMap(({ ev, field, job, labels, histogram }) => {
      // Of those that ended well: what failed at once or at its timeout says nothing of how long work takes.
      if (ev !== "task.finished" || field !== "ranMs" || job === null || labels["outcome"] !== "done")
        return [];
      const [p50Ms, p99Ms] = [histogram.quantile(0.5), histogram.quantile(0.99)];
      return p50Ms === null || p99Ms === null ? [] : [{ job, count: histogram.count, p50Ms, p99Ms }];
    });
  }
}
