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
  /** So many of those that run are being settled; counted by whoever asks for {@link room}, which begins anew. */
  ending = 0;
  readonly #rate: StartRate | null;
  /** What was answered last: nearly always it is the answer again. */
  #room: RoomJob;

  constructor(job: Job) {
    this.job = job;
    this.#rate = job.rate === null ? null : new StartRate(job.rate);
    const { name, lane, needs } = job;
    this.#room = { name, lane, needs, starts: 0, limit: "paused" };
  }

  /** What may be started of it once those that are `ending` have been settled. `nowMs` is monotonic. */
  room(allPaused: boolean, nowMs: number): RoomJob {
    const free = this.job.concurrencyMax - this.running + this.ending;
    this.ending = 0;
    if (allPaused || this.paused) return this.#answer(0, "paused");
    if (this.holds.size > 0) return this.#answer(0, "not ready");
    const allowed = this.#rate?.allowed(nowMs) ?? Number.POSITIVE_INFINITY;
    return allowed < free ? this.#answer(allowed, "at its rate") : this.#answer(free, "at its own limit");
  }

  /** A task of it begins. */
  begin(nowMs: number): void {
    this.running += 1;
    this.#rate?.begin(nowMs);
  }

  #answer(starts: number, limit: RoomJob["limit"]): RoomJob {
    if (this.#room.starts !== starts || this.#room.limit !== limit)
      this.#room = { ...this.#room, starts, limit };
    return this.#room;
  }

  /** Monotonic ms at which its rate lets one more begin; Infinity where that is not what it waits for. */
  rateOpensMs(): number {
    return this.held?.reason.kind === "at its rate"
      ? (this.#rate?.nextMs() ?? Number.POSITIVE_INFINITY)
      : Number.POSITIVE_INFINITY;
  }
}
