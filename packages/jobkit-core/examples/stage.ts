/**
 * What the examples stand on: a scheduler over memory, on a clock that moves when told, so that an hour passes at
 * once. A program of your own hands in the real clock instead; the README's first lines show how.
 */
import { EventBus, jobkitEvents, RamQueue, Scheduler } from "jobkit-core";
import type { EventTable, Job, JobkitEvents, QueueStore, SchedulerOptions, TableEmitter } from "jobkit-core";
import { FakeClock, SeededRandom } from "jobkit-core/testing";

/** The one clock of an example. It begins on a Monday. */
export const clock = new FakeClock(Date.parse("2026-03-02T00:00:00Z"));

/** What a scheduler and its neighbours are made of. */
export interface Kit {
  readonly clock: FakeClock;
  readonly store: QueueStore;
  readonly random: SeededRandom;
  readonly bus: EventBus;
  readonly events: TableEmitter<JobkitEvents>;
}

/** What a stage may have otherwise. */
export interface StageOptions extends Partial<Pick<SchedulerOptions, "lanes" | "pools" | "owner">> {
  readonly store?: QueueStore;
  /** Tables of events beside jobkit's own. */
  readonly tables?: readonly EventTable[];
}

/** A scheduler of these jobs, started, and what it is made of. */
export async function stage(
  jobs: readonly Job[] | ((kit: Kit) => readonly Job[]),
  { tables = [], store = new RamQueue(), ...more }: StageOptions = {},
): Promise<Kit & { readonly scheduler: Scheduler }> {
  const bus = new EventBus({ clock, tables });
  const kit: Kit = { clock, store, random: new SeededRandom(1), bus, events: bus.emitter(jobkitEvents) };
  const all = typeof jobs === "function" ? jobs(kit) : jobs;
  const scheduler = new Scheduler({ jobs: all, pools: {}, lanes: 4, owner: "example", ...kit, ...more });
  await scheduler.start();
  return { ...kit, scheduler };
}
