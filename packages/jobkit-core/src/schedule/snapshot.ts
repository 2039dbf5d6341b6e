import type { RunId, TaskId } from "../base/ids.ts";
import type { PoolState } from "../pool/pools.ts";
import type { HeldReason } from "../queue/room.ts";
import type { Progress } from "../run/runner.ts";
import type { Kit } from "./kit.ts";
import type { LaneState } from "./lanes.ts";

/** One attempt that runs. */
export interface RunningAttempt {
  readonly task: TaskId;
  readonly job: string;
  readonly run: RunId;
  /** From 1. */
  readonly attempt: number;
  /** Name of the lane. */
  readonly worker: string;
  /** Wall time in ms since 1970. */
  readonly startedAtMs: number;
  /** Ms since its last sign of life: its start, or what the job said last. */
  readonly silentForMs: number;
  /** What the job said last; `null` where it has said nothing. */
  readonly progress: Progress | null;
}

/** Why a job's next task does not start. */
export type Held = HeldReason & {
  /** For how long that has been the reason, in ms. */
  readonly forMs: number;
};

/** What is true of a scheduler at one moment. A value: it does not change later. */
export interface SchedulerSnapshot {
  /** Lanes there are, over all groups. */
  readonly lanes: number;
  /** Lanes of ended attempts count as used until the store has accepted their settlement. */
  readonly lanesFree: number;
  readonly laneGroups: readonly LaneState[];
  readonly draining: boolean;
  /** In the order they began. */
  readonly running: readonly RunningAttempt[];
  readonly pools: readonly PoolState[];
  readonly paused: { readonly all: boolean; readonly jobs: readonly string[] };
  /** By job: who holds it, and why. */
  readonly holds: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By job: why its next task did not start when the scheduler last looked. */
  readonly held: Readonly<Record<string, Held>>;
}

/** Look at a kit, without changing it. */
export function snapshotOf(kit: Kit): SchedulerSnapshot {
  const { lanes, running, pools, phase, clock } = kit;
  const nowMs = clock.monotonic();
  const standings = [...kit.standings.values()];
  return {
    lanes: lanes.size,
    lanesFree: lanes.size - running.size,
    laneGroups: lanes.states(nowMs),
    draining: phase.draining,
    running: running.attempts.map(({ task, job, worker, startedAtMs, progress, progressedMs }) => ({
      task: task.id,
      job,
      run: task.run,
      attempt: task.attempt,
      worker,
      startedAtMs,
      silentForMs: Math.max(0, nowMs - progressedMs),
      progress,
    })),
    pools: pools.states(),
    paused: {
      all: phase.paused,
      jobs: standings.filter(({ paused }) => paused).map(({ job }) => job.name),
    },
    holds: Object.fromEntries(
      standings
        .filter(({ holds }) => holds.size > 0)
        .map(({ job, holds }) => [job.name, Object.fromEntries(holds)]),
    ),
    held: Object.fromEntries(
      standings.flatMap(({ job, held }) =>
        held === null
          ? []
          : [[job.name, { ...held.reason, forMs: Math.max(0, nowMs - held.sinceMs) } satisfies Held]],
      ),
    ),
  };
}
