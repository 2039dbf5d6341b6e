import {
  jobkitEvents,
  Timetable,
  type EventBus,
  type Job,
  type QueueStore,
  type Schedule,
  type Scheduler,
} from "../src/index.ts";
import { FakeClock, Recorder, SeededRandom } from "../src/testing/index.ts";
import { setup } from "./scheduler-kit.ts";

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/**
 * How often a fault is made: `usual` times, or as often as the variable ROUNDS says, for a long night.
 * @throws RangeError where that is no whole number from 1 on.
 */
export function roundsOr(usual: number): number {
  const text = process.env["ROUNDS"];
  if (text === undefined || text === "") return usual;
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError(`ROUNDS=${text}: a whole number from 1`);
  return rounds;
}

/** A scheduler and a timetable on one fake clock. */
export interface Kit {
  readonly clock: FakeClock;
  readonly store: QueueStore;
  readonly bus: EventBus;
  readonly scheduler: Scheduler;
  readonly recorder: Recorder;
  /** Close both, moving the clock so that what waits for time ends. */
  readonly close: () => Promise<void>;
}

/** Open both and start. Close what it answers. */
export async function openKit(
  jobs: readonly Job[],
  schedules: readonly Schedule[],
  clock = new FakeClock(),
): Promise<Kit> {
  const { store, bus, scheduler } = setup({ clock, jobs }, false);
  const recorder = new Recorder(bus);
  await scheduler.start();
  const timetable = await Timetable.open({
    schedules,
    host: scheduler,
    store,
    events: bus.emitter(jobkitEvents),
    clock,
    random: new SeededRandom(2),
  });
  const close = async (): Promise<void> => {
    await timetable[Symbol.asyncDispose]();
    const closing = scheduler[Symbol.asyncDispose]();
    await clock.advance(MINUTE_MS);
    await closing;
  };
  return { clock, store, bus, scheduler, recorder, close };
}

/** The due times that got a task, as text, in the order of adding. */
export async function duesOf(store: QueueStore): Promise<readonly string[]> {
  const { tasks } = await store.list({ order: "oldest", limit: 1_000 });
  return tasks.flatMap(({ idempotencyKey }) => idempotencyKey?.split(" ")[1] ?? []);
}
