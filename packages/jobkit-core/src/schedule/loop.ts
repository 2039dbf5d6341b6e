/**
 * The loop: renew, exchange, wait. In one exchange with the store it hands in what has ended and takes what
 * may start. It owns the order of calls to the store (one after the other) and nothing else. When the store
 * refuses, it says so and begins the turn again after a pause.
 */
import { jobkitError } from "../base/error-table.ts";
import type { EndedTask, Settled, Turn } from "../queue/queue-store.ts";
import type { Intake } from "./intake.ts";
import type { Kit } from "./kit.ts";
import type { LeaseKeeper } from "./lease-keeper.ts";
import type { Reports } from "./reports.ts";
import type { Ending, Settling } from "./settling.ts";
import type { Starts } from "./starts.ts";

/** Longest wait in ms for a due time: a computer that slept, or whose clock was set, catches up in that time. */
const DUE_WAIT_MAX_MS = 60_000;
/** While draining, the store is asked so many times; what it never accepted is recovered at the next start. */
const DRAIN_FAILURES_MAX = 5;

/** Nothing runs and nothing can start. */
export interface Rest {
  /** Wall time in ms since 1970 at which the next waiting task becomes due; `null` where none waits for time. */
  readonly nextDueAtMs: number | null;
}

/** The parts that a turn goes through, in this order. */
export interface LoopParts {
  readonly kit: Kit;
  readonly reports: Reports;
  readonly settling: Settling;
  readonly leases: LeaseKeeper;
  readonly starts: Starts;
  readonly intake: Intake;
  /** Pause in ms after the store refused. */
  readonly storeRetryMs: number;
}

export class Loop {
  readonly #parts: LoopParts;
  readonly #waiters = new Set<PromiseWithResolvers<Rest>>();
  #stopping = false;
  #failures = 0;
  /** Wall time in ms at which the store has something new by itself, as of the last exchange; `null`: it has not. */
  #nextAtMs: number | null = null;

  constructor(parts: LoopParts) {
    this.#parts = parts;
  }

  /** Turn until {@link stop}. Never rejects. */
  async run(): Promise<void> {
    const { gate } = this.#parts.kit;
    while (!this.#stopping) {
      const opens = gate.opens(await this.#safeTurn());
      if (opens !== null) await opens;
      const others = gate.pass();
      if (others !== null) await others;
    }
  }

  /** End after the turn that is going on; who waits for a rest is refused with SCHEDULER_CLOSED. */
  stop(): void {
    this.#stopping = true;
    for (const waiter of this.#waiters)
      waiter.reject(jobkitError("SCHEDULER_CLOSED", "waiting for the scheduler to be idle"));
    this.#waiters.clear();
    this.#parts.kit.gate.wake();
  }

  /**
   * Resolves at the next rest; the loop looks at once.
   * @throws signal.reason when `signal` aborts.
   */
  async atRest(signal?: AbortSignal): Promise<Rest> {
    signal?.throwIfAborted();
    const waiter = Promise.withResolvers<Rest>();
    const leave = (): void => waiter.reject(signal?.reason as Error);
    this.#waiters.add(waiter);
    signal?.addEventListener("abort", leave, { once: true });
    this.#parts.kit.gate.wake();
    try {
      return await waiter.promise;
    } finally {
      this.#waiters.delete(waiter);
      signal?.removeEventListener("abort", leave);
    }
  }

  /** One turn. @returns ms until the next one is due, unless something wakes the loop before. */
  async #safeTurn(): Promise<number> {
    const { kit, leases, reports } = this.#parts;
    try {
      if (leases.due(kit.clock.monotonic())) await leases.keep();
      if (reports.owing) await reports.tellOwed();
      if (this.#worthAsking()) {
        const before = kit.oneAtATime.enter();
        if (before !== null) await before;
        try {
          await this.#exchange();
        } finally {
          kit.oneAtATime.leave();
        }
      }
      this.#failures = 0;
      this.#tellRest();
      // Nothing runs: no timer keeps the host awake. An ended attempt counts, or each would pay for a timer.
      if (kit.running.size === 0) kit.alarms.rest();
      return this.#waitMs();
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** Something to hand in, room for something to start, or something that has become due. */
  #worthAsking(): boolean {
    const { kit, settling } = this.#parts;
    if (settling.size > 0) return true;
    if (!kit.phase.draining && kit.running.size < kit.lanes.size) return true;
    return this.#nextMs() <= kit.clock.now();
  }

  /** Hand in what has ended, take what may start. @throws what the store throws; nothing is lost then. */
  async #exchange(): Promise<void> {
    const { kit, settling, starts, intake, reports } = this.#parts;
    const { clock, owner, leaseMs } = kit;
    const nowMs = clock.now();
    const askedMs = clock.monotonic();
    const endings = settling.take(nowMs);
    const room = starts.room(endings, askedMs);
    intake.seen();
    const leaseUntilMs = nowMs + leaseMs;
    let turn: Turn;
    try {
      turn = await kit.store.turn({ owner, nowMs, leaseUntilMs, settlements: endings, room });
    } catch (error) {
      settling.putBack(endings);
      throw error;
    }
    // From here on nothing throws: the store has accepted, so it must be told, and only once.
    // What was submitted is told before it starts or ends.
    if (intake.busy) await intake.answered();
    settling.accepted(endings, turn.settled, clock.monotonic());
    const ended = endedIn(turn, endings);
    if (ended.length > 0) await reports.ended(ended);
    // What was claimed starts now, not when the store answered: rates and timeouts count from here.
    const monotonicMs = clock.monotonic();
    starts.take(turn, room, { nowMs: nowMs + Math.round(monotonicMs - askedMs), monotonicMs });
    this.#nextAtMs = turn.nextAtMs;
  }

  async #failed(error: unknown): Promise<number> {
    const { kit, reports, settling, storeRetryMs } = this.#parts;
    reports.storeFailed(error);
    this.#failures += 1;
    if (kit.phase.draining && this.#failures >= DRAIN_FAILURES_MAX && kit.running.attempts.length === 0) {
      settling.giveUp();
      this.#tellRest();
    }
    // Not at the gate: whatever wakes it meanwhile would meet the same store.
    await kit.clock.sleep(storeRetryMs);
    return 0;
  }

  #tellRest(): void {
    const { kit, intake } = this.#parts;
    if (this.#waiters.size === 0 || kit.running.size > 0) return;
    if (!kit.phase.draining && (kit.gate.open || intake.busy)) return;
    const rate = this.#rateOpensInMs();
    const byRate = rate === Number.POSITIVE_INFINITY ? null : kit.clock.now() + rate;
    const nextDueAtMs =
      this.#nextAtMs === null || byRate === null
        ? (this.#nextAtMs ?? byRate)
        : Math.min(this.#nextAtMs, byRate);
    for (const waiter of this.#waiters) waiter.resolve({ nextDueAtMs });
    this.#waiters.clear();
  }

  /** Wall time in ms at which the store has something new; while every lane is in use it is not asked at every wake. */
  #nextMs(): number {
    return Math.min(this.#nextAtMs ?? Number.POSITIVE_INFINITY, this.#parts.intake.deadlineAtMs);
  }

  #waitMs(): number {
    const { kit, leases } = this.#parts;
    const nextMs = this.#nextMs();
    const dueInMs =
      nextMs === Number.POSITIVE_INFINITY ? nextMs : Math.min(nextMs - kit.clock.now(), DUE_WAIT_MAX_MS);
    const leaseInMs = leases.dueInMs(kit.clock.monotonic());
    return Math.max(1, Math.min(dueInMs, this.#rateOpensInMs(), leaseInMs));
  }

  /** Monotonic ms until the rate of a job that waits for it lets one more begin. */
  #rateOpensInMs(): number {
    const { kit } = this.#parts;
    let opensMs = Number.POSITIVE_INFINITY;
    for (const standing of kit.standings.values()) opensMs = Math.min(opensMs, standing.rateOpensMs());
    return opensMs === Number.POSITIVE_INFINITY ? opensMs : Math.max(0, opensMs - kit.clock.monotonic());
  }
}

const NONE_ENDED: readonly EndedTask[] = Object.freeze([]);

/** What ended in a turn without having run: below what was settled, and past its deadline. */
function endedIn({ settled, expired }: Turn, endings: readonly Ending[]): readonly EndedTask[] {
  if (expired.length === 0 && (endings.length === 0 || settled.every(({ ended }) => ended.length === 0)))
    return NONE_ENDED;
  const failed = expired.map(({ id }: Settled): EndedTask => ({ id, kind: "failed" }));
  return [...failed, ...[...expired, ...settled].flatMap(({ ended }) => ended)];
}
