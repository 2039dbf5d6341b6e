/**
 * Takes tasks from the store and starts them: heads, plan, slots, ONE claim, attempts. Slots are taken
 * before the claim, so that what is claimed can start whatever happens to the pools meanwhile.
 */
import { jobkitError } from "../base/error-table.ts";
import { describeError, type CodedError } from "../base/errors.ts";
import type { TaskId } from "../base/ids.ts";
import type { Job } from "../job/job.ts";
import { emptyLease, type Lease } from "../pool/lease.ts";
import type { Head, Heads, Want } from "../queue/queue-store.ts";
import type { AttemptEnd } from "../run/attempt-end.ts";
import { Attempt } from "../run/runner.ts";
import type { Task } from "../task/task.ts";

import type { Intake } from "./intake.ts";
import type { Kit } from "./kit.ts";
import { plan, type HeldReason } from "./plan.ts";
import type { Slot } from "./running-set.ts";
import type { Settling } from "./settling.ts";

/** What one look at the store came to. */
export interface Look {
  /** Tasks that should have started. */
  readonly wanted: number;
  /** Tasks that were claimed; fewer than wanted where another owner was quicker. */
  readonly claimed: number;
  /** Wall time in ms since 1970 of the next due task, where one waits for time. */
  readonly wakeAtMs: number | null;
}

const NOTHING: Look = { wanted: 0, claimed: 0, wakeAtMs: null };

export class Claims {
  readonly #kit: Kit;
  readonly #settling: Settling;
  readonly #intake: Intake;

  #held: ReadonlyMap<string, HeldReason> = new Map();

  constructor(kit: Kit, settling: Settling, intake: Intake) {
    this.#kit = kit;
    this.#settling = settling;
    this.#intake = intake;
  }

  /** By job, why its next task does not start, as of the last look. */
  get held(): ReadonlyMap<string, HeldReason> {
    return this.#held;
  }

  /** Start what can start now. @throws what the store throws; no slot is held for it then. */
  async next(): Promise<Look> {
    const { store, clock, lanes, running, phase, oneAtATime } = this.#kit;
    const lanesFree = lanes - running.size;
    const jobs = this.#jobs();
    if (phase.draining || lanesFree < 1 || jobs.length === 0) return NOTHING;
    // One head more than could start, so that a job of which some must wait is seen to wait.
    const heads = await store.heads({ nowMs: clock.now(), jobs, perJob: lanesFree + 1 });
    const { wants, wakeAtMs, held } = plan(this.#snapshot(lanesFree, heads), clock.now());
    this.#held = held;
    // A drain or a pause may have come while the store answered; the plan has seen the pause.
    if (wants.length === 0 || this.#kit.phase.draining) return { ...NOTHING, wakeAtMs };
    const wanted = wants.reduce((sum, want) => sum + want.limit, 0);
    return { wanted, claimed: await oneAtATime.do(() => this.#claim(wants, heads.ready)), wakeAtMs };
  }

  #jobs(): readonly string[] {
    const { phase, registry } = this.#kit;
    if (phase.paused) return [];
    return phase.pausedJobs.size === 0
      ? registry.names
      : registry.names.filter((name) => !phase.pausedJobs.has(name));
  }

  #snapshot(lanesFree: number, heads: Heads): Parameters<typeof plan>[0] {
    const { phase, registry, running, pools } = this.#kit;
    const jobs = registry.all.map(({ name, concurrencyMax, needs }) => ({
      name,
      concurrencyMax,
      needs,
      running: running.runningOf(name),
      paused: phase.paused || phase.pausedJobs.has(name),
    }));
    return { lanesFree, jobs, pools: pools.states(), heads };
  }

  async #claim(wants: readonly Want[], heads: readonly Head[]): Promise<number> {
    const { store, clock, owner, leaseMs, registry } = this.#kit;
    const reserved = new Map<string, Lease[]>();
    try {
      for (const { job, limit } of wants) reserved.set(job, this.#reserve(registry.get(job), limit));
      const nowMs = clock.now();
      const granted = [...reserved].map(([job, leases]) => ({ job, limit: leases.length }));
      const request = { owner, nowMs, leaseUntilMs: nowMs + leaseMs, wants: granted };
      const tasks = await store.claim(request);
      // What was submitted is told before it starts.
      await this.#intake.answered();
      const dueAtMs = new Map(heads.map((head) => [head.id, head.dueAtMs]));
      for (const task of tasks) this.#take(task, reserved.get(task.job)?.pop(), dueAtMs);
      return tasks.length;
    } finally {
      for (const leases of reserved.values()) for (const lease of leases) lease[Symbol.dispose]();
    }
  }

  #reserve(job: Job, limit: number): Lease[] {
    const leases: Lease[] = [];
    for (let at = 0; at < limit; at += 1) {
      const lease = this.#kit.pools.tryAcquire(job.needs);
      if (lease === null) break;
      leases.push(lease);
    }
    return leases;
  }

  /** A claimed task takes its lane, and starts unless there is a reason to settle it at once. */
  #take(task: Task, lease: Lease | undefined, dueAtMs: ReadonlyMap<TaskId, number>): void {
    const { registry, running, clock, alarms, random, events } = this.#kit;
    const job = registry.get(task.job);
    running.get(task.id)?.attempt?.interrupt(() => lostAndBack(task));
    const refused = this.#refusal(task, job, lease);
    if (refused !== null) {
      const slot: Slot = { task, job, lease: lease ?? emptyLease, attempt: null };
      running.add(slot);
      this.#settling.push(slot, refused);
      return;
    }
    const work = { task, job, dueAtMs: dueAtMs.get(task.id) ?? task.createdAtMs };
    const attempt = new Attempt(work, { clock, alarms, random, events });
    const slot: Slot = { task, job, lease: lease ?? emptyLease, attempt };
    running.add(slot);
    attempt.run((end) => this.#settling.push(slot, end));
  }

  #refusal(task: Task, job: Job, lease: Lease | undefined): AttemptEnd | null {
    // Drained meanwhile, or more than was asked for: it goes back and the attempt does not count.
    if (this.#kit.phase.draining || lease === undefined) return { kind: "interrupted", ranMs: 0 };
    if (task.attempt <= job.retry.attempts) return null;
    const lost = jobkitError(
      "WORKER_LOST",
      `running ${job.name} ${task.id}: attempt ${task.attempt} would be one more than the ` +
        `${job.retry.attempts} allowed; the last one was lost with its process`,
    );
    return { kind: "error", error: describeError(lost), retry: false, ranMs: 0 };
  }
}

/** Why an attempt stops whose task was taken for lost while it ran, and has been claimed here again. */
function lostAndBack({ id }: Task): CodedError {
  return jobkitError("LEASE_LOST", `running task ${id}, which was taken for lost and begins anew`);
}
