/** Puts the parts of a scheduler together: who knows whom, in one place. */
import { jobkitError } from "../base/error-table.ts";
import { suggestion } from "../base/suggest.ts";
import { MAIN_LANE, type Job } from "../job/job.ts";
import { JobRegistry } from "../job/registry.ts";
import { Pools } from "../pool/pools.ts";
import { Alarms } from "../run/alarms.ts";
import { Cancels } from "./cancels.ts";
import { familyOf } from "./family.ts";
import { Gate } from "./gate.ts";
import { Intake } from "./intake.ts";
import { JobStanding } from "./job-standing.ts";
import type { Kit } from "./kit.ts";
import { Lanes } from "./lanes.ts";
import { LeaseKeeper } from "./lease-keeper.ts";
import { Loop } from "./loop.ts";
import { OneAtATime } from "./one-at-a-time.ts";
import type { SchedulerOptions } from "./options.ts";
import { Pauses } from "./pauses.ts";
import { Reports } from "./reports.ts";
import { RunningSet } from "./running-set.ts";
import { Settling } from "./settling.ts";
import { Starts } from "./starts.ts";
import { Waiters } from "./waiters.ts";

const LEASE_MS = 60_000;
const STORE_RETRY_MS = 1_000;

/** The parts of one scheduler. */
export interface Parts {
  readonly kit: Kit;
  readonly waiters: Waiters;
  readonly reports: Reports;
  readonly intake: Intake;
  readonly settling: Settling;
  readonly cancels: Cancels;
  readonly pauses: Pauses;
  readonly leases: LeaseKeeper;
  readonly loop: Loop;
}

/**
 * @throws POOL_UNKNOWN, POOL_TOO_SMALL, LANE_UNKNOWN where a job could never run.
 * @throws RangeError when two jobs share a name, or a number is out of range.
 */
export function assemble(options: SchedulerOptions): Parts {
  const kit = kitOf(options);
  const waiters = new Waiters();
  const reports = new Reports(options.events, options.store, waiters, () => kit.gate.wake());
  const intake = new Intake(kit, reports, waiters);
  const settling = new Settling(kit, reports);
  const starts = new Starts(kit, settling, familyOf(kit, intake));
  const leases = new LeaseKeeper(kit, reports, options.lost ?? "others");
  const storeRetryMs = options.storeRetryMs ?? STORE_RETRY_MS;
  return {
    kit,
    waiters,
    reports,
    intake,
    settling,
    cancels: new Cancels(kit, reports, intake, settling),
    pauses: new Pauses(kit),
    leases,
    loop: new Loop({ kit, reports, settling, leases, starts, intake, storeRetryMs }),
  };
}

function kitOf(options: SchedulerOptions): Kit {
  const { store, clock, random, events, owner, leaseMs = LEASE_MS } = options;
  if (!(leaseMs > 0)) throw new RangeError(`scheduler: a lease of ${leaseMs} ms`);
  const sizes = typeof options.lanes === "number" ? { [MAIN_LANE]: options.lanes } : options.lanes;
  const lanes = new Lanes(sizes, clock.monotonic());
  if (lanes.size === 0) throw new RangeError("scheduler: no lanes");
  const registry = new JobRegistry(options.jobs);
  const pools = new Pools(options.pools);
  for (const job of options.jobs) check(job, pools, lanes);
  const alarms = new Alarms(clock);
  const standings = new Map(registry.all.map((job) => [job.name, new JobStanding(job)]));
  return {
    store,
    clock,
    random,
    events,
    owner,
    leaseMs,
    registry,
    standings,
    lanes,
    pools,
    running: new RunningSet(lanes, standings),
    gate: new Gate(clock, alarms),
    oneAtATime: new OneAtATime(),
    alarms,
    phase: { draining: false, paused: false },
  };
}

function check(job: Job, pools: Pools, lanes: Lanes): void {
  pools.check(`job ${job.name}`, job.needs);
  if (!lanes.has(job.lane))
    throw jobkitError(
      "LANE_UNKNOWN",
      `giving job ${job.name} a lane of ${JSON.stringify(job.lane)}${suggestion(job.lane, lanes.names)}`,
    );
}
