import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import type { TableEmitter } from "../events/emitter.ts";
import type { JobkitEvents } from "../events/table.ts";
import type { JobRegistry } from "../job/registry.ts";
import type { Pools } from "../pool/pools.ts";
import type { QueueStore } from "../queue/queue-store.ts";
import type { Alarms } from "../run/alarms.ts";
import type { Gate } from "./gate.ts";
import type { JobStanding } from "./job-standing.ts";
import type { Lanes } from "./lanes.ts";
import type { OneAtATime } from "./one-at-a-time.ts";
import type { RunningSet } from "./running-set.ts";

/** What the parts of one scheduler share. Only the scheduler makes one. */
export interface Kit {
  readonly store: QueueStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: TableEmitter<JobkitEvents>;
  readonly owner: string;
  readonly leaseMs: number;
  readonly registry: JobRegistry;
  /** How each job of the registry stands, by name. */
  readonly standings: ReadonlyMap<string, JobStanding>;
  readonly lanes: Lanes;
  readonly pools: Pools;
  readonly running: RunningSet;
  readonly gate: Gate;
  /** Turns, cancellations and retries by hand go through it. */
  readonly oneAtATime: OneAtATime;
  readonly alarms: Alarms;
  readonly phase: Phase;
}

/** What the scheduler may still do. Changed by the scheduler alone, read by its parts. */
export interface Phase {
  /** Nothing is claimed any more. */
  draining: boolean;
  /** Everything is paused. */
  paused: boolean;
}
