/**
 * Counts what goes wrong from the event stream, for those facts of health that nobody else keeps: how tasks
 * ended by job, tasks that a process died over, missed due times, lost events. Bounded whatever happens.
 */
import type { Clock } from "../base/clock.ts";
import type { EventBus } from "../events/bus.ts";
import type { JobEvent } from "../events/event.ts";
import { OTHER_JOBS } from "../events/series.ts";
import type { LostFact, TotalsFact } from "./facts.ts";

/** So many jobs are told apart; the rest share one line. */
const JOBS_MAX = 200;
/** So many tasks, schedules and readers are remembered; the one that was told of longest ago goes first. */
const NAMES_MAX = 200;

const ROWS: ReadonlySet<string> = new Set([
  "task.finished",
  "task.retrying",
  "task.failed",
  "task.recovered",
  "schedule.missed",
  "subscriber.lagged",
  "scheduler.failed",
]);
/** Facts that are told only after the store took something. */
const TAKEN: ReadonlySet<string> = new Set(["task.finished", "task.retrying"]);

type Counts = { -readonly [K in keyof TotalsFact]: TotalsFact[K] };

/** Counts what goes wrong, as the event stream tells it. */
export class TroubleTally implements Disposable {
  readonly #listening: Disposable;
  readonly #totals = new Map<string, Counts>();
  readonly #lost = new Map<string, LostFact>();
  readonly #missed = new Map<string, number>();
  readonly #dropped = new Map<string, number>();
  readonly #clock: Pick<Clock, "monotonic">;
  #refused = 0;
  #refusedAtMs = 0;

  /** Listens to `bus` from now on, until disposed. */
  constructor(bus: Pick<EventBus, "listen">, clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
    this.#listening = bus.listen({ name: "trouble-tally", rows: (name) => ROWS.has(name) }, (event) =>
      this.add(event),
    );
  }

  /** Count one event more: for those of an event log, from before this process. Other rows count nothing. */
  add(event: JobEvent): void {
    const { ev, attrs } = event;
    if (TAKEN.has(ev)) this.#refused = 0;
    if (ev === "task.finished") this.#finished(event);
    else if (ev === "task.retrying") this.#retrying(event);
    else if (ev === "task.failed") this.#failed(event);
    else if (ev === "task.recovered") this.#died(event);
    else if (ev === "scheduler.failed") this.#refuse();
    else if (ev === "schedule.missed") increase(this.#missed, attrs["schedule"], attrs["missed"]);
    else if (ev === "subscriber.lagged") increase(this.#dropped, attrs["subscriber"], attrs["dropped"]);
  }

  /** How attempts ended so far, by job. */
  totals(): readonly TotalsFact[] {
    return [...this.#totals.values()].map((counts) => Object.assign({}, counts));
  }

  /** Tasks whose process died while they ran, and that have not ended well since. */
  lost(): readonly LostFact[] {
    return [...this.#lost.values()];
  }

  /**
   * How often the queue store has refused in a row. A store that is asked nothing says nothing: after
   * `quietMs` without another refusal it is believed to take again what it is given.
   */
  refusals(quietMs: number): number {
    return this.#clock.monotonic() - this.#refusedAtMs < quietMs ? this.#refused : 0;
  }

  /** Due times missed so far, by schedule. */
  missed(schedule: string): number {
    return this.#missed.get(schedule) ?? 0;
  }

  /** Events lost so far, by reader. */
  dropped(): readonly { readonly name: string; readonly dropped: number }[] {
    return [...this.#dropped].map(([name, dropped]) => ({ name, dropped }));
  }

  /** Listens to the event stream no longer. */
  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }

  #refuse(): void {
    this.#refused += 1;
    this.#refusedAtMs = this.#clock.monotonic();
  }

  #finished({ attrs, job }: JobEvent): void {
    const { outcome } = attrs;
    if (outcome === "done") this.#of(job).done += 1;
    else if (outcome === "failed") this.#of(job).failed += 1;
    // Cancelled is done with, too; a failed one may be retried by hand, and kill again.
    if (outcome !== "failed") this.#lost.delete(String(attrs["task"]));
  }

  #retrying(event: JobEvent): void {
    const counts = this.#of(event.job);
    counts.retried += 1;
    countCode(counts, event.attrs["code"]);
  }

  #failed(event: JobEvent): void {
    countCode(this.#of(event.job), event.attrs["code"]);
    if (event.attrs["code"] === "WORKER_LOST") this.#died(event);
  }

  #died({ attrs, job, attempt }: JobEvent): void {
    const task = String(attrs["task"]);
    this.#lost.delete(task);
    this.#lost.set(task, { task, job: job ?? "", attempts: attempt ?? 1 });
    forgetFirst(this.#lost);
  }

  #of(job: string | null): Counts {
    const name = job ?? "";
    const known = this.#totals.get(name);
    if (known !== undefined) return known;
    if (this.#totals.size >= JOBS_MAX && name !== OTHER_JOBS) return this.#of(OTHER_JOBS);
    const made: Counts = { job: name, done: 0, failed: 0, retried: 0, timedOut: 0, abandoned: 0, expired: 0 };
    this.#totals.set(name, made);
    return made;
  }
}

function countCode(counts: Counts, code: string | number | undefined): void {
  if (code === "TASK_TIMEOUT") counts.timedOut += 1;
  else if (code === "TASK_ABANDONED") counts.abandoned += 1;
  else if (code === "TASK_EXPIRED") counts.expired += 1;
}

function increase(
  counts: Map<string, number>,
  name: string | number | undefined,
  by: string | number | undefined,
): void {
  const key = String(name);
  const value = (counts.get(key) ?? 0) + Number(by);
  counts.delete(key);
  counts.set(key, value);
  forgetFirst(counts);
}

function forgetFirst(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    if (map.size <= NAMES_MAX) return;
    map.delete(key);
  }
}
