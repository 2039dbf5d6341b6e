import type { TaskId } from "../base/ids.ts";
import type { PoolState } from "../pool/pools.ts";
import type { Progress } from "../run/runner.ts";
import type { Kit } from "./kit.ts";
import type { HeldReason } from "./plan.ts";

/** One attempt that runs. */
export interface RunningAttempt {
  readonly task: TaskId;
  readonly job: string;
  /** From 1. */
  readonly attempt: number;
  /** Wall time in ms since 1970. */
  readonly startedAtMs: number;
  /** What the job said last; `null` where it has said nothing. */
  readonly progress: Progress | null;
}

/** What is true of a scheduler at one moment. A value: it does not change later. */
export interface SchedulerSnapshot {
  readonly lanes: number;
  /** Lanes of ended attempts count as used until the store has accepted their settlement. */
  readonly lanesFree: number;
  readonly draining: boolean;
  /** In the order they began. */
  readonly running: readonly RunningAttempt[];
  readonly pools: readonly PoolState[];
  readonly paused: { readonly all: boolean; readonly jobs: readonly string[] };
  /** By job: why its next task did not start when the scheduler last looked. */
  readonly held: Readonly<Record<string, HeldReason>>;
}

/** Look at a kit, without changing it. */
export function snapshotOf(kit: Kit, held: ReadonlyMap<string, HeldReason>): SchedulerSnapshot {
  const { lanes, running, pools, phase } = kit;
  return {
    lanes,
    lanesFree: lanes - running.size,
    draining: phase.draining,
    running: running.attempts.map(({ task, job, startedAtMs, progress }) => ({
      task: task.id,
      job: job.name,
      attempt: task.attempt,
      startedAtMs,
      progress,
    })),
    pools: pools.states(),
    paused: { all: phase.paused, jobs: [...phase.pausedJobs] },
    held: Object.fromEntries(held),
  };
}
