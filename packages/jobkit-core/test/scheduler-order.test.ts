import { expect, test } from "vitest";
import { RamQueue, type JobEvent, type QueueStore } from "../src/index.ts";
import { idOf, job, Latch, started } from "./scheduler-kit.ts";

/** A store that keeps its answers to further submissions back until `answers` is released, one by one. */
function slowToAnswer(): { store: QueueStore; answers: Latch; hold: () => void } {
  const store = new RamQueue();
  const answers = new Latch();
  const addGraph = store.addGraph.bind(store);
  let held = false;
  store.addGraph = async (drafts, marks) => {
    const added = await addGraph(drafts, marks);
    if (held) await answers.wait();
    return added;
  };
  return { store, answers, hold: () => (held = true) };
}

/** What was told of tasks of `job`, in order. */
function lifeOf(seen: readonly JobEvent[], name: string): readonly string[] {
  return seen.filter((event) => event.job === name).map((event) => event.ev);
}

const fails = (): Promise<never> => Promise.reject(new Error("no"));
const ONCE = { retry: { attempts: 1, firstMs: 0, maxMs: 0, factor: 1, jitter: 0 } };

test("a task that is skipped because its parent fails, before its submission is answered, is told queued first", async () => {
  const { store, answers, hold } = slowToAnswer();
  using work = new Latch();
  const parent = job("parent", () => work.wait().then(fails), ONCE);
  await using bench = await started({ store, jobs: [parent, job("child", async () => {})] });
  using _answering = answers;
  const { clock, seen, scheduler } = bench;
  const id = idOf(await scheduler.submit([{ job: "parent", input: null }]));
  await clock.settle();

  hold();
  const submitted = scheduler.submit([{ job: "child", input: null, after: [id] }]);
  await clock.settle();
  work.release();
  await clock.settle();
  answers.release();
  await submitted;
  await scheduler.idle();

  expect(lifeOf(seen, "child")).toEqual(["task.queued", "task.finished"]);
});

test("a task that is skipped because its parent is cancelled, before its submission is answered, is told queued first", async () => {
  const { store, answers, hold } = slowToAnswer();
  const parent = job("parent", async () => {});
  await using bench = await started({ store, jobs: [parent, job("child", async () => {})] });
  using _answering = answers;
  const { clock, seen, scheduler } = bench;
  const dueAtMs = clock.now() + 1_000;
  const id = idOf(await scheduler.submit([{ job: "parent", input: null, dueAtMs }]));

  hold();
  const submitted = scheduler.submit([{ job: "child", input: null, after: [id] }]);
  await clock.settle();
  const cancelled = scheduler.cancel([id], "not wanted");
  await clock.settle();
  answers.release();
  await Promise.all([submitted, cancelled]);
  await scheduler.idle();

  expect(lifeOf(seen, "child")).toEqual(["task.queued", "task.finished"]);
});

test("a task that is claimed before its submission is answered is told queued first", async () => {
  const { store, answers, hold } = slowToAnswer();
  await using bench = await started({ store, jobs: [job("quick", async () => {})] });
  using _answering = answers;
  const { clock, seen, scheduler } = bench;

  hold();
  const submitted = scheduler.submit([{ job: "quick", input: null }]);
  await clock.settle();
  answers.release();
  await submitted;
  await scheduler.idle();

  expect(lifeOf(seen, "quick")).toEqual(["task.queued", "task.started", "task.finished"]);
});
