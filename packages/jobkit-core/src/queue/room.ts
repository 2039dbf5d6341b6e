/**
 * Decides what starts now: what there is room for, and which waiting tasks take it. A store calls it in its commit
 * (ADR 0009). Pure: it is handed heads one by one and never looks further than the first of each job.
 *
 * Heads are taken in starting order over all jobs (priority, then longest due, then job order) while lanes,
 * pools and the jobs' own limits fit. A head that lacks slots keeps what it needs from those behind it, of
 * whatever job: a stream of light tasks never starves a heavy one. It holds up its own job, so that starting
 * order within a job holds.
 */

/** What may be started of one job. */
export interface RoomJob {
  readonly name: string;
  /** Group of lanes it runs in. */
  readonly lane: string;
  /** So many may start now by its own limits. */
  readonly starts: number;
  /** Why not more, where `starts` is used up. */
  readonly limit: "paused" | "not ready" | "at its own limit" | "at its rate";
  /** Slots that one attempt holds, unless the task says otherwise. */
  readonly needs: Readonly<Record<string, number>>;
}

/** A pool at one moment. */
export interface RoomPool {
  /** Slots that could be taken now; never negative. */
  readonly free: number;
  /** Slots there are. */
  readonly size: number;
}

/** What there is room for at one moment. A value. */
export interface Room {
  /** Free lanes by group. */
  readonly lanes: Readonly<Record<string, number>>;
  readonly pools: Readonly<Record<string, RoomPool>>;
  readonly jobs: readonly RoomJob[];
}

/** Why the next task of a job does not start now. */
export type HeldReason =
  | { readonly kind: RoomJob["limit"] | "no lane" }
  | { readonly kind: "no slot"; readonly pool: string }
  /** It needs more slots than there are: it waits for the pool to grow, and keeps nothing from others. */
  | { readonly kind: "pool too small"; readonly pool: string };

/** The first waiting task of a job, as far as the decision needs it. */
export interface Head {
  readonly priority: number;
  /** Wall time in ms since which it could have run. */
  readonly dueAtMs: number;
  /** Slots it holds where it says otherwise than its job. */
  readonly needs: Readonly<Record<string, number>> | null;
}

/** The waiting tasks of a store, as the decision sees them. */
export interface HeadSource<H extends Head> {
  /** The first due task of a job in starting order that was not taken yet. */
  first(job: string): H | undefined;
  /** This head starts: the next call of `first` answers with the one behind it. */
  take(head: H, job: string): void;
}

/** A reason as words for people. */
export function describeHeld(reason: HeldReason): string {
  if (reason.kind === "no slot") return `no slot of ${reason.pool}`;
  return reason.kind === "pool too small" ? `pool ${reason.pool} is too small` : reason.kind;
}

interface Candidate<H> {
  readonly job: RoomJob;
  head: H;
  starts: number;
}

/** Take what there is room for. @returns by job with a due task that was not taken: why it was not. */
export function fillRoom<H extends Head>(room: Room, source: HeadSource<H>): ReadonlyMap<string, HeldReason> {
  let held: Map<string, HeldReason> | null = null;
  const left: Left = { lanes: { ...room.lanes }, slots: freeSlots(room), room };
  const candidates: Candidate<H>[] = [];
  for (const job of room.jobs) {
    const head = source.first(job.name);
    if (head !== undefined) candidates.push({ job, head, starts: job.starts });
  }
  while (candidates.length > 0) {
    const at = firstOf(candidates);
    const candidate = candidates[at] as Candidate<H>;
    const { job, head } = candidate;
    const needs = head.needs ?? job.needs;
    const reason = obstacle(candidate, needs, left);
    let next: H | undefined;
    if (reason === null) {
      left.lanes[job.lane] = (left.lanes[job.lane] ?? 0) - 1;
      candidate.starts -= 1;
      source.take(head, job.name);
      next = source.first(job.name);
    } else (held ??= new Map()).set(job.name, reason);
    if (reason === null || reason.kind === "no slot") keep(needs, left.slots);
    if (next === undefined) candidates.splice(at, 1);
    else candidate.head = next;
  }
  return held ?? NOTHING_HELD;
}

/** Most turns hold nothing up. */
const NOTHING_HELD: ReadonlyMap<string, HeldReason> = new Map();

/** Position of the candidate that starts first: larger priority, then longer due, then as given. */
function firstOf<H extends Head>(candidates: readonly Candidate<H>[]): number {
  let first = 0;
  for (let at = 1; at < candidates.length; at += 1) {
    const a = (candidates[at] as Candidate<H>).head;
    const b = (candidates[first] as Candidate<H>).head;
    if (a.priority > b.priority || (a.priority === b.priority && a.dueAtMs < b.dueAtMs)) first = at;
  }
  return first;
}

/** What is left of the room while it is filled. */
interface Left {
  readonly lanes: Record<string, number>;
  readonly slots: Record<string, number>;
  readonly room: Room;
}

function obstacle<H>(
  { job, starts }: Candidate<H>,
  needs: Readonly<Record<string, number>>,
  { lanes, slots, room }: Left,
): HeldReason | null {
  if (starts < 1) return { kind: job.limit };
  let lacking: string | null = null;
  for (const pool in needs) {
    const wanted = needs[pool] ?? 0;
    if (wanted > (room.pools[pool]?.size ?? 0)) return { kind: "pool too small", pool };
    if (wanted > (slots[pool] ?? 0)) lacking ??= pool;
  }
  if (lacking !== null) return { kind: "no slot", pool: lacking };
  return (lanes[job.lane] ?? 0) < 1 ? { kind: "no lane" } : null;
}

function freeSlots({ pools }: Room): Record<string, number> {
  const slots: Record<string, number> = {};
  for (const name in pools) slots[name] = pools[name]?.free ?? 0;
  return slots;
}

/** Slots that are taken now, or kept for whoever waits for them longest: may go below zero. */
function keep(needs: Readonly<Record<string, number>>, slots: Record<string, number>): void {
  for (const pool in needs) slots[pool] = (slots[pool] ?? 0) - (needs[pool] ?? 0);
}
