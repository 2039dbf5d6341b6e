/**
 * The loop: settle, renew, claim, wait. It owns the order of calls to the store (one after the other) and
 * nothing else. When the store refuses, it says so and begins the turn again after a pause.
 */
import { jobkitError } from "../base/error-table.ts";
import type { Claims, Look } from "./claims.ts";
import type { Intake } from "./intake.ts";
import type { Kit } from "./kit.ts";
import type { LeaseKeeper } from "./lease-keeper.ts";
import type { Reports } from "./reports.ts";
import type { Settling } from "./settling.ts";

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
  readonly claims: Claims;
  readonly intake: Intake;
  /** Pause in ms after the store refused. */
  readonly storeRetryMs: number;
}

export class Loop {
  readonly #parts: LoopParts;
  readonly #waiters = new Set<PromiseWithResolvers<Rest>>();
  #stopping = false;
  #failures = 0;

  constructor(parts: LoopParts) {
    this.#parts = parts;
  }

  /** Turn until {@link stop}. Never rejects. */
  async run(): Promise<void> {
    const { gate } = this.#parts.kit;
    while (!this.#stopping) await gate.wait(await this.#safeTurn());
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
    try {
      const look = await this.#turn();
      this.#failures = 0;
      this.#tellRest(look);
      // Nothing runs: no timer keeps the host awake. An ended attempt counts, or each would pay for a timer.
      if (this.#parts.kit.running.size === 0) this.#parts.kit.alarms.rest();
      return this.#waitMs(look);
    } catch (error) {
      return this.#failed(error);
    }
  }

  async #turn(): Promise<Look> {
    const { settling, leases, claims } = this.#parts;
    await settling.flush();
    await leases.keep();
    return claims.next();
  }

  async #failed(error: unknown): Promise<number> {
    const { kit, reports, settling, storeRetryMs } = this.#parts;
    reports.storeFailed(error);
    this.#failures += 1;
    if (kit.phase.draining && this.#failures >= DRAIN_FAILURES_MAX && kit.running.attempts.length === 0) {
      settling.giveUp();
      this.#tellRest({ wanted: 0, claimed: 0, wakeAtMs: null });
    }
    // Not at the gate: whatever wakes it meanwhile would meet the same store.
    await kit.clock.sleep(storeRetryMs);
    return 0;
  }

  #tellRest({ wanted, wakeAtMs }: Look): void {
    const { kit, intake } = this.#parts;
    if (this.#waiters.size === 0) return;
    const busy =
      kit.running.size > 0 || wanted > 0 || (!kit.phase.draining && (kit.gate.open || intake.busy));
    if (busy) return;
    for (const waiter of this.#waiters) waiter.resolve({ nextDueAtMs: wakeAtMs });
    this.#waiters.clear();
  }

  #waitMs({ wanted, claimed, wakeAtMs }: Look): number {
    const { kit, leases, storeRetryMs } = this.#parts;
    // Somebody else was quicker: look again at once, unless the store only says so.
    if (claimed < wanted) return claimed > 0 ? 0 : storeRetryMs;
    const dueInMs = wakeAtMs === null ? Number.POSITIVE_INFINITY : wakeAtMs - kit.clock.now();
    const dueWaitMs = dueInMs === Number.POSITIVE_INFINITY ? dueInMs : Math.min(dueInMs, DUE_WAIT_MAX_MS);
    return Math.min(Math.max(1, dueWaitMs), leases.dueInMs);
  }
}
