/** Rows 2, 14 and 15 of docs/faults.md in lanes of threads: what one thread does to itself concerns no other. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { expect, test } from "vitest";
import {
  EventBus,
  jobkitEvents,
  RamQueue,
  Scheduler,
  type NewTask,
  type Task,
  type TaskId,
} from "../src/index.ts";
import { openThreads } from "../src/threads/index.ts";
import { Recorder, SeededRandom } from "../src/testing/index.ts";
import { roundsOr } from "./faults-kit.ts";
import type * as work from "./fixtures/faults-thread.ts";
import { systemClock } from "../src/system/index.ts";

function taking<Input>(): StandardSchemaV1<unknown, Input> {
  return { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as Input }) } };
}

/** Two threads, a pool of two slots, and what every job of this file needs of them. */
async function open() {
  const bus = new EventBus({ clock: systemClock });
  const recorder = new Recorder(bus);
  const events = bus.emitter(jobkitEvents);
  const threads = await openThreads<typeof work>({
    lane: "cpu",
    size: 2,
    file: new URL("./fixtures/faults-thread.ts", import.meta.url),
    events,
    clock: systemClock,
    killAfterMs: 100,
    memoryMb: 64,
  });
  const doc = "Work in a thread.";
  const needs = { cores: 1 };
  const retry = { attempts: 2, firstMs: 1, maxMs: 1 };
  const jobs = [
    threads.job({
      name: "dies",
      doc,
      needs,
      retry,
      input: taking<{ afterMs: number }>(),
      export: "diesFirst",
    }),
    threads.job({ name: "computes", doc, needs, retry, input: taking<{ ms: number }>(), export: "computes" }),
    threads.job({ name: "poison", doc, needs, retry, input: taking<null>(), export: "poison" }),
    threads.job({ name: "loops", doc, needs, retry, input: taking<null>(), export: "loops", timeoutMs: 50 }),
    threads.job({ name: "grows", doc, needs, retry, input: taking<null>(), export: "grows" }),
  ];
  const scheduler = new Scheduler({
    store: new RamQueue(),
    jobs,
    pools: { cores: 2 },
    events,
    clock: systemClock,
    random: new SeededRandom(1),
    owner: "here",
    lanes: { cpu: 2 },
  });
  await scheduler.start();
  return {
    bus,
    recorder,
    scheduler,
    run: (tasks: readonly NewTask[]): Promise<readonly Task[]> => Promise.all(scheduler.perform(tasks)),
    async [Symbol.asyncDispose]() {
      await scheduler[Symbol.asyncDispose]();
      await threads[Symbol.asyncDispose]();
    },
  };
}

function ends(tasks: readonly Task[]): readonly unknown[] {
  return tasks.map(({ state }) => (state.kind === "done" ? state.result : state.kind));
}

test("threads that die in the middle of their work: those tasks run again, the others notice nothing", async () => {
  const kills = roundsOr(30);
  const random = new SeededRandom(Date.now());
  await using kit = await open();
  const { bus, recorder, scheduler, run } = kit;
  const lostAtMs: number[] = [];
  const backMs: number[] = [];
  bus.listen({ name: "time" }, ({ ev }) => {
    if (ev === "thread.lost") lostAtMs.push(performance.now());
    if (ev === "task.retrying") backMs.push(performance.now() - (lostAtMs[backMs.length] ?? 0));
  });

  const dying = run(
    Array.from({ length: kills }, () => ({ job: "dies", input: { afterMs: random.below(20) } })),
  );
  const others = run(Array.from({ length: kills }, () => ({ job: "computes", input: { ms: 5 } })));
  const [died, computed] = await Promise.all([dying, others]);

  console.log(
    `${kills} threads killed: runnable again at most ${Math.max(...backMs).toFixed(1)} ms after the loss was told`,
  );
  expect({ seed: random.seed, died: ends(died) }).toEqual({ seed: random.seed, died: died.map(() => 2) });
  expect(ends(computed)).toEqual(computed.map(() => 1));
  expect(recorder.of("thread.lost")).toHaveLength(kills);
  expect(scheduler.snapshot()).toMatchObject({ lanesFree: 2, running: [], pools: [{ held: 0 }] });
});

test("a task that kills its thread every time uses its attempts up, and who runs beside it loses none", async () => {
  await using kit = await open();

  const [poison, ...beside] = await kit.run([
    { job: "poison", input: null, priority: 1 },
    ...Array.from({ length: 6 }, () => ({ job: "computes", input: { ms: 30 } })),
  ]);

  expect(poison).toMatchObject({ attempt: 2, state: { kind: "failed", error: { code: "THREAD_FAILED" } } });
  expect(ends(beside)).toEqual([1, 1, 1, 1, 1, 1]);
});

test.each([
  ["loops", "TASK_TIMEOUT"],
  ["grows", "THREAD_FAILED"],
])("a thread that %s without end is ended, and its slot works for the next", async (name, code) => {
  await using kit = await open();

  const [bad, ...beside] = await kit.run([
    { job: name, input: null, priority: 1, limits: { retry: { attempts: 1 } } },
    ...Array.from({ length: 20 }, () => ({ job: "computes", input: { ms: 10 } })),
  ]);

  expect(bad).toMatchObject({ state: { kind: "failed", error: { code } } });
  expect(ends(beside)).toEqual(beside.map(() => 1));
  expect(kit.recorder.of("thread.lost")).toHaveLength(1);
  expect(kit.scheduler.snapshot()).toMatchObject({ lanesFree: 2, pools: [{ held: 0 }] });
});

test("closing while a thread loops ends it, and the task is left to run again", async () => {
  const kit = await open();
  const running = kit.recorder.next("task.started");
  await kit.scheduler.submit([{ job: "loops", input: null, limits: { timeoutMs: 60_000 } }]);
  const started = await running;

  await kit[Symbol.asyncDispose]();

  expect(kit.recorder.of("task.interrupted")).toMatchObject([
    { attrs: { task: started.attrs["task"] as TaskId } },
  ]);
});
