/**
 * The loop: renew, exchange with the store (exchange.ts), wait. It owns the order of calls to the store (one after
 * the other) and nothing else. When the store refuses, it says so and begins the turn again after a pause.
 */
import { jobkitError } from "../base/error-table.ts";
import { Exchange, type ExchangeParts } from "./exchange.ts";
import type { LeaseKeeper } from "./lease-keeper.ts";

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
export interface LoopParts extends ExchangeParts {
  readonly leases: LeaseKeeper;
  /** Pause in ms after the store refused. */
  readonly storeRetryMs: number;
}

export class Loop {
  readonly #parts: LoopParts;
  readonly #waiters = new Set<PromiseWithResolvers<Rest>>();
  #stopping = false;
  #failures = 0;
  readonly #exchange: Exchange;

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#exchange = new Exchange(parts, () => {
      if (this.#waiters.size > 0) parts.kit.gate.wake();
    });
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
    await this.#exchange.told();
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
      if (this.#worthAsking()) await this.#exchange.make();
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
    if (this.#waiters.size === 0 || kit.running.size > 0 || this.#exchange.owing) return;
    if (!kit.phase.draining && (kit.gate.open || intake.busy)) return;
    const rate = this.#rateOpensInMs();
    const byRate = rate === Number.POSITIVE_INFINITY ? null : kit.clock.now() + rate;
    const { nextAtMs } = this.#exchange;
    const nextDueAtMs =
      nextAtMs === null || byRate === null ? (nextAtMs ?? byRate) : Math.min(nextAtMs, byRate);
    for (const waiter of this.#waiters) waiter.resolve({ nextDueAtMs });
    this.#waiters.clear();
  }

  /** Wall time in ms at which the store has something new; while every lane is in use it is not asked at every wake. */
  #nextMs(): number {
    return Math.min(this.#exchange.nextAtMs ?? Number.POSITIVE_INFINITY, this.#parts.intake.deadlineAtMs);
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
