/**
 * Runs the tasks of a queue store: the thin shell around `fillRoom` (what starts, decided where the tasks are)
 * and `verdict` (what an end comes to). It decides nothing itself; its parts each do one thing and share a kit.
 *
 * Promises: what `submit` answered is stored; exactly one task.finished per task.queued; no pool, lane, rate
 * or job limit is ever exceeded; nothing that ended is lost while the store fails; no polling. It holds at
 * most `lanes` tasks in memory, whatever the store holds.
 */
import { jobkitError } from "../base/error-table.ts";
import type { TaskId } from "../base/ids.ts";
import type { Added, Cancelled, Marks } from "../queue/queue-store.ts";
import { isLast } from "../task/state.ts";
import { after } from "../run/timer.ts";
import type { NewTask, Task } from "../task/task.ts";
import { assemble, type Parts } from "./assemble.ts";
import type { Rest } from "./loop.ts";
import type { SchedulerOptions } from "./options.ts";
import type { DrainTally } from "./settling.ts";
import { snapshotOf, type SchedulerSnapshot } from "./snapshot.ts";
import type { Waiter } from "./waiters.ts";

/** So many tasks that somebody waits for are looked up at once when another process may have ended them. */
const LOOK_UP_MAX = 1_000;

/** Runs the tasks of a store. Make it, {@link Scheduler.start} it, dispose of it before the store. */
export class Scheduler implements AsyncDisposable {
  readonly #parts: Parts;
  readonly #shared: boolean;
  #waking: Disposable | null = null;
  #turning: Promise<void> | null = null;
  #starting = false;
  #closing: Promise<void> | null = null;

  /**
   * @throws POOL_UNKNOWN, POOL_TOO_SMALL, LANE_UNKNOWN where a job could never run.
   * @throws RangeError when two jobs share a name, or a number is out of range.
   */
  constructor(options: SchedulerOptions) {
    this.#parts = assemble(options);
    this.#shared = options.lost === "expired";
  }

  /**
   * Make ready again what was running when its process was lost, then begin. A recovered task whose attempts
   * are used up ends failed with WORKER_LOST when its turn comes. What was paused stays paused.
   * @throws what the store throws; it has not started then and may be started again.
   * @throws SCHEDULER_CLOSED; RangeError when it was started before.
   */
  async start(): Promise<void> {
    this.#mustBeOpen("starting the scheduler");
    if (this.#starting) throw new RangeError("scheduler: started twice");
    this.#starting = true;
    const { leases, pauses, loop, kit } = this.#parts;
    try {
      await pauses.load();
      await leases.recover();
    } catch (error) {
      this.#starting = false;
      throw error;
    }
    // Closed while the store answered: nothing was begun, and nothing is.
    if (this.#closing !== null) return;
    this.#waking = kit.store.onWake(() => this.#woken());
    this.#turning = loop.run();
  }

  /**
   * Check all of the tasks, then store all of them or none; answered when they are stored. Works before
   * the start and while draining, too. One answer per task, in order. `marks` are kept in the same commit.
   * @throws JOB_UNKNOWN, INPUT_INVALID, GRAPH_CYCLE, GRAPH_UNKNOWN_PARENT, SCHEDULER_CLOSED.
   */
  async submit(
    tasks: readonly NewTask[],
    options: { readonly marks?: Marks } = {},
  ): Promise<readonly Added[]> {
    this.#mustBeOpen(`submitting ${tasks.length} tasks`);
    if (tasks.length === 0 && options.marks === undefined) return [];
    return this.#parts.intake.submit(tasks, options.marks);
  }

  /**
   * Submit tasks and wait for each: one promise per task, in order, which resolves with the task in its last
   * state, however it ended; one that met another task (by its key) resolves with that. All reject with what
   * {@link submit} would throw, or SCHEDULER_CLOSED when the scheduler is closed before their end.
   */
  perform(tasks: readonly NewTask[]): readonly Promise<Task>[] {
    const waiters: Waiter[] = [];
    const ends = tasks.map(
      () => new Promise<Task>((resolve, reject) => void waiters.push({ resolve, reject })),
    );
    if (this.#closing === null) void this.#parts.intake.perform(tasks, waiters);
    else for (const waiter of waiters) waiter.reject(closed(`performing ${tasks.length} tasks`));
    return ends;
  }

  /**
   * The task once it is in a last state; at once where it is in one already.
   * @throws TASK_UNKNOWN, SCHEDULER_CLOSED; signal.reason when `signal` aborts, which changes nothing else.
   */
  async ended(id: TaskId, signal?: AbortSignal): Promise<Task> {
    this.#mustBeOpen(`waiting for task ${id}`);
    signal?.throwIfAborted();
    const { waiters, kit } = this.#parts;
    const { promise, resolve, reject } = Promise.withResolvers<Task>();
    const waiter: Waiter = { resolve, reject };
    const leave = (): void => reject(signal?.reason as Error);
    // It may be refused while nobody looks yet; whoever looks is told all the same.
    promise.catch(() => {});
    waiters.add(id, waiter);
    signal?.addEventListener("abort", leave, { once: true });
    try {
      const [task] = await kit.store.get([id]);
      if (task === undefined) throw jobkitError("TASK_UNKNOWN", `waiting for task ${id}`);
      return isLast(task.state.kind) ? task : await promise;
    } finally {
      waiters.remove(id, waiter);
      signal?.removeEventListener("abort", leave);
    }
  }

  /**
   * Cancel tasks, and what they wait for that they forked. Those that wait are over with the answer; those
   * that run ("running") are told to stop and settle cancelled soon after, at the latest when their grace
   * period is over. One answer per id, in order.
   * @param reason for people; the task's state keeps it. @throws SCHEDULER_CLOSED.
   */
  async cancel(ids: readonly TaskId[], reason: string): Promise<readonly Cancelled[]> {
    this.#mustBeOpen(`cancelling ${ids.length} tasks`);
    return ids.length === 0 ? [] : this.#parts.cancels.cancel(ids, reason);
  }

  /**
   * Put failed, cancelled and skipped tasks back to the start; each is told as task.queued again. Those that
   * wait for each other do so again.
   * @returns the ids it did that to. @throws SCHEDULER_CLOSED.
   */
  async retry(ids: readonly TaskId[]): Promise<readonly TaskId[]> {
    this.#mustBeOpen(`retrying ${ids.length} tasks`);
    return ids.length === 0 ? [] : this.#parts.intake.retry(ids);
  }

  /**
   * Start nothing more of `job`, or nothing at all; what runs goes on. Holds at once, and over restarts once
   * it is answered. @throws JOB_UNKNOWN, what the store throws (it is paused then until the next restart).
   */
  async pause(job?: string): Promise<void> {
    await this.#parts.pauses.pause(job);
  }

  /** Undo {@link pause} of `job`; without a name, every pause. @throws as `pause`. */
  async resume(job?: string): Promise<void> {
    await this.#parts.pauses.resume(job);
  }

  /** Start nothing of `job` while `by` holds it, for a reason that people may read. @throws JOB_UNKNOWN. */
  hold(job: string, by: string, why: string): void {
    this.#parts.pauses.hold(job, by, why);
  }

  /** Undo {@link hold}. Harmless where `by` does not hold it. @throws JOB_UNKNOWN. */
  release(job: string, by: string): void {
    this.#parts.pauses.release(job, by);
  }

  /**
   * Change the size of a pool from now on. Leases above a smaller size drain by themselves.
   * @throws POOL_UNKNOWN; RangeError when `slots` is not a whole number from 1.
   */
  resizePool(pool: string, slots: number): void {
    const { kit } = this.#parts;
    kit.pools.get(pool).resize(slots);
    kit.events.emit("pool.resized", () => ({ pool, slots }));
    kit.gate.wake();
  }

  /**
   * Resolves when nothing runs and nothing that may start is due (what is paused or held, or can never get
   * its slots, is not waited for); answers when the next waiting task becomes due.
   * Before the start it waits for the start.
   * @throws signal.reason when `signal` aborts; SCHEDULER_CLOSED.
   */
  async idle(signal?: AbortSignal): Promise<Rest> {
    this.#mustBeOpen("waiting for the scheduler to be idle");
    return this.#parts.loop.atRest(signal);
  }

  /**
   * Claim nothing more, for good. Attempts may run for `deadlineMs` (Infinity: as long as they like), then
   * they are told to stop and settle "interrupted": the attempt does not count and they run again after the
   * next start. Resolves when nothing runs; may be called again with a shorter deadline. Where the store
   * keeps refusing, it is given up after five tries, and what it did not accept is recovered at the next start.
   * @returns what became of the attempts since the first drain began.
   */
  async drain(deadlineMs: number): Promise<Readonly<DrainTally>> {
    this.#parts.kit.phase.draining = true;
    if (this.#turning !== null) await this.#untilStill(deadlineMs);
    return { ...this.#parts.settling.tally };
  }

  /** What is true at this moment. */
  snapshot(): SchedulerSnapshot {
    return snapshotOf(this.#parts.kit);
  }

  /** Drain without delay, then end. Closing twice is harmless; the store stays open. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    const { kit, loop, waiters } = this.#parts;
    await this.drain(0);
    loop.stop();
    await this.#turning;
    this.#turning = null;
    this.#waking?.[Symbol.dispose]();
    waiters.refuse(() => closed("waiting for tasks to end"));
    kit.alarms[Symbol.dispose]();
    kit.pools[Symbol.dispose]();
  }

  #woken(): void {
    const { kit, waiters, reports } = this.#parts;
    kit.gate.wake();
    if (this.#shared && waiters.any) void reports.tellEnded(waiters.some(LOOK_UP_MAX));
  }

  async #untilStill(deadlineMs: number): Promise<void> {
    const { kit, loop } = this.#parts;
    const interruptAll = (): void => {
      for (const attempt of kit.running.attempts) attempt.interrupt();
    };
    if (deadlineMs <= 0) interruptAll();
    const timer = after(kit.clock, deadlineMs, interruptAll);
    try {
      await loop.atRest();
    } finally {
      timer[Symbol.dispose]();
    }
  }

  #mustBeOpen(doing: string): void {
    if (this.#closing !== null) throw closed(doing);
  }
}

function closed(doing: string): Error {
  return jobkitError("SCHEDULER_CLOSED", doing);
}
