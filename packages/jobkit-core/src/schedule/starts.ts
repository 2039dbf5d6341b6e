/**
 * What starts: there is so much room, the store fills it, and what it claimed takes its lane, its slots and
 * its attempt. Whatever cannot run after all goes back, and that attempt does not count.
 */
import { jobkitError } from "../base/error-table.ts";
import { describeError, type CodedError } from "../base/errors.ts";
import { emptyLease, type Lease } from "../pool/lease.ts";
import type { Turn } from "../queue/queue-store.ts";
import { describeHeld, type Room, type RoomPool } from "../queue/room.ts";
import type { AttemptEnd } from "../run/attempt-end.ts";
import { Attempt, type Family, type RunnerOptions } from "../run/runner.ts";
import type { Task } from "../task/task.ts";
import type { HeldSince, JobStanding } from "./job-standing.ts";
import type { Kit } from "./kit.ts";
import { retryOf } from "./retry-of.ts";
import type { Ending, Settling } from "./settling.ts";

/** The moment of a turn, on both clocks. */
export interface Moment {
  /** Wall time in ms since 1970. */
  readonly nowMs: number;
  readonly monotonicMs: number;
}

export class Starts {
  readonly #kit: Kit;
  readonly #settling: Settling;
  readonly #runner: RunnerOptions;

  constructor(kit: Kit, settling: Settling, family: Family) {
    const { clock, alarms, random, events } = kit;
    this.#kit = kit;
    this.#settling = settling;
    const started = events.row("task.started");
    this.#runner = { clock, alarms, random, events, started, family, ended: settling.push.bind(settling) };
  }

  /** What there is room for once these have been settled; `null` where nothing may start. */
  room(endings: readonly Ending[], monotonicMs: number): Room | null {
    const { phase, lanes, pools, standings } = this.#kit;
    if (phase.draining || (endings.length === 0 && this.#kit.running.size >= lanes.size)) return null;
    const free = lanes.free();
    const slots: Record<string, RoomPool> = {};
    for (const { name, size, free: left } of pools.states()) slots[name] = { size, free: left };
    for (const { attempt } of endings) {
      const standing = standings.get(attempt.job);
      if (standing !== undefined) standing.ending += 1;
      giveBack(attempt, free, slots);
    }
    const jobs = [];
    for (const standing of standings.values()) jobs.push(standing.room(phase.paused, monotonicMs));
    return { lanes: free, pools: slots, jobs };
  }

  /** Start what the store has claimed. @param room what it was asked to fill. */
  take(turn: Turn, room: Room | null, moment: Moment): void {
    for (let at = 0; at < turn.claimed.length; at += 1)
      this.#take(turn.claimed[at] as Task, turn.dueAtMs[at] ?? moment.nowMs, moment);
    // Where nothing could start, nobody was asked why.
    if (room === null) return;
    for (const standing of this.#kit.standings.values()) note(standing, turn, moment.monotonicMs);
  }

  /** A claimed task takes its lane, and starts unless there is a reason to settle it at once. */
  #take(task: Task, dueAtMs: number, { nowMs, monotonicMs }: Moment): void {
    const { standings, running, lanes } = this.#kit;
    const standing = standings.get(task.job);
    if (standing === undefined) return; // Not possible: the room names only jobs there are.
    // Claimed for the first time it cannot run here already.
    if (task.claim > 1) running.get(task.id)?.interrupt(() => lostAndBack(task));
    const { job } = standing;
    const worker = lanes.take(job.lane, monotonicMs);
    const lease = this.#lease(task, standing);
    const refused = this.#refusal(task, standing, lease);
    const work = {
      task,
      job,
      startedAtMs: nowMs,
      dueAtMs,
      beganMs: monotonicMs,
      worker,
      lease: lease ?? emptyLease,
    };
    const attempt = new Attempt(work, this.#runner);
    running.add(attempt, monotonicMs);
    if (refused !== null) {
      this.#settling.push(attempt, refused);
      return;
    }
    if (standing.held !== null) this.#tellWait(attempt, standing.held, monotonicMs);
    attempt.run();
  }

  #lease(task: Task, { job }: JobStanding): Lease | null {
    const needs = task.limits?.needs ?? job.needs;
    // A pool may have shrunk while the store answered.
    return this.#kit.pools.tryAcquire(needs);
  }

  #refusal(task: Task, { job }: JobStanding, lease: Lease | null): AttemptEnd | null {
    // Drained meanwhile, or no slots after all: it goes back and the attempt does not count.
    if (this.#kit.phase.draining || lease === null) return { kind: "interrupted", ranMs: 0 };
    const { attempts } = retryOf(task, job);
    if (task.attempt <= attempts) return null;
    const lost = jobkitError(
      "WORKER_LOST",
      `running ${job.name} ${task.id}: attempt ${task.attempt} would be one more than the ` +
        `${attempts} allowed; the last one was lost with its process`,
    );
    return { kind: "error", error: describeError(lost), retry: false, ranMs: 0 };
  }

  #tellWait(attempt: Attempt, { reason, sinceMs }: HeldSince, monotonicMs: number): void {
    if (reason.kind !== "no slot") return;
    const { pool } = reason;
    const waitedMs = Math.max(0, monotonicMs - sinceMs);
    this.#kit.events.emit("pool.waited", () => ({ task: attempt.task.id, pool, waitedMs }), attempt);
  }
}

/** Count what an ended attempt holds as free: it is when the store has accepted its settlement. */
function giveBack(
  { kind, lease }: Attempt,
  free: Record<string, number>,
  slots: Record<string, RoomPool>,
): void {
  free[kind.lane] = (free[kind.lane] ?? 0) + 1;
  for (const pool in lease.slots) {
    const state = slots[pool];
    // Above a pool that has shrunk, what is given back is not free yet.
    if (state !== undefined)
      slots[pool] = { size: state.size, free: Math.min(state.size, state.free + (lease.slots[pool] ?? 0)) };
  }
}

/** Keep in mind why a job is held, and since when that has been the reason. */
function note(standing: JobStanding, { held }: Turn, monotonicMs: number): void {
  const reason = held.get(standing.job.name);
  const before = standing.held;
  if (reason === undefined) standing.held = null;
  else if (before === null || describeHeld(before.reason) !== describeHeld(reason))
    standing.held = { reason, sinceMs: monotonicMs };
}

/** Why an attempt stops whose task was taken for lost while it ran, and has been claimed here again. */
function lostAndBack({ id }: Task): CodedError {
  return jobkitError("LEASE_LOST", `running task ${id}, which was taken for lost and begins anew`);
}
