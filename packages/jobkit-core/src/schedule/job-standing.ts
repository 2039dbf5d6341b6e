import type { Job } from "../job/job.ts";
import type { HeldReason, RoomJob } from "../queue/room.ts";
import { StartRate } from "./start-rate.ts";

/** Why a job's next task does not start, and since when. */
export interface HeldSince {
  readonly reason: HeldReason;
  /** Monotonic ms. */
  readonly sinceMs: number;
}

/** How one job stands with its scheduler: how many of it run, and what keeps more from starting. */
export class JobStanding {
  readonly job: Job;
  /** Lanes that its tasks use. */
  running = 0;
  paused = false;
  /** By who holds it: why. */
  readonly holds = new Map<string, string>();
  /** As of the last look. */
  held: HeldSince | null = null;
  readonly #rate: StartRate | null;

  constructor(job: Job) {
    this.job = job;
    this.#rate = job.rate === null ? null : new StartRate(job.rate);
  }

  /** What may be started of it. `ending` of those that run are being settled; `nowMs` is monotonic. */
  room(allPaused: boolean, ending: number, nowMs: number): RoomJob {
    const { name, lane, needs, concurrencyMax } = this.job;
    if (allPaused || this.paused) return { name, lane, needs, starts: 0, limit: "paused" };
    if (this.holds.size > 0) return { name, lane, needs, starts: 0, limit: "not ready" };
    const free = concurrencyMax - this.running + ending;
    const allowed = this.#rate?.allowed(nowMs) ?? Number.POSITIVE_INFINITY;
    return allowed < free
      ? { name, lane, needs, starts: allowed, limit: "at its rate" }
      : { name, lane, needs, starts: free, limit: "at its own limit" };
  }

  /** A task of it begins. */
  begin(nowMs: number): void {
    this.running += 1;
    this.#rate?.begin(nowMs);
  }

  /** Monotonic ms at which its rate lets one more begin; Infinity where that is not what it waits for. */
  rateOpensMs(): number {
    return this.held?.reason.kind === "at its rate"
      ? (this.#rate?.nextMs() ?? Number.POSITIVE_INFINITY)
      : Number.POSITIVE_INFINITY;
  }
}
