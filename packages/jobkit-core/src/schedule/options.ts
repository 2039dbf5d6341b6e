import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import type { TableEmitter } from "../events/emitter.ts";
import type { JobkitEvents } from "../events/table.ts";
import type { Job } from "../job/job.ts";
import type { QueueStore } from "../queue/queue-store.ts";

/** What a scheduler is made of. It owns none of it: close the store after the scheduler. */
export interface SchedulerOptions {
  readonly store: QueueStore;
  readonly jobs: readonly Job[];
  /** Slots by name of the pool. */
  readonly pools: Readonly<Record<string, number>>;
  readonly events: TableEmitter<JobkitEvents>;
  readonly clock: Clock;
  readonly random: Random;
  /** Names this process in the store. Another one for every process and every start. */
  readonly owner: string;
  /** Attempts that run at once, at least 1: a number for the one group "main", or numbers by group. */
  readonly lanes: number | Readonly<Record<string, number>>;
  /** How long a claimed task stays ours without being renewed, in ms. Default 60,000; renewed at a third of it. */
  readonly leaseMs?: number;
  /**
   * Which running tasks are lost: those of all "others" (the default: one process owns the store), or those
   * whose lease "expired" (several processes share it; looked for at the start and once per lease).
   */
  readonly lost?: "others" | "expired";
  /** Pause in ms before the store is asked again after it threw. Default 1,000. */
  readonly storeRetryMs?: number;
}
