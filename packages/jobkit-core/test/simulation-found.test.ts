/** What the simulator has found, each as the shortest story that shows it. */
import { expect, test } from "vitest";
import { RamQueue, type Marks } from "../src/index.ts";
import { aborted, job, Latch, setup, told } from "./scheduler-kit.ts";

test("whoever waits for a task is told of its end also where the store could not tell how it ended", async () => {
  const store = new RamQueue();
  const { clock, scheduler } = setup({ store, jobs: [job("late", async () => {})] });
  await using _open = scheduler;
  await scheduler.start();
  const dueAtMs = clock.now() + 60_000;
  const ends = scheduler.perform([
    { job: "late", input: null, dueAtMs, deadlineAtMs: clock.now() + 1_000 },
    { job: "late", input: null, dueAtMs },
  ]);
  await clock.settle();
  const [, second] = (await store.list({ order: "oldest" })).tasks;
  const get = store.get.bind(store);
  store.get = () => Promise.reject(new Error("no answer"));

  await clock.advance(1_000);
  await scheduler.cancel(second === undefined ? [] : [second.id], "no");
  await clock.advance(5_000);
  store.get = get;
  await clock.advance(1_000);

  const states = (await Promise.all(ends)).map(({ state }) => state.kind);
  expect(states).toEqual(["failed", "cancelled"]);
});

test("whoever waits for a task that is forgotten before the store can tell of it is refused", async () => {
  const store = new RamQueue();
  const { clock, scheduler } = setup({ store, jobs: [job("once", async () => {})] });
  await using _open = scheduler;
  await scheduler.start();
  const once = { job: "once", input: null, idempotencyKey: "k" };
  await Promise.all(scheduler.perform([once]));
  const get = store.get.bind(store);
  store.get = () => Promise.reject(new Error("no answer"));
  const [again] = scheduler.perform([once]);
  const refused = again?.catch((error: unknown) => error);
  await clock.settle();

  await store.prune({ endedBeforeMs: clock.now() + 1, limit: 9 });
  store.get = get;
  await clock.advance(1_000);

  expect(await refused).toMatchObject({ code: "TASK_UNKNOWN" });
});

test("of a pause and a resumption that overtake each other in the store, the later one is kept", async () => {
  const store = new RamQueue();
  const { clock, scheduler } = setup({ store, jobs: [job("work", async () => {})] });
  await using _open = scheduler;
  const setMarks = store.setMarks.bind(store);
  let calls = 0;
  store.setMarks = async (marks: Marks) => {
    calls += 1;
    await clock.sleep(calls === 1 ? 100 : 1);
    await setMarks(marks);
  };

  const both = Promise.all([scheduler.pause("work"), scheduler.resume("work")]);
  await clock.advance(1_000);
  await both;

  expect(scheduler.snapshot().paused.jobs).toEqual([]);
  expect(await store.marks(["scheduler.paused"])).toEqual({});
});

test("a rate is kept from start to start also where the store takes its time between claim and start", async () => {
  const store = new RamQueue();
  const rated = job("rated", async () => {}, { rate: { starts: 1, perMs: 1_000 } });
  const { clock, scheduler, seen } = setup({ store, jobs: [rated, job("other", async () => {})] });
  await using _open = scheduler;
  await scheduler.start();
  const get = store.get.bind(store);
  store.get = async (ids) => {
    await clock.sleep(300);
    return get(ids);
  };

  // Its end is read from the store, and meanwhile what was claimed in the same turn waits.
  await scheduler.submit([
    { job: "other", input: null, dueAtMs: clock.now() + 9e6, deadlineAtMs: clock.now() + 500 },
    ...Array.from({ length: 3 }, () => ({ job: "rated", input: null, dueAtMs: clock.now() + 500 })),
  ]);
  await clock.advance(9_000);

  const startedMs = told(seen, "task.started").map(({ ts }) => ts);
  expect(startedMs).toHaveLength(3);
  expect((startedMs[1] ?? 0) - (startedMs[0] ?? 0)).toBeGreaterThanOrEqual(1_000);
});

test("a job that is held or paused keeps no slots from those behind it", async () => {
  for (const stop of ["hold", "pause"] as const) {
    const work = new Latch();
    const { clock, seen, scheduler } = setup({
      pools: { disk: 2 },
      jobs: [
        job("first", () => work.wait(), { needs: { disk: 1 } }),
        job("large", async () => {}, { needs: { disk: 2 } }),
        job("small", () => work.wait(), { needs: { disk: 1 } }),
      ],
    });
    await scheduler.start();
    await scheduler.submit([{ job: "first", input: null }]);
    await clock.settle();
    await scheduler.submit([
      { job: "large", input: null },
      { job: "small", input: null },
    ]);
    await clock.settle();
    expect(told(seen, "task.started")).toHaveLength(1);

    if (stop === "hold") scheduler.hold("large", "test", "for a test");
    else await scheduler.pause("large");
    await clock.settle();

    expect(told(seen, "task.started").map((event) => event.job)).toEqual(["first", "small"]);
    work.release();
    work.release();
    await scheduler[Symbol.asyncDispose]();
  }
});

test("a deadline that comes with a submission is kept also while every lane is in use", async () => {
  const work = new Latch();
  const { clock, seen, scheduler } = setup({ lanes: 1, jobs: [job("long", () => work.wait())] });
  await scheduler.start();
  await scheduler.submit([{ job: "long", input: null }]);
  await clock.settle();

  await scheduler.submit([{ job: "long", input: null, deadlineAtMs: clock.now() + 1_000 }]);
  await clock.advance(1_000);

  expect(told(seen, "task.failed")).toMatchObject([{ attrs: { code: "TASK_EXPIRED" } }]);
  work.release();
  await scheduler[Symbol.asyncDispose]();
});

test("a cancellation that meets a claimed task which never began leaves its lane and its limit as they are", async () => {
  const store = new RamQueue();
  const options = {
    store,
    lanes: 2,
    jobs: [job("one", ({ signal }) => aborted(signal), { concurrencyMax: 1 })],
  };
  const lost = setup({ ...options, owner: "lost" });
  await lost.scheduler.start();
  const [added] = await lost.scheduler.submit([
    { job: "one", input: null, limits: { retry: { attempts: 1 } } },
    { job: "one", input: null },
    { job: "one", input: null },
  ]);
  await lost.clock.settle();
  const { clock, seen, scheduler } = setup({ ...options, owner: "heir" });
  await using _open = scheduler;
  // Its attempts are used up: it is claimed, and settled without having begun.
  const turn = store.turn.bind(store);
  const cancelled: Promise<unknown>[] = [];
  store.turn = async (request) => {
    const answer = await turn(request);
    if (answer.claimed.length > 0 && added !== undefined && cancelled.length === 0)
      cancelled.push(scheduler.cancel([added.id], "not needed"));
    return answer;
  };

  await scheduler.start();
  await clock.advance(60_000);
  await Promise.all(cancelled);

  const started = told(seen, "task.started").length;
  const ended = told(seen, "task.finished").filter(({ attrs }) => attrs["task"] !== added?.id).length;
  expect(started - ended).toBeLessThanOrEqual(1);
  expect(scheduler.snapshot().laneGroups).toMatchObject([{ busy: 1 }]);
});
