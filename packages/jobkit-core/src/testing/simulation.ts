/**
 * A whole kit on fake time: submissions with every field, forks, failures, timeouts, deadlines, cancellations,
 * retries by hand, pauses, holds, pools that change their size, pruning, drains, jumps of the clock, a store
 * that fails and answers out of order, and processes that die at any call of it. Same seed, same run. Whenever
 * nothing is on its way, every promise of the scheduler and its store is checked; what is broken is returned
 * as sentences.
 */
import type { QueueStore } from "../queue/queue-store.ts";
import { RamQueue } from "../queue/ram-queue.ts";
import { SeededRandom } from "./seeded-random.ts";
import type { Faults } from "./simulation/faults.ts";
import { begin, checkLeaks, comeToRest, restart } from "./simulation/life-cycle.ts";
import { doSomething } from "./simulation/operator.ts";
import type { Sabotage } from "./simulation/sabotage.ts";
import { World } from "./simulation/world.ts";

/** What to simulate. */
export interface SimulationOptions {
  readonly seed: number;
  /** Things that are done to the kit before it is left alone. Default 40. */
  readonly steps?: number;
  /** Share of store calls that throw. Default: by seed one of 0, 0.02, 0.15. */
  readonly failShare?: number;
  /** Share of store calls at which the process dies. Default: by seed one of 0, 0.003, 0.02. */
  readonly deathShare?: number;
  /** Make the store call of this number throw, counted from 1. */
  readonly failCall?: number;
  /** Longest answer of the store in ms; 0 for at once. Default: by seed one of 0, 40. */
  readonly delayMaxMs?: number;
  /**
   * Longest wait for the disk in ms, before which turns are answered (`stored`); 0 for none. Default: by seed one of
   * 0, 30.
   */
  readonly diskMaxMs?: number;
  /** Makes the store that outlives the processes. Default: a {@link RamQueue}. */
  readonly open?: () => QueueStore | Promise<QueueStore>;
  /** A bug planted on purpose. Default: none. */
  readonly sabotage?: Sabotage;
}

/** How a simulation went. */
export interface SimulationReport {
  readonly seed: number;
  /** Broken promises, in words; empty for a sound kit. */
  readonly complaints: readonly string[];
  readonly accepted: number;
  readonly finished: number;
  readonly forks: number;
  /** Waits for the end of a task that were answered. */
  readonly waits: number;
  readonly events: number;
  readonly deaths: number;
  readonly storeCalls: number;
  /** How often everything was checked. */
  readonly looks: number;
}

const STEPS = 40;
/** Of all steps. */
const ADVANCE_SHARE = 0.32;
/** Of the other steps. */
const RESTART_SHARE = 0.02;
const KILL_SHARE = 0.02;
/** The disk has a sequence of chance of its own: what else happens stays as it is without. */
const DISK_SALT = 0xd15c;

/** Run one simulation to its end. Rejects only where the simulation itself is broken. */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  await using store = await (options.open?.() ?? new RamQueue());
  const world = new World({
    seed: options.seed,
    store,
    faults: (random) => faultsOf(options, random),
    sabotage: options.sabotage ?? null,
  });
  using _planted = world.install();
  await begin(world);
  for (let step = 0; step < (options.steps ?? STEPS); step += 1) {
    const settled = await oneStep(world);
    if (world.process.dead) await begin(world);
    else if (settled) await world.look();
  }
  await comeToRest(world);
  await checkLeaks(world);
  world.ledger.telling.close(await store.get(world.ledger.stored));
  return reportOf(world, options.seed);
}

async function oneStep(world: World): Promise<boolean> {
  const { random, clock } = world;
  if (random.chance(ADVANCE_SHARE)) {
    await clock.advance(random.below(random.pick([10, 2_000, 15_000])));
    return true;
  }
  if (random.chance(RESTART_SHARE)) await restart(world);
  else if (world.faults.deathShare > 0 && random.chance(KILL_SHARE)) world.process.kill();
  else return doSomething(world);
  return false;
}

function faultsOf(options: SimulationOptions, random: SeededRandom): Faults {
  const disk = new SeededRandom(options.seed ^ DISK_SALT);
  return {
    failShare: options.failShare ?? random.pick([0, 0.02, 0.15]),
    deathShare: options.deathShare ?? random.pick([0, 0.003, 0.02]),
    failCall: options.failCall ?? null,
    delayMaxMs: options.delayMaxMs ?? random.pick([0, 40]),
    diskMaxMs: options.diskMaxMs ?? disk.pick([0, 30]),
    calls: 0,
  };
}

function reportOf({ ledger, tally, faults }: World, seed: number): SimulationReport {
  const { events, finished, forks, deaths, looks } = tally;
  return {
    seed,
    complaints: ledger.complaints.list,
    accepted: ledger.book.lines.size,
    finished,
    forks,
    waits: ledger.waiting.answered,
    events,
    deaths,
    storeCalls: faults.calls,
    looks,
  };
}
