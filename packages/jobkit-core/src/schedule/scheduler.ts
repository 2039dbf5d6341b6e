/**
 * Runs the tasks of a queue store: the thin shell around `plan` (what starts) and `verdict` (what an end
 * comes to). It decides nothing itself; its parts each do one thing and share a kit.
 *
 * Promises: what `submit` answered is stored; exactly one task.finished per task.queued; no pool, lane or
 * job limit is ever exceeded; nothing that ended is lost while the store fails; no polling. It holds at most
 * `lanes` tasks in memory, whatever the store holds.
 */
import { jobkitError } from "../base/error-table.ts";
import type { Clock } from "../base/clock.ts";
import type { TaskId } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import type { Emitter } from "../events/bus.ts";
import type { JobkitEvents } from "../events/table.ts";
import type { Job } from "../job/job.ts";
import { JobRegistry } from "../job/registry.ts";
import { Pools } from "../pool/pools.ts";
import type { Added, Cancelled, QueueStore } from "../queue/queue-store.ts";
import { Alarms } from "../run/alarms.ts";
import { after } from "../run/timer.ts";
import type { NewTask } from "../task/task.ts";
import { Cancels } from "./cancels.ts";
import { Claims } from "./claims.ts";
import { Gate } from "./gate.ts";
import { Intake } from "./intake.ts";
import type { Kit } from "./kit.ts";
import { LeaseKeeper } from "./lease-keeper.ts";
import { Loop, type Rest } from "./loop.ts";
import { OneAtATime } from "./one-at-a-time.ts";
import { Reports } from "./reports.ts";
import { RunningSet } from "./running-set.ts";
import { Settling, type DrainTally } from "./settling.ts";
import { snapshotOf, type SchedulerSnapshot } from "./snapshot.ts";

/** What a scheduler is made of. It owns none of it: close the store after the scheduler. */
export interface SchedulerOptions {
  readonly store: QueueStore;
  readonly jobs: readonly Job[];
  /** Slots by name of the pool. */
  readonly pools: Readonly<Record<string, number>>;
  readonly events: Emitter<JobkitEvents>;
  readonly clock: Clock;
  readonly random: Random;
  /** Names this process in the store. Another one for every process and every start. */
  readonly owner: string;
  /** Attempts that run at once, at least 1. */
  readonly lanes: number;
  /** How long a claimed task stays ours without being renewed, in ms. Default 60,000; renewed at a third of it. */
  readonly leaseMs?: number;
  /**
   * Which running tasks are lost: those of all "others" (the default: one process owns the store), or those
   * whose lease "expired" (several processes share it; looked for at the start and once per lease).
   */
  readonly lost?: "others" | "expired";
  /** Pause in ms before the store is asked again after it threw. Default 1,000. */
  readonly storeRetryMs?: number;
}

const LEASE_MS = 60_000;
const STORE_RETRY_MS = 1_000;

export class Scheduler implements AsyncDisposable {
  readonly #kit: Kit;
  readonly #intake: Intake;
  readonly #settling: Settling;
  readonly #cancels: Cancels;
  readonly #claims: Claims;
  readonly #leases: LeaseKeeper;
  readonly #loop: Loop;
  #waking: Disposable | null = null;
  #turning: Promise<void> | null = null;
  #starting = false;
  #closing: Promise<void> | null = null;

  /**
   * @throws POOL_UNKNOWN, POOL_TOO_SMALL where a job could never run.
   * @throws RangeError when two jobs share a name, or a number is out of range.
   */
  constructor(options: SchedulerOptions) {
    this.#kit = kitOf(options);
    const reports = new Reports(options.events, options.store);
    this.#intake = new Intake(this.#kit, reports);
    this.#settling = new Settling(this.#kit, reports, this.#intake);
    this.#cancels = new Cancels(this.#kit, reports, this.#intake, this.#settling);
    this.#claims = new Claims(this.#kit, this.#settling, this.#intake);
    this.#leases = new LeaseKeeper(this.#kit, reports, options.lost ?? "others");
    this.#loop = new Loop({
      kit: this.#kit,
      reports,
      settling: this.#settling,
      leases: this.#leases,
      claims: this.#claims,
      intake: this.#intake,
      storeRetryMs: options.storeRetryMs ?? STORE_RETRY_MS,
    });
  }

  /**
   * Make ready again what was running when its process was lost, then begin. A recovered task whose attempts
   * are used up ends failed with WORKER_LOST when its turn comes.
   * @throws what the store throws; it has not started then and may be started again.
   * @throws SCHEDULER_CLOSED; RangeError when it was started before.
   */
  async start(): Promise<void> {
    this.#mustBeOpen("starting the scheduler");
    if (this.#starting) throw new RangeError("scheduler: started twice");
    this.#starting = true;
    try {
      await this.#leases.recover();
    } catch (error) {
      this.#starting = false;
      throw error;
    }
    // Closed while the store answered: nothing was begun, and nothing is.
    if (this.#closing !== null) return;
    this.#waking = this.#kit.store.onWake(() => this.#kit.gate.wake());
    this.#turning = this.#loop.run();
  }

  /**
   * Check all of the tasks, then store all of them or none; answered when they are stored. Works before
   * the start and while draining, too. One answer per task, in order.
   * @throws JOB_UNKNOWN, INPUT_INVALID, GRAPH_CYCLE, GRAPH_UNKNOWN_PARENT, SCHEDULER_CLOSED.
   */
  async submit(tasks: readonly NewTask[]): Promise<readonly Added[]> {
    this.#mustBeOpen(`submitting ${tasks.length} tasks`);
    return tasks.length === 0 ? [] : this.#intake.submit(tasks);
  }

  /**
   * Cancel tasks. Those that wait are over with the answer; those that run ("running") are told to stop and
   * settle cancelled soon after, at the latest when their grace period is over. One answer per id, in order.
   * @param reason for people; the task's state keeps it. @throws SCHEDULER_CLOSED.
   */
  async cancel(ids: readonly TaskId[], reason: string): Promise<readonly Cancelled[]> {
    this.#mustBeOpen(`cancelling ${ids.length} tasks`);
    return ids.length === 0 ? [] : this.#cancels.cancel(ids, reason);
  }

  /**
   * Put failed, cancelled and skipped tasks back to the start; each is told as task.queued again.
   * @returns the ids it did that to. @throws SCHEDULER_CLOSED.
   */
  async retry(ids: readonly TaskId[]): Promise<readonly TaskId[]> {
    this.#mustBeOpen(`retrying ${ids.length} tasks`);
    return ids.length === 0 ? [] : this.#intake.retry(ids);
  }

  /** Start nothing more of `job`, or nothing at all; what runs goes on. @throws JOB_UNKNOWN. */
  pause(job?: string): void {
    if (job === undefined) this.#kit.phase.paused = true;
    else this.#kit.phase.pausedJobs.add(this.#kit.registry.get(job).name);
  }

  /** Undo {@link pause} of `job`; without a name, every pause. @throws JOB_UNKNOWN. */
  resume(job?: string): void {
    const { phase, registry, gate } = this.#kit;
    if (job === undefined) {
      phase.paused = false;
      phase.pausedJobs.clear();
    } else phase.pausedJobs.delete(registry.get(job).name);
    gate.wake();
  }

  /**
   * Change the size of a pool from now on. Leases above a smaller size drain by themselves.
   * @throws POOL_UNKNOWN; RangeError when `slots` is not a whole number from 1.
   */
  resizePool(pool: string, slots: number): void {
    this.#kit.pools.get(pool).resize(slots);
    this.#kit.events.emit("pool.resized", () => ({ pool, slots }));
    this.#kit.gate.wake();
  }

  /**
   * Resolves when nothing runs and nothing that may start is due (what is paused, or can never get its
   * slots, is not waited for); answers when the next waiting task becomes due.
   * Before the start it waits for the start.
   * @throws signal.reason when `signal` aborts; SCHEDULER_CLOSED.
   */
  async idle(signal?: AbortSignal): Promise<Rest> {
    this.#mustBeOpen("waiting for the scheduler to be idle");
    return this.#loop.atRest(signal);
  }

  /**
   * Claim nothing more, for good. Attempts may run for `deadlineMs` (Infinity: as long as they like), then
   * they are told to stop and settle "interrupted": the attempt does not count and they run again after the
   * next start. Resolves when nothing runs; may be called again with a shorter deadline. Where the store
   * keeps refusing, it is given up after five tries, and what it did not accept is recovered at the next start.
   * @returns what became of the attempts since the first drain began.
   */
  async drain(deadlineMs: number): Promise<Readonly<DrainTally>> {
    this.#kit.phase.draining = true;
    if (this.#turning !== null) await this.#untilStill(deadlineMs);
    return { ...this.#settling.tally };
  }

  /** What is true at this moment. */
  snapshot(): SchedulerSnapshot {
    return snapshotOf(this.#kit, this.#claims.held);
  }

  /** Drain without delay, then end. Closing twice is harmless; the store stays open. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    await this.drain(0);
    this.#loop.stop();
    await this.#turning;
    this.#turning = null;
    this.#waking?.[Symbol.dispose]();
    this.#kit.alarms[Symbol.dispose]();
    this.#kit.pools[Symbol.dispose]();
  }

  async #untilStill(deadlineMs: number): Promise<void> {
    const interruptAll = (): void => {
      for (const attempt of this.#kit.running.attempts) attempt.interrupt();
    };
    if (deadlineMs <= 0) interruptAll();
    const timer = after(this.#kit.clock, deadlineMs, interruptAll);
    try {
      await this.#loop.atRest();
    } finally {
      timer[Symbol.dispose]();
    }
  }

  #mustBeOpen(doing: string): void {
    if (this.#closing !== null) throw jobkitError("SCHEDULER_CLOSED", doing);
  }
}

function kitOf(options: SchedulerOptions): Kit {
  const { store, clock, random, events, owner, lanes, leaseMs = LEASE_MS } = options;
  if (!Number.isInteger(lanes) || lanes < 1)
    throw new RangeError(`scheduler: ${lanes} is not a number of lanes`);
  if (!(leaseMs > 0)) throw new RangeError(`scheduler: a lease of ${leaseMs} ms`);
  const registry = new JobRegistry(options.jobs);
  const pools = new Pools(options.pools);
  for (const job of options.jobs) pools.check(`job ${job.name}`, job.needs);
  return {
    store,
    clock,
    random,
    events,
    owner,
    lanes,
    leaseMs,
    registry,
    pools,
    running: new RunningSet(),
    gate: new Gate(clock),
    oneAtATime: new OneAtATime(),
    alarms: new Alarms(clock),
    phase: { draining: false, paused: false, pausedJobs: new Set() },
  };
}
