/** Row 15 of docs/faults.md: tasks that take their process with them, with processes that are simulated. */
import { expect, test } from "vitest";
import {
  RamQueue,
  type Job,
  type JobEvent,
  type QueueStore,
  type Scheduler,
  type Task,
} from "../src/index.ts";
import { FakeClock } from "../src/testing/index.ts";
import { roundsOr } from "./faults-kit.ts";
import { job, setup, told } from "./scheduler-kit.ts";

const RETRY = { attempts: 3, firstMs: 1_000, maxMs: 1_000, factor: 1, jitter: 0 };

/** A store that answers one process until that is dead, and never again. */
function until(store: QueueStore, dead: () => boolean): QueueStore {
  return new Proxy(store, {
    get: (target, name) => {
      const member = target[name as keyof QueueStore];
      if (typeof member !== "function") return member;
      return (...args: unknown[]) =>
        dead() ? new Promise(() => {}) : (member as (...all: unknown[]) => unknown).apply(target, args);
    },
  });
}

/** The first life that nothing ended, and how many there were before it. */
interface LastLife {
  readonly deaths: number;
  readonly seen: readonly JobEvent[];
  readonly scheduler: Scheduler;
}

/** Processes over one store, one after the other; each lives until the poison runs in it. */
async function lives(
  store: QueueStore,
  clock: FakeClock,
  others: readonly Job[],
  most: number,
  lanes = 2,
): Promise<LastLife> {
  let deaths = 0;
  for (let life = 0; life < most; life += 1) {
    let dead = false;
    const poison = job("poison", () => new Promise(() => void (dead = true)), { retry: RETRY });
    const { scheduler, seen } = setup({
      store: until(store, () => dead),
      clock,
      owner: `life ${life}`,
      lanes,
      jobs: [poison, ...others],
    });
    await scheduler.start();
    await clock.advance(60_000);
    if (!dead) return { deaths, seen, scheduler };
    deaths += 1;
  }
  throw new Error(`the ${most} lives were not enough`);
}

async function tasksOf(store: QueueStore, name: string): Promise<readonly Task[]> {
  return (await store.list({ jobs: [name], limit: 1_000, order: "oldest" })).tasks;
}

test("a task that kills its process at every attempt ends as WORKER_LOST, and the queue moves on", async () => {
  const store = new RamQueue();
  const clock = new FakeClock();
  const submitting = setup({
    store,
    clock,
    jobs: [job("poison", async () => {}), job("good", async () => {})],
  });
  await submitting.scheduler.submit([
    { job: "poison", input: null, priority: 1 },
    ...Array.from({ length: 50 }, (_, input) => ({ job: "good", input })),
  ]);

  const { deaths, seen, scheduler } = await lives(store, clock, [job("good", async () => {})], 10);

  expect(deaths).toBe(RETRY.attempts);
  expect(await tasksOf(store, "poison")).toMatchObject([
    { attempt: RETRY.attempts + 1, state: { kind: "failed", error: { code: "WORKER_LOST" } } },
  ]);
  expect(told([...seen], "task.failed")).toHaveLength(1);
  expect((await tasksOf(store, "good")).filter(({ state }) => state.kind !== "done")).toEqual([]);
  const closing = scheduler[Symbol.asyncDispose]();
  await clock.settle();
  await closing;
});

test("what waits for a poisonous task is told so, each in its way, and is not held for ever", async () => {
  const store = new RamQueue();
  const clock = new FakeClock();
  const good = job("good", async () => {});
  const submitting = setup({ store, clock, jobs: [job("poison", async () => {}), good] });
  const [poison] = await submitting.scheduler.submit([{ job: "poison", input: null }]);
  const after = [poison?.id ?? ("" as never)];
  await submitting.scheduler.submit([
    { job: "good", input: "skips", after },
    { job: "good", input: "runs", after, onParentFailure: "run" },
    { job: "good", input: "fails", after, onParentFailure: "fail" },
  ]);

  const { scheduler } = await lives(store, clock, [good], 10);

  const ends = (await tasksOf(store, "good")).map(({ input, state }) => [input, state.kind]);
  expect(ends).toEqual([
    ["skips", "skipped"],
    ["runs", "done"],
    ["fails", "failed"],
  ]);
  const closing = scheduler[Symbol.asyncDispose]();
  await clock.settle();
  await closing;
});

test("several poisonous tasks end one by one; each costs as many lives as it has attempts, at most", async () => {
  const poisons = roundsOr(4);
  const store = new RamQueue();
  const clock = new FakeClock();
  const submitting = setup({ store, clock, jobs: [job("poison", async () => {})] });
  await submitting.scheduler.submit(
    Array.from({ length: poisons }, (_, input) => ({ job: "poison", input })),
  );

  const { deaths, scheduler } = await lives(store, clock, [], poisons * RETRY.attempts + 1);

  expect(deaths).toBeLessThanOrEqual(poisons * RETRY.attempts);
  const states = (await tasksOf(store, "poison")).map(({ state }) => state.kind);
  expect(states).toEqual(Array.from({ length: poisons }, () => "failed"));
  const closing = scheduler[Symbol.asyncDispose]();
  await clock.settle();
  await closing;
});

test("the limit: who runs beside a poisonous task at every one of its deaths is lost with it", async () => {
  const store = new RamQueue();
  const clock = new FakeClock();
  const beside = (attempts: number) =>
    job(`long-${attempts}`, () => clock.sleep(10_000), { retry: { ...RETRY, attempts } });
  const others = [beside(3), beside(4)];
  const submitting = setup({ store, clock, jobs: [job("poison", async () => {}), ...others] });
  await submitting.scheduler.submit([
    { job: "poison", input: null },
    { job: "long-3", input: null, priority: 1 },
    { job: "long-4", input: null, priority: 1 },
  ]);

  const { scheduler } = await lives(store, clock, others, 10, 3);

  // Which of them it was, the dead process cannot tell: an attempt more than the poison has saves the innocent.
  expect(await tasksOf(store, "long-3")).toMatchObject([{ state: { kind: "failed" } }]);
  expect(await tasksOf(store, "long-4")).toMatchObject([{ attempt: 4, state: { kind: "done" } }]);
  const closing = scheduler[Symbol.asyncDispose]();
  await clock.settle();
  await closing;
});
