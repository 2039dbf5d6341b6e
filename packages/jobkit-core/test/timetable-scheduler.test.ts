/** The timetable with the real scheduler and the store in memory. */
import { expect, test } from "vitest";
import {
  EventBus,
  jobkitEvents,
  RamQueue,
  Scheduler,
  Timetable,
  type Job,
  type JobContext,
  type QueueStore,
} from "../src/index.ts";
import { FakeClock, Recorder, SeededRandom } from "../src/testing/index.ts";
import { aborted, job } from "./scheduler-kit.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, schedule } from "./timetable-kit.ts";

/** One life of a process: a scheduler and a timetable over a store that may have lived before. */
async function life(store: QueueStore, clock: FakeClock, owner: string, digest: Job) {
  const bus = new EventBus({ clock });
  const recorder = new Recorder(bus);
  const random = new SeededRandom(owner.length);
  const events = bus.emitter(jobkitEvents);
  const scheduler = new Scheduler({
    store,
    jobs: [digest],
    pools: {},
    events,
    clock,
    random,
    owner,
    lanes: 2,
  });
  await scheduler.start();
  const timetable = await Timetable.open({
    schedules: [schedule({ when: "every 1h", overlap: "replace" })],
    host: scheduler,
    store,
    events,
    clock,
    random,
  });
  const close = async (): Promise<void> => {
    await timetable[Symbol.asyncDispose]();
    const closing = scheduler[Symbol.asyncDispose]();
    await clock.advance(MINUTE_MS);
    await closing;
  };
  return { timetable, scheduler, recorder, close };
}

test("due times run their job, each once, over restarts", async () => {
  const store = new RamQueue();
  const clock = new FakeClock();
  let runs = 0;
  const digest = job("digest", async () => {
    runs += 1;
    return runs;
  });

  for (let day = 0; day < 4; day += 1) {
    const { close, recorder } = await life(store, clock, `day${"x".repeat(day)}`, digest);
    await clock.advance(3 * HOUR_MS + MINUTE_MS);
    await close();
    expect(recorder.problems).toEqual([]);
    await clock.advance(20 * HOUR_MS);
  }

  const { tasks } = await store.list({});
  expect(runs).toBe(tasks.length);
  expect(new Set(tasks.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(tasks.length);
  // Three hours of every day, and one run for all that was missed in between.
  expect(tasks).toHaveLength(4 * 3 + 3);
  expect(tasks.every(({ state }) => state.kind === "done")).toBe(true);
});

test("a run that is replaced has ended before the next one begins", async () => {
  const store = new RamQueue();
  const clock = new FakeClock();
  let running = 0;
  let most = 0;
  const work = async ({ signal }: JobContext<unknown>): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await aborted(signal);
    await clock.sleep(1_000);
    running -= 1;
  };
  const digest = job("digest", work, { timeoutMs: DAY_MS });
  const { close, recorder, timetable } = await life(store, clock, "one", digest);

  await clock.advance(3 * HOUR_MS + MINUTE_MS);

  const { tasks } = await store.list({ order: "oldest" });
  expect(tasks.map(({ state }) => state.kind)).toEqual(["cancelled", "cancelled", "running"]);
  expect(most).toBe(1);
  expect(recorder.of("schedule.overlapped").map(({ attrs }) => attrs["became"])).toEqual([
    "replaced",
    "replaced",
  ]);
  expect(timetable.states()[0]?.lastTask).toBe(tasks.at(-1)?.id);
  await close();
});

test("what was dealt with is in the store with the tasks", async () => {
  const store = new RamQueue();
  const clock = new FakeClock();
  const { close } = await life(
    store,
    clock,
    "one",
    job("digest", async () => {}),
  );

  await clock.advance(DAY_MS);

  const [last] = (await store.list({ limit: 1 })).tasks;
  expect(await store.marks(["schedule.nightly"])).toEqual({
    "schedule.nightly": { uptoMs: clock.now(), dueMs: clock.now(), task: last?.id },
  });
  await close();
});
