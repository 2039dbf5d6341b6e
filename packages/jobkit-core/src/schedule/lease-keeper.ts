import { jobkitError } from "../base/error-table.ts";
import type { Kit } from "./kit.ts";
import type { Reports } from "./reports.ts";

/** Leases are renewed when so many parts of them have passed: two renewals may fail before one runs out. */
const RENEWALS_PER_LEASE = 3;
/** What is due within so many ms is done now. */
const DUE_NOW_MS = 1;

/**
 * Keeps what runs here ours, and takes back what other owners lost. All times are monotonic: a jump of the
 * wall clock neither hurries nor delays a renewal.
 */
export class LeaseKeeper {
  readonly #kit: Kit;
  readonly #reports: Reports;
  readonly #lost: "others" | "expired";
  #renewedMs: number;
  #recoveredMs: number;

  constructor(kit: Kit, reports: Reports, lost: "others" | "expired") {
    this.#kit = kit;
    this.#reports = reports;
    this.#lost = lost;
    this.#renewedMs = kit.clock.monotonic();
    this.#recoveredMs = this.#renewedMs;
  }

  /** Ms from `nowMs` (monotonic) until there is something to do, at least 1; Infinity where there is not. */
  dueInMs(nowMs: number): number {
    const renewAtMs =
      this.#kit.running.size === 0 ? Number.POSITIVE_INFINITY : this.#renewedMs + this.#renewalMs;
    const recoverAtMs =
      this.#lost === "others" ? Number.POSITIVE_INFINITY : this.#recoveredMs + this.#kit.leaseMs;
    return Math.max(1, Math.min(renewAtMs, recoverAtMs) - nowMs);
  }

  /** Is there something to do at `nowMs`? */
  due(nowMs: number): boolean {
    return this.dueInMs(nowMs) <= DUE_NOW_MS;
  }

  /** Renew every lease in one call, when that is due; then recover, where others share the store. */
  async keep(): Promise<void> {
    const { clock, running, leaseMs, phase } = this.#kit;
    const nowMs = clock.monotonic();
    if (running.size === 0) this.#renewedMs = nowMs;
    else if (nowMs - this.#renewedMs >= this.#renewalMs) await this.#renew();
    if (this.#lost === "expired" && !phase.draining && nowMs - this.#recoveredMs >= leaseMs)
      await this.recover();
  }

  /** Make ready again what ran when its owner was lost. @throws what the store throws. */
  async recover(): Promise<void> {
    const { store, clock, owner } = this.#kit;
    const tasks = await store.recover({ nowMs: clock.now(), lost: this.#lost, owner });
    this.#recoveredMs = clock.monotonic();
    for (const task of tasks) this.#reports.recovered(task);
  }

  get #renewalMs(): number {
    return this.#kit.leaseMs / RENEWALS_PER_LEASE;
  }

  async #renew(): Promise<void> {
    const { store, clock, owner, running, leaseMs } = this.#kit;
    const asked = running.ids;
    const ours = new Set(await store.touch(owner, asked, clock.now() + leaseMs));
    this.#renewedMs = clock.monotonic();
    for (const id of asked) {
      if (ours.has(id)) continue;
      // Another owner has it. Its settlement will be refused by the store, so its end is told by nobody here.
      running.get(id)?.interrupt(() => jobkitError("LEASE_LOST", `renewing the lease of task ${id}`));
    }
  }
}
