import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  definePipeline,
  describePlan,
  estimatePipeline,
  fatal,
  noHistory,
  type PhaseContext,
  type PipelineHistory,
} from "jobkit-core";
import { DURATIONS_KEPT, withRun } from "../src/pipeline/history.ts";
import { anyPipeline, read, World } from "./pipeline-kit.ts";

const nightly = definePipeline({
  name: "nightly",
  phases: {
    fetch: { job: "work", map: { list: "pages" } },
    facts: { job: "work", when: { predicate: "changed" } },
    digest: { job: "work", after: ["fetch", "facts"], when: "no-failure" },
    links: { job: "work", after: ["facts"] },
    topics: { job: "work", after: ["digest"], map: { list: "topics", args: "$results.digest" } },
    report: { job: "work", after: ["topics"] },
    tidy: { job: "work", after: ["fetch"], when: "always" },
  },
});

const functions = {
  predicates: { changed: () => ({ holds: false, why: "nothing is new" }) },
  lists: { pages: () => ["a", "b"], topics: () => ["t"] },
};

test("a dry run says of each phase what it would do, and submits nothing", async () => {
  await using world = new World({ pipelines: [nightly], ...functions });

  const plan = await world.pipelines.plan("nightly", { date: "2026-01-01" });

  expect(describePlan(plan)).toEqual([
    "nightly at 2026-01-01 would run 4 tasks in 7 phases",
    "   1  fetch   run      2 × work",
    "   1  facts   skip     changed does not hold: nothing is new",
    "   2  digest  run      1 work, unless fetch, facts fail",
    "   2  links   skip     facts was skipped: changed does not hold: nothing is new",
    "   2  tidy    run      1 work, whatever becomes of fetch",
    "   3  topics  depends  filling in the arguments of topics: nothing stands at $results.digest",
    "   4  report  depends  it is open whether topics would run",
  ]);
  expect((await world.store.list({})).tasks).toEqual([]);
  expect(world.seen).toEqual([]);
});

test("a list that is empty now is left open where a phase before it works, and skipped where none does", async () => {
  const weekly = definePipeline({
    name: "weekly",
    phases: {
      days: { job: "work" },
      weeks: { job: "work", after: ["days"], map: { list: "none" } },
      months: { job: "work", after: ["weeks"], when: "no-failure", map: { list: "none" } },
      years: { job: "work", map: { list: "none" } },
      ages: { job: "work", after: ["years"], when: "no-failure", map: { list: "none" } },
    },
  });
  await using world = new World({ pipelines: [weekly], lists: { none: () => [] } });

  const { phases } = await world.pipelines.plan("weekly");

  expect(Object.fromEntries(phases.map(({ name, plan }) => [name, plan]))).toMatchObject({
    days: { kind: "run" },
    weeks: { kind: "depends", why: "the list none is empty now; days works before" },
    months: { kind: "depends", why: "the list none is empty now; weeks works before" },
    years: { kind: "skip", why: "the list none is empty" },
    ages: { kind: "skip", why: "the list none is empty" },
  });
});

test("a dry run says when a list cannot be asked, and stops when it is told to", async () => {
  const lists = {
    pages: () => {
      throw new Error("no such folder");
    },
  };
  await using world = new World({ pipelines: [nightly], ...functions, lists });

  const { phases } = await world.pipelines.plan("nightly");
  const stopped = world.pipelines.plan("nightly", {}, AbortSignal.abort(new Error("enough")));

  expect(phases[0]?.plan).toEqual({ kind: "depends", why: "no such folder" });
  await expect(stopped).rejects.toThrow("enough");
});

test("where all goes well, a run does what the dry run said", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyPipeline(8),
      fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
      async (shape, answers) => {
        const phases = shape.phases.map(({ name, job, after, when }) => [
          name,
          { job, after, when: { predicate: "asked", parents: when.parents } },
        ]);
        const pipeline = read({ name: "any", phases: Object.fromEntries(phases) });
        const predicates = { asked: ({ phase }: PhaseContext) => answers[Number(phase.slice(1))] ?? true };
        await using world = await new World({ pipelines: [pipeline], predicates }).begin();

        const plan = await world.pipelines.plan("any");
        const { run } = await world.pipelines.run("any");
        await world.clock.settle();

        const planned = plan.phases.map((one) => [
          one.name,
          one.plan.kind === "skip" ? one.plan.why : one.plan.kind,
        ]);
        const came = (await world.pipelines.status(run)).phases.map(({ name, state }) => [
          name,
          state.kind === "skipped" ? state.why : state.kind === "done" ? "run" : state.kind,
        ]);
        expect(Object.fromEntries(came)).toEqual(Object.fromEntries(planned));
      },
    ),
    { numRuns: 40 },
  );
});

test("what phases took is kept, and a dry run says when it would end", async () => {
  const pipeline = definePipeline({
    name: "timed",
    phases: {
      slow: { job: "work", input: 3_000 },
      quick: { job: "work", input: 1_000 },
      last: { job: "work", input: 2_000, after: ["slow", "quick"] },
    },
  });
  const world = new World({
    pipelines: [pipeline],
    work: (ms, { signal }) => slept(world, Number(ms), signal),
  });
  await using _closing = await world.begin();
  for (const date of ["2026-01-01", "2026-01-02"]) {
    await world.pipelines.run("timed", { date });
    await world.clock.advance(10_000);
  }

  const plan = await world.pipelines.plan("timed");

  expect(plan.expected).toMatchObject({
    criticalPath: ["slow", "last"],
    criticalPathMs: 5_000,
    deviationMs: 0,
    unknown: [],
    expectedEndMs: world.clock.now() + 5_000,
  });
  expect(describePlan(plan, plan.expected)[0]).toBe(
    "timed at 2026-01-01 would run 3 tasks in 3 phases, about 5 s by way of slow → last",
  );
});

test("of a pipeline that never ran a dry run names no time", async () => {
  const pipeline = definePipeline({
    name: "new",
    phases: { first: { job: "work" }, last: { job: "work", after: ["first"] } },
  });
  const world = new World({ pipelines: [pipeline] });
  await using _closing = await world.begin();

  const plan = await world.pipelines.plan("new");

  expect(describePlan(plan, plan.expected)[0]).toBe("new at 2026-01-01 would run 2 tasks in 2 phases");
});

test("a run that waited for somebody to run it says nothing of how long its phases take", async () => {
  const pipeline = definePipeline({ name: "timed", phases: { only: { job: "work", input: 3_000 } } });
  const world = new World({
    pipelines: [pipeline],
    work: (ms, { signal }) => slept(world, Number(ms), signal),
  });
  await using _closing = world;
  await world.pipelines.run("timed");
  await world.clock.advance(600_000);
  await world.begin();
  await world.clock.advance(10_000);

  const plan = await world.pipelines.plan("timed");

  expect(plan.expected?.criticalPathMs).toBe(3_000);
});

test("the end of a run under way is expected from what is left", async () => {
  const pipeline = definePipeline({
    name: "timed",
    phases: { first: { job: "work", input: 3_000 }, last: { job: "work", input: 2_000, after: ["first"] } },
  });
  const world = new World({
    pipelines: [pipeline],
    work: (ms, { signal }) => slept(world, Number(ms), signal),
  });
  await using _closing = await world.begin();
  await world.pipelines.run("timed", { date: "2026-01-01" });
  await world.clock.advance(10_000);
  const { run } = await world.pipelines.run("timed", { date: "2026-01-02" });
  const begunAtMs = world.clock.now();

  await world.clock.advance(1_000);
  const early = await world.pipelines.estimate("timed", await world.pipelines.status(run));
  await world.clock.advance(3_000);
  const late = await world.pipelines.estimate("timed", await world.pipelines.status(run));

  expect(early).toMatchObject({ expectedEndMs: begunAtMs + 5_000, criticalPath: ["first", "last"] });
  expect(late.expectedEndMs).toBe(begunAtMs + 5_000);
  await world.clock.advance(10_000);
});

test("a run that was resumed is expected from when it went on, and teaches nothing", async () => {
  const bad = new Set<unknown>(["bad"]);
  const pipeline = definePipeline({
    name: "timed",
    phases: { only: { job: "work", map: { list: "items" } } },
  });
  const world = new World({
    pipelines: [pipeline],
    lists: { items: () => ["good", "bad"] },
    work: async (input, { signal }) => {
      await slept(world, 4_000, signal);
      if (bad.has(input)) throw fatal("it is bad");
      return null;
    },
  });
  await using _closing = await world.begin();
  const { run } = await world.pipelines.run("timed");
  await world.clock.advance(60_000);
  bad.clear();
  const history = {
    phases: { only: { count: 1, lastMs: [4_000] } },
    runs: { count: 1, lastMs: [4_000] },
    lastRun: "x",
  };
  await world.store.setMarks({ "pipeline-history.timed": history });

  await world.pipelines.resume(run);
  const resumedAtMs = world.clock.now();
  await world.clock.advance(1_000);
  const { expectedEndMs } = await world.pipelines.estimate("timed", await world.pipelines.status(run));
  await world.clock.advance(60_000);

  expect(expectedEndMs).toBe(resumedAtMs + 4_000);
  expect((await world.pipelines.status(run)).outcome).toBe("done");
  expect(await world.store.marks(["pipeline-history.timed"])).toEqual({ "pipeline-history.timed": history });
});

test("a phase that takes longer than ever is expected to end now, not in the past", async () => {
  const history: PipelineHistory = {
    phases: { only: { count: 1, lastMs: [1_000] } },
    runs: { count: 1, lastMs: [1_000] },
    lastRun: null,
  };
  const pipeline = definePipeline({ name: "stuck", phases: { only: { job: "work" } } });
  const world = new World({ pipelines: [pipeline], work: (_, { signal }) => slept(world, 60_000, signal) });
  await using _closing = await world.begin();
  const { run } = await world.pipelines.run("stuck");
  await world.clock.advance(20_000);

  const status = await world.pipelines.status(run);

  const nowMs = world.clock.now();
  expect(estimatePipeline(pipeline, history, { nowMs, status }).expectedEndMs).toBe(nowMs);
  await world.clock.advance(60_000);
});

test("the critical path is a chain of the pipeline, and no phase takes longer than it", () => {
  fc.assert(
    fc.property(anyPipeline(), fc.array(fc.nat(1_000), { minLength: 12, maxLength: 12 }), (pipeline, ms) => {
      const phasesMs = Object.fromEntries(pipeline.phases.map(({ name }, at) => [name, ms[at] ?? 0]));
      const known = pipeline.phases.map(({ name }) => name);
      const history = withRun(noHistory, { run: "one", tookMs: 1, phasesMs }, known);

      const { criticalPath, criticalPathMs, unknown } = estimatePipeline(pipeline, history, { nowMs: 5 });

      expect(unknown).toEqual([]);
      expect(criticalPathMs).toBeGreaterThanOrEqual(Math.max(...Object.values(phasesMs)));
      expect(criticalPathMs).toBe(criticalPath.reduce((sum, name) => sum + (phasesMs[name] ?? 0), 0));
      const after = new Map(pipeline.phases.map((phase) => [phase.name, phase.after]));
      const broken = criticalPath.filter(
        (name, at) => at > 0 && !after.get(name)?.includes(criticalPath[at - 1] ?? ""),
      );
      expect(broken).toEqual([]);
    }),
  );
});

test("a history keeps the last durations, takes each run once, and forgets phases that are gone", () => {
  let history = noHistory;
  for (let at = 1; at <= 30; at += 1)
    history = withRun(history, { run: `run ${at}`, tookMs: at, phasesMs: { a: at, b: at } }, ["a", "b"]);
  history = withRun(history, { run: "run 30", tookMs: 99, phasesMs: { a: 99 } }, ["a", "b"]);
  history = withRun(history, { run: "run 31", tookMs: 31, phasesMs: {} }, ["a"]);

  expect(Object.keys(history.phases)).toEqual(["a"]);
  expect(history.phases["a"]?.count).toBe(30);
  expect(history.phases["a"]?.lastMs).toHaveLength(DURATIONS_KEPT);
  expect(history.phases["a"]?.lastMs.at(-1)).toBe(30);
  expect(history.runs.count).toBe(31);
});

test("a phase that never ran is named, and counts nothing", () => {
  const { unknown, criticalPathMs } = estimatePipeline(nightly, noHistory, { nowMs: 0 });

  expect(unknown).toHaveLength(nightly.phases.length);
  expect(criticalPathMs).toBe(0);
});

async function slept(world: World, ms: number, signal: AbortSignal): Promise<null> {
  await world.clock.sleep(ms, signal);
  return null;
}
