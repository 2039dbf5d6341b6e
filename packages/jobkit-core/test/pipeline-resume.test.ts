import * as fc from "fast-check";
import { expect, test } from "vitest";
import { definePipeline, fatal, fork, isLast, type Json, planResume, type Task } from "jobkit-core";
import { isPhaseTask } from "../src/pipeline/phase-input.ts";
import { tasksOfRun } from "../src/pipeline/runs.ts";
import { job } from "./scheduler-kit.ts";
import { anyPipeline, read, World, type Work } from "./pipeline-kit.ts";

const lists = { pages: () => ["a", "b", "c"] };
const nightly = definePipeline({
  name: "nightly",
  phases: {
    list: { job: "work", input: "list" },
    fetch: { job: "work", after: ["list"], map: { list: "pages" } },
    digest: { job: "work", after: ["fetch"], input: "digest" },
    links: { job: "work", after: ["digest"], input: "links" },
    report: { job: "work", after: ["links"], when: "always", input: "report" },
  },
});

/** Fails for good on those inputs, as long as they are among them. */
function failingOn(bad: Set<unknown>): Work {
  return (input) => {
    if (bad.has(input)) throw fatal(`working on ${JSON.stringify(input)}`);
    return input;
  };
}

test("a failed run goes on from the failed phase, and only the items that failed are done again", async () => {
  const bad = new Set<unknown>(["b"]);
  await using world = await new World({ pipelines: [nightly], lists, work: failingOn(bad) }).begin();
  const { run, end } = await world.pipelines.run("nightly");
  await world.clock.settle();
  const first = await world.states(run);
  bad.clear();
  world.worked.length = 0;

  const again = await world.pipelines.resume(run);
  await world.clock.settle();

  expect(first).toEqual({
    list: "done",
    fetch: "failed",
    digest: "skipped",
    links: "skipped",
    report: "done",
  });
  expect(world.worked).toEqual(["b", "digest", "links"]);
  // The phases fetch, digest and links, the item b, and the end.
  expect(again).toHaveLength(5);
  expect(Object.values(await world.states(run))).toEqual(["done", "done", "done", "done", "done"]);
  expect((await world.scheduler.ended(end)).state.kind).toBe("done");
  expect(world.told("pipeline.finished").map(({ outcome }) => outcome)).toEqual(["failed", "done"]);
  expect(world.told("pipeline.started").map(({ why }) => why)).toEqual(["asked", "resumed"]);
  // Told once in the first part of the run, once in the second.
  expect(world.told("phase.skipped").map(({ phase }) => phase)).toEqual(["digest", "links"]);
});

test("a run that fails again can be resumed again, and one that is well has nothing to go on with", async () => {
  const bad = new Set<unknown>(["digest"]);
  await using world = await new World({ pipelines: [nightly], lists, work: failingOn(bad) }).begin();
  const { run } = await world.pipelines.run("nightly");
  await world.clock.settle();

  await world.pipelines.resume(run);
  await world.clock.settle();
  const second = await world.states(run);
  bad.clear();
  await world.pipelines.resume(run);
  await world.clock.settle();

  expect(second["digest"]).toBe("failed");
  expect((await world.pipelines.status(run)).outcome).toBe("done");
  expect(await world.pipelines.resume(run)).toEqual([]);
  expect(world.worked.filter((input) => input === "digest")).toHaveLength(3);
});

test("a list that has grown meanwhile adds its new items when a run goes on", async () => {
  const bad = new Set<unknown>(["b"]);
  const items = ["a", "b"];
  await using world = await new World({
    pipelines: [nightly],
    lists: { pages: () => [...items] },
    work: failingOn(bad),
  }).begin();
  const { run } = await world.pipelines.run("nightly");
  await world.clock.settle();
  bad.clear();
  items.push("d");
  world.worked.length = 0;

  await world.pipelines.resume(run);
  await world.clock.settle();

  expect(world.workedTexts).toEqual(["b", "d", "digest", "links"]);
  expect((await world.pipelines.status(run)).phases[1]).toMatchObject({ total: 3, state: { kind: "done" } });
});

test("a cancelled run ends cancelled, stops what runs, and can be resumed", async () => {
  let stuck = true;
  const work: Work = (input, { signal }) =>
    input === "b" && stuck
      ? new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
      : input;
  await using world = await new World({ pipelines: [nightly], lists, work }).begin();
  const { run, end } = await world.pipelines.run("nightly");
  await world.clock.settle();

  const cancelled = await world.pipelines.cancel(run, "too late");
  await world.clock.settle();

  expect(cancelled).toBeGreaterThan(0);
  expect(await world.states(run)).toEqual({
    list: "done",
    fetch: "cancelled",
    digest: "skipped",
    links: "skipped",
    report: "cancelled",
  });
  expect((await world.scheduler.ended(end)).state).toMatchObject({ error: { code: "TASK_CANCELLED" } });
  expect(await world.pipelines.runs("nightly")).toMatchObject([{ outcome: "cancelled" }]);
  expect(world.told("pipeline.finished")).toMatchObject([{ outcome: "cancelled" }]);
  expect(world.told("phase.finished").map(({ phase, outcome }) => [phase, outcome])).toEqual([
    ["list", "done"],
    ["fetch", "cancelled"],
    ["report", "cancelled"],
  ]);

  expect(world.told("phase.skipped").map(({ phase, why }) => [phase, why])).toEqual([
    ["digest", "fetch was cancelled"],
    ["links", "fetch was cancelled"],
  ]);

  stuck = false;
  world.worked.length = 0;
  await world.pipelines.resume(run);
  await world.clock.settle();
  expect(world.worked).toEqual(["b", "digest", "links", "report"]);
  expect(await world.pipelines.runs("nightly")).toMatchObject([{ outcome: "done" }]);
  expect(await world.pipelines.cancel(run)).toBe(0);
});

test("a run goes on after a restart, from the failed phase", async () => {
  const bad = new Set<unknown>(["c"]);
  const before = await new World({ pipelines: [nightly], lists, work: failingOn(bad) }).begin();
  const { run } = await before.pipelines.run("nightly");
  await before.clock.settle();
  await before[Symbol.asyncDispose]();
  await using next = new World({ pipelines: [], lists, store: before.store, clock: before.clock, seed: 2 });

  await next.pipelines.resume(run);
  await next.begin();
  await next.clock.settle();

  expect(next.worked).toEqual(["c", "digest", "links"]);
  expect((await next.pipelines.status(run)).outcome).toBe("done");
});

test("below a task that forked, what has an idempotency key is retried and what has none is made anew", async () => {
  const bad = new Set<unknown>(["named", "nameless"]);
  const parent = job("parent", async ({ forks, waitedFor }) => {
    if (forks === 0)
      return fork([
        { job: "work", input: "named", idempotencyKey: "one and only" },
        { job: "work", input: "nameless" },
      ]);
    const children = await waitedFor();
    if (children.some(({ state }) => state.kind !== "done")) throw fatal("a child failed");
    return children.length;
  });
  const pipeline = definePipeline({ name: "deep", phases: { only: { job: "parent" } } });
  await using world = await new World({
    pipelines: [pipeline],
    jobs: [parent],
    work: failingOn(bad),
  }).begin();
  const { run } = await world.pipelines.run("deep");
  await world.clock.settle();
  bad.clear();
  world.worked.length = 0;

  await world.pipelines.resume(run);
  await world.clock.settle();

  expect(world.workedTexts).toEqual(["named", "nameless"]);
  expect(await world.states(run)).toEqual({ only: "done" });
});

test("whatever fails, a run that is resumed does what is left, and nothing that was done", async () => {
  await fc.assert(
    fc.asyncProperty(anyPipeline(8), fc.array(fc.nat(7), { maxLength: 4 }), async (shape, failing) => {
      const named = shape.phases.map(({ name, after, when }) => [
        name,
        { job: "work", input: name, after, when: when.parents },
      ]);
      const pipeline = read({ name: "any", phases: Object.fromEntries(named) as Json });
      const bad = new Set<unknown>(failing.map((at) => `p${at}`));
      await using world = await new World({ pipelines: [pipeline], work: failingOn(bad) }).begin();
      const { run } = await world.pipelines.run("any");
      await world.clock.settle();
      const before = await tasksOfRun(world.store, run);
      const planned = new Set<string>(planResume(before));

      expect(before.filter(({ state }) => !isLast(state.kind))).toEqual([]);
      expect(before.filter((task) => planned.has(task.id) && task.state.kind === "done")).toEqual([]);
      expect(before.filter((task) => isPhaseTask(task) && leftOver(task) && !planned.has(task.id))).toEqual(
        [],
      );

      const left = pipeline.phases.filter(({ name }) =>
        before.some((task) => leftOver(task) && standsFor(task, name)),
      );
      bad.clear();
      world.worked.length = 0;
      await world.pipelines.resume(run);
      await world.clock.settle();

      expect((await world.pipelines.status(run)).outcome).toBe("done");
      expect(world.workedTexts).toEqual(left.map(({ name }) => name).toSorted());
    }),
    { numRuns: 60 },
  );
});

function leftOver({ state }: Task): boolean {
  return state.kind !== "done";
}

function standsFor(task: Task, phase: string): boolean {
  return isPhaseTask(task) && task.labels["phase"] === phase;
}
