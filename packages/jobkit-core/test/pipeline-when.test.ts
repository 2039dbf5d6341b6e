import { expect, test } from "vitest";
import { definePipeline, fatal, type PhaseContext } from "jobkit-core";
import { World } from "./pipeline-kit.ts";

/** One phase that is skipped by a choice or fails, and one below it for each rule. */
function below(first: object): ReturnType<typeof definePipeline> {
  return definePipeline({
    name: "rules",
    phases: {
      first: { job: "work", input: "first", ...first },
      success: { job: "work", input: "success", after: ["first"] },
      unfailed: { job: "work", input: "unfailed", after: ["first"], when: "no-failure" },
      always: { job: "work", input: "always", after: ["first"], when: "always" },
    },
  });
}

const failing = (input: unknown): null => {
  if (input === "first") throw fatal("doing it");
  return null;
};

const failingButB = (input: unknown): null => {
  if (input !== "b") throw fatal(`reading ${JSON.stringify(input)}`);
  return null;
};

test("below a phase that did its work, every rule holds", async () => {
  await using world = await new World({ pipelines: [below({})] }).begin();

  await world.pipelines.run("rules");
  await world.clock.settle();

  expect(world.workedTexts).toEqual(["always", "first", "success", "unfailed"]);
});

test("below a phase that chose not to work, success does not hold and no-failure does", async () => {
  const predicates = { changed: () => ({ holds: false, why: "revision 7 was seen" }) };
  await using world = await new World({
    pipelines: [below({ when: { predicate: "changed" } })],
    predicates,
  }).begin();

  const { run } = await world.pipelines.run("rules");
  await world.clock.settle();

  expect(world.workedTexts).toEqual(["always", "unfailed"]);
  const { phases, outcome } = await world.pipelines.status(run);
  expect(outcome).toBe("done");
  expect(phases.slice(0, 2).map(({ state }) => state)).toMatchObject([
    { kind: "skipped", why: "changed does not hold: revision 7 was seen" },
    { kind: "skipped", why: "first was skipped: changed does not hold: revision 7 was seen" },
  ]);
  expect(world.told("phase.skipped").map(({ phase }) => phase)).toEqual(["first", "success"]);
});

test("below a phase that failed, only always holds, and each phase is told once", async () => {
  await using world = await new World({ pipelines: [below({})], work: failing }).begin();

  const { run, end } = await world.pipelines.run("rules");
  await world.clock.settle();

  expect(world.worked).toEqual(["first", "always"]);
  const { phases } = await world.pipelines.status(run);
  expect(phases.map(({ name, state }) => [name, state.kind])).toEqual([
    ["first", "failed"],
    ["success", "skipped"],
    ["unfailed", "skipped"],
    ["always", "done"],
  ]);
  expect(phases[1]?.state).toMatchObject({ why: "first failed" });
  expect(world.told("phase.skipped")).toEqual([
    { pipeline: "rules", phase: "success", why: "first failed" },
    { pipeline: "rules", phase: "unfailed", why: "first failed" },
  ]);
  expect(world.told("phase.finished").map(({ phase, outcome }) => [phase, outcome])).toEqual([
    ["first", "failed"],
    ["always", "done"],
  ]);
  expect((await world.scheduler.ended(end)).state).toMatchObject({
    kind: "failed",
    error: { code: "PHASE_FAILED", message: expect.stringContaining("first failed") },
  });
  expect(world.told("pipeline.finished")).toMatchObject([{ outcome: "failed" }]);
});

test("a failure names the task and what it failed with, and how many there were", async () => {
  const pipeline = definePipeline({ name: "map", phases: { only: { job: "work", map: { list: "pages" } } } });
  await using world = await new World({
    pipelines: [pipeline],
    lists: { pages: () => ["a", "b", "c"] },
    work: failingButB,
  }).begin();

  const { run } = await world.pipelines.run("map");
  await world.clock.settle();

  const [only] = (await world.pipelines.status(run)).phases;
  expect(only).toMatchObject({ total: 3, done: 1, bad: 2, state: { kind: "failed" } });
  expect(only?.state).toMatchObject({
    why: expect.stringMatching(
      /^PHASE_FAILED: doing only: 2 of 3 tasks did not end well, first task \w+ \(a\) failed with TASK_FATAL: reading "a"$/,
    ),
  });
});

test("a predicate may be turned round, asked after any end, and is told how the parents ended", async () => {
  const asked: unknown[] = [];
  const predicates = {
    well: (context: PhaseContext, args: unknown) => {
      asked.push([context.phase, context.date, args, context.parents["first"]?.outcome]);
      return context.parents["first"]?.outcome === "done";
    },
  };
  const pipeline = definePipeline({
    name: "rescue",
    phases: {
      first: { job: "work", input: "first" },
      rescue: {
        job: "work",
        input: "rescue",
        after: ["first"],
        when: { predicate: "well", not: true, parents: "always", args: { at: "$date" } },
      },
      celebrate: { job: "work", after: ["first"], when: { predicate: "well", parents: "always" } },
    },
  });
  await using world = await new World({ pipelines: [pipeline], predicates, work: failing }).begin();

  const { run } = await world.pipelines.run("rescue", { date: "2026-03-01" });
  await world.clock.settle();

  expect(world.worked).toEqual(["first", "rescue"]);
  expect(asked[0]).toEqual(["rescue", "2026-03-01", { at: "2026-03-01" }, "failed"]);
  expect(await world.states(run)).toEqual({ first: "failed", rescue: "done", celebrate: "skipped" });
});

test("a list without items skips its phase, and equal items are one task", async () => {
  const pipeline = definePipeline({
    name: "lists",
    phases: {
      none: { job: "work", map: { list: "none" } },
      twice: { job: "work", map: { list: "twice", args: { from: "$args.from" } }, input: { n: "$item.n" } },
    },
    args: { from: 1 },
  });
  const lists = {
    none: () => [],
    twice: (_: PhaseContext, args: unknown) => [{ n: (args as { from: number }).from }, { n: 1 }, { n: 2 }],
  };
  await using world = await new World({ pipelines: [pipeline], lists }).begin();

  const { run } = await world.pipelines.run("lists");
  await world.clock.settle();

  expect(world.worked).toEqual([{ n: 1 }, { n: 2 }]);
  expect((await world.pipelines.status(run)).phases[0]?.state).toMatchObject({
    why: "the list none is empty",
  });
});

test("a list that is too long fails its phase at once, one that throws is asked again first", async () => {
  const pipeline = definePipeline({
    name: "lists",
    phases: {
      long: { job: "work", map: { list: "long", maxItems: 2 } },
      flaky: { job: "work", map: { list: "flaky" } },
    },
  });
  let asked = 0;
  const lists = {
    long: () => [1, 2, 3],
    flaky: () => {
      asked += 1;
      if (asked < 3) throw new Error("no answer");
      return ["late"];
    },
  };
  await using world = await new World({ pipelines: [pipeline], lists }).begin();

  const { run } = await world.pipelines.run("lists");
  await world.clock.advance(60_000);

  expect(world.worked).toEqual(["late"]);
  expect((await world.pipelines.status(run)).phases[0]?.state).toMatchObject({
    kind: "failed",
    why: expect.stringContaining("3 items, more than 2"),
  });
  // It failed before it had tasks, so it was told at the end of the run.
  expect(world.told("phase.finished").map(({ phase, outcome }) => [phase, outcome])).toEqual([
    ["flaky", "done"],
    ["long", "failed"],
  ]);
});

test("results that are too large to be handed on are an error of whoever asks for them, and of nobody else", async () => {
  const pipeline = definePipeline({
    name: "large",
    phases: {
      make: { job: "work", input: "make" },
      use: { job: "work", after: ["make"], input: "$results.make" },
      other: { job: "work", after: ["make"], input: "other" },
    },
  });
  await using world = await new World({
    pipelines: [pipeline],
    work: (input) => (input === "make" ? "x".repeat(70_000) : null),
  }).begin();

  const { run } = await world.pipelines.run("large");
  await world.clock.settle();

  expect(await world.states(run)).toEqual({ make: "done", use: "failed", other: "done" });
});

test("the limits of a phase are those of its tasks", async () => {
  const pipeline = definePipeline({
    name: "limited",
    phases: { only: { job: "work", retry: { attempts: 2, firstMs: "1s", jitter: 0 }, timeoutMs: "2s" } },
  });
  const attempts: number[] = [];
  await using world = await new World({
    pipelines: [pipeline],
    work: (_, { attempt, signal }) => {
      attempts.push(attempt);
      return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    },
  }).begin();

  const { run } = await world.pipelines.run("limited");
  await world.clock.advance(10_000);

  expect(attempts).toEqual([1, 2]);
  expect((await world.pipelines.status(run)).phases[0]?.state).toMatchObject({
    why: expect.stringContaining("TASK_TIMEOUT"),
  });
});
