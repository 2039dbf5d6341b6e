/**
 * What is never exceeded at any start: lanes by group, pools as large as they are now, a job's own limit, its
 * rate in every window, a task's attempts; and at rest, the time an attempt may take.
 */
import type { TaskId } from "../../base/ids.ts";
import type { JobEvent } from "../../events/event.ts";
import type { Job } from "../../job/job.ts";
import type { SchedulerSnapshot } from "../../schedule/snapshot.ts";
import type { Book } from "./book.ts";
import type { Complaints } from "./complaints.ts";

/** One attempt that runs. */
export interface RunningAttempt {
  readonly job: Job;
  readonly needs: Readonly<Record<string, number>>;
  readonly startedMs: number;
  /** It is abandoned when it has not ended after so many ms. */
  readonly msMax: number;
}

export interface LimitsOptions {
  readonly book: Book;
  readonly complaints: Complaints;
  readonly jobs: ReadonlyMap<string, Job>;
  readonly lanes: Readonly<Record<string, number>>;
  readonly monotonic: () => number;
}

export class LawOfLimits {
  /** As told by the events of the process that lives, but those whose end is to be told when it is durable. */
  readonly running = new Map<TaskId, RunningAttempt>();
  /** Sizes now. */
  readonly pools: Map<string, number>;
  readonly #options: LimitsOptions;
  /** By job with a rate: when its attempts began in this process, in monotonic ms. */
  readonly #begunMs = new Map<string, readonly number[]>();
  readonly #claimedMs = new Map<string, readonly number[]>();

  constructor(options: LimitsOptions, pools: Readonly<Record<string, number>>) {
    this.#options = options;
    this.pools = new Map(Object.entries(pools));
  }

  /** Another process begins: nothing runs, and no rate is remembered. */
  began(pools: Readonly<Record<string, number>>): void {
    this.running.clear();
    this.#begunMs.clear();
    this.#claimedMs.clear();
    for (const [name, size] of Object.entries(pools)) this.pools.set(name, size);
  }

  event(event: JobEvent): void {
    const id = event.attrs["task"] as TaskId;
    switch (event.ev) {
      case "task.started":
        this.#started(id, event);
        break;
      case "task.retrying":
      case "task.interrupted":
      case "task.forked":
      case "task.finished":
        this.running.delete(id);
    }
  }

  /** Its end is recorded, so that what it used is free; it is told when that is durable. */
  over(id: TaskId): void {
    this.running.delete(id);
  }

  /** So many attempts of it run. */
  runningOf(job: string): number {
    return [...this.running.values()].filter((one) => one.job.name === job).length;
  }

  /** A task was claimed, and counts for the rate of its job whether or not it starts. */
  claimed(job: string): void {
    this.#claimedMs.set(job, [...(this.#claimedMs.get(job) ?? []), this.#options.monotonic()]);
  }

  /** So many tasks of it were claimed within the last `ms`. */
  claimedWithin(job: string, ms: number): number {
    return this.#within(this.#claimedMs, job, ms);
  }

  /** Nothing is on its way: what is in use is what runs, and nothing runs for too long. */
  atRest({ laneGroups, pools }: SchedulerSnapshot): void {
    const { complaints, monotonic } = this.#options;
    const running = [...this.running.values()];
    for (const { name, busy } of laneGroups) {
      const inLane = running.filter(({ job }) => job.lane === name).length;
      if (busy !== inLane) complaints.add(`${busy} lanes of ${name} in use by ${inLane} attempts`);
    }
    for (const { name, held } of pools)
      if (held !== used(running, name))
        complaints.add(`${held} slots of ${name} held by attempts that need ${used(running, name)}`);
    for (const [id, { startedMs, msMax }] of this.running)
      if (monotonic() - startedMs > msMax) complaints.of(id, `runs for more than ${msMax} ms`);
  }

  #started(id: TaskId, { job: name, attempt }: JobEvent): void {
    const { book, complaints, jobs, monotonic } = this.#options;
    const job = jobs.get(name ?? "");
    if (job === undefined) return complaints.of(id, `started as job ${name}`);
    const limits = book.get(id)?.draft.limits ?? null;
    const { timeoutMs = job.timeoutMs, needs = job.needs, retry } = limits ?? {};
    const attempts = retry?.attempts ?? job.retry.attempts;
    if ((attempt ?? 0) > attempts) complaints.of(id, `began attempt ${attempt} of ${attempts}`);
    this.running.set(id, { job, needs, startedMs: monotonic(), msMax: timeoutMs + job.graceMs });
    this.#checkRoom(job, needs);
    this.#checkRate(job);
  }

  #checkRoom({ name, lane, concurrencyMax }: Job, needs: Readonly<Record<string, number>>): void {
    const { complaints, lanes } = this.#options;
    const running = [...this.running.values()];
    const inLane = running.filter(({ job }) => job.lane === lane).length;
    if (inLane > (lanes[lane] ?? 0)) complaints.add(`${inLane} tasks in the lanes of ${lane}`);
    if (this.runningOf(name) > concurrencyMax) complaints.add(`${this.runningOf(name)} of ${name} at once`);
    for (const pool of Object.keys(needs))
      if (used(running, pool) > (this.pools.get(pool) ?? 0))
        complaints.add(`${used(running, pool)} of ${this.pools.get(pool)} slots of ${pool} in use`);
  }

  #checkRate({ name, rate }: Job): void {
    if (rate === null) return;
    const { monotonic, complaints } = this.#options;
    this.#begunMs.set(name, [...(this.#begunMs.get(name) ?? []), monotonic()]);
    const within = this.#within(this.#begunMs, name, rate.perMs);
    if (within > rate.starts) complaints.add(`${within} of ${name} within ${rate.perMs} ms`);
  }

  #within(times: ReadonlyMap<string, readonly number[]>, job: string, ms: number): number {
    const sinceMs = this.#options.monotonic() - ms;
    return (times.get(job) ?? []).filter((timeMs) => timeMs > sinceMs).length;
  }
}

function used(running: readonly RunningAttempt[], pool: string): number {
  return running.reduce((sum, { needs }) => sum + (needs[pool] ?? 0), 0);
}
