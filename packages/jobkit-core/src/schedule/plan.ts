/**
 * Decides what starts now. Pure: a snapshot and a time in, a decision out; the scheduler carries it out.
 *
 * Heads are taken greedily in starting order over all jobs (priority, due time, order given), while lanes,
 * pools and the jobs' own limits fit. A job whose first head does not fit blocks only itself: its later
 * heads wait too, so that starting order within a job holds, and other jobs use what is left.
 */
import type { Head, Heads, Want } from "../queue/queue-store.ts";

/** What the plan needs to know of a job. */
export interface PlanJob {
  readonly name: string;
  /** Attempts of it that run now. */
  readonly running: number;
  readonly concurrencyMax: number;
  readonly needs: Readonly<Record<string, number>>;
  readonly paused: boolean;
}

/** What the plan needs to know of a pool. */
export interface PlanPool {
  readonly name: string;
  readonly free: number;
}

/** Everything a plan depends on, at one moment. */
export interface PlanSnapshot {
  readonly lanesFree: number;
  readonly jobs: readonly PlanJob[];
  readonly pools: readonly PlanPool[];
  readonly heads: Heads;
}

/** Why the next task of a job does not start now. */
export type HeldReason =
  | { readonly kind: "paused" }
  | { readonly kind: "no lane" }
  | { readonly kind: "no slot"; readonly pool: string }
  | { readonly kind: "at its own limit" };

/** What to do now, and when to look again. */
export interface Plan {
  /** How many tasks to claim of which job; only jobs of which something starts. */
  readonly wants: readonly Want[];
  /** Wall time in ms since 1970 at which the answer changes by itself; `null`: it does not. */
  readonly wakeAtMs: number | null;
  /** By job with a due task that does not start: why its first such task does not. */
  readonly held: ReadonlyMap<string, HeldReason>;
}

interface Room {
  lanes: number;
  readonly pools: Map<string, number>;
  readonly starting: Map<string, number>;
}

/** Decide. Heads due after `nowMs` do not start; they only count for when to look again. */
export function plan(snapshot: PlanSnapshot, nowMs: number): Plan {
  const jobs = new Map(snapshot.jobs.map((job) => [job.name, job]));
  const room: Room = {
    lanes: snapshot.lanesFree,
    pools: new Map(snapshot.pools.map((pool) => [pool.name, pool.free])),
    starting: new Map(),
  };
  const held = new Map<string, HeldReason>();
  for (const job of snapshot.jobs) if (job.paused) held.set(job.name, { kind: "paused" });
  let wakeAtMs = snapshot.heads.nextDueAtMs;
  for (const head of inStartingOrder(snapshot.heads.ready)) {
    const job = jobs.get(head.job);
    if (job === undefined || held.has(head.job)) continue;
    if (head.dueAtMs > nowMs) {
      wakeAtMs = Math.min(wakeAtMs ?? head.dueAtMs, head.dueAtMs);
      continue;
    }
    const reason = obstacle(job, room);
    if (reason === null) take(job, room);
    else held.set(job.name, reason);
  }
  return { wants: [...room.starting].map(([job, limit]) => ({ job, limit })), wakeAtMs, held };
}

/** A reason as words for people. */
export function describeHeld(reason: HeldReason): string {
  return reason.kind === "no slot" ? `no slot of ${reason.pool}` : reason.kind;
}

/** Priority, then due time, then as given: sorting is stable. */
function inStartingOrder(heads: readonly Head[]): readonly Head[] {
  if (heads.length < 2) return heads;
  return heads.toSorted((a, b) => b.priority - a.priority || a.dueAtMs - b.dueAtMs);
}

function obstacle(job: PlanJob, room: Room): HeldReason | null {
  if (job.running + (room.starting.get(job.name) ?? 0) >= job.concurrencyMax)
    return { kind: "at its own limit" };
  for (const [pool, slots] of Object.entries(job.needs))
    if (slots > (room.pools.get(pool) ?? 0)) return { kind: "no slot", pool };
  return room.lanes < 1 ? { kind: "no lane" } : null;
}

function take(job: PlanJob, room: Room): void {
  room.lanes -= 1;
  room.starting.set(job.name, (room.starting.get(job.name) ?? 0) + 1);
  for (const [pool, slots] of Object.entries(job.needs))
    room.pools.set(pool, (room.pools.get(pool) ?? 0) - slots);
}
