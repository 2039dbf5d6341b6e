import { expect, test } from "vitest";
import { definePipeline } from "jobkit-core";
import { job } from "./scheduler-kit.ts";
import { World } from "./pipeline-kit.ts";

const nightly = definePipeline({
  name: "nightly",
  args: { limit: 2 },
  phases: {
    list: { job: "work", input: { what: "list", day: "$date", limit: "$args.limit" } },
    fetch: { job: "work", after: ["list"], map: { list: "pages" }, input: { what: "fetch", page: "$item" } },
    digest: { job: "work", after: ["fetch"], input: { what: "digest", pages: "$results.fetch" } },
    report: { job: "work", after: ["digest"], when: "always", input: { what: "report" } },
  },
});
const lists = { pages: () => ["a", "b", "c"] };

test("a run does its phases in order, hands values on, and says what became of it", async () => {
  await using world = await new World({ pipelines: [nightly], lists, work: (input) => input }).begin();

  const { run, end, started } = await world.pipelines.run("nightly", {
    date: "2026-01-01",
    args: { limit: 7 },
  });
  await world.clock.advance(0);

  expect(started).toBe(true);
  expect(world.worked).toEqual([
    { what: "list", day: "2026-01-01", limit: 7 },
    ...["a", "b", "c"].map((page) => ({ what: "fetch", page })),
    { what: "digest", pages: ["a", "b", "c"].map((page) => ({ what: "fetch", page })) },
    { what: "report" },
  ]);
  expect(await world.states(run)).toEqual({ list: "done", fetch: "done", digest: "done", report: "done" });
  expect((await world.scheduler.ended(end)).state).toMatchObject({
    kind: "done",
    result: { outcome: "done" },
  });
  expect(world.told("pipeline.started")).toEqual([
    { pipeline: "nightly", date: "2026-01-01", phases: 4, why: "asked" },
  ]);
  expect(world.told("phase.finished").map(({ phase, tasks }) => [phase, tasks])).toEqual([
    ["list", 1],
    ["fetch", 3],
    ["digest", 1],
    ["report", 1],
  ]);
  expect(world.told("pipeline.finished")).toEqual([
    { pipeline: "nightly", date: "2026-01-01", outcome: "done", tookMs: 0 },
  ]);
});

test("every task of a run carries the run as its trace, and the labels of its phase", async () => {
  const labelled = definePipeline({
    name: "labelled",
    phases: {
      only: { job: "work", labels: { team: "night", phase: "mine" }, map: { list: "pages" }, priority: 3 },
    },
  });
  await using world = await new World({ pipelines: [labelled], lists }).begin();

  const { run } = await world.pipelines.run("labelled", { date: "2026-01-01" });
  await world.clock.settle();

  const { tasks } = await world.store.list({ run, jobs: ["work"], order: "oldest" });
  expect(tasks.map(({ labels, priority, input }) => ({ labels, priority, input }))).toEqual(
    ["a", "b", "c"].map((item) => ({
      labels: { team: "night", pipeline: "labelled", phase: "only", date: "2026-01-01", item },
      priority: 3,
      input: item,
    })),
  );
});

test("at one date a pipeline runs once, unless it is asked to run again", async () => {
  await using world = await new World({ pipelines: [nightly], lists }).begin();

  const both = await Promise.all([
    world.pipelines.run("nightly", { date: "2026-01-01" }),
    world.pipelines.run("nightly", { date: "2026-01-01" }),
  ]);
  const again = await world.pipelines.run("nightly", { date: "2026-01-01", again: true });
  const tomorrow = await world.pipelines.run("nightly", { date: "2026-01-02" });
  const today = await world.pipelines.run("nightly");
  await world.clock.settle();

  expect(both.map(({ started }) => started)).toEqual([true, false]);
  expect(both[1]?.run).toBe(both[0]?.run);
  expect([again.started, tomorrow.started]).toEqual([true, true]);
  // The fake clock stands at the first of January, and the newest run of that date is the one asked for again.
  expect(today).toMatchObject({ date: "2026-01-01", run: again.run, started: false });
  const runs = await world.pipelines.runs("nightly");
  expect(runs.map(({ date, outcome }) => [date, outcome])).toEqual([
    ["2026-01-02", "done"],
    ["2026-01-01", "done"],
    ["2026-01-01", "done"],
  ]);
});

test("runs of several dates that are asked for at once are all remembered, the last 50 of them", async () => {
  const small = definePipeline({ name: "small", phases: { only: { job: "work" } } });
  await using world = await new World({ pipelines: [small] }).begin();
  const dates = Array.from({ length: 52 }, (_, at) =>
    new Date(Date.UTC(2026, 0, 1 + at)).toISOString().slice(0, 10),
  );

  const asked = await Promise.all(dates.map((date) => world.pipelines.run("small", { date })));
  await world.clock.settle();

  const runs = await world.pipelines.runs("small", 100);
  expect(runs.map(({ date }) => date)).toEqual(dates.slice(2).toReversed());
  // What is kept of each run is kept no longer than that.
  const marks = asked.map(({ run }) => `pipeline-run.${run}`);
  expect(Object.keys(await world.store.marks(marks)).toSorted()).toEqual(marks.slice(2).toSorted());
});

test("two processes that ask for one run at once get the same run", async () => {
  await using one = await new World({ pipelines: [nightly], lists }).begin();
  await using two = await new World({
    pipelines: [nightly],
    lists,
    store: one.store,
    clock: one.clock,
    seed: 2,
  }).begin();

  const asked = await Promise.all([
    one.pipelines.run("nightly", { date: "2026-01-01" }),
    two.pipelines.run("nightly", { date: "2026-01-01" }),
  ]);
  await one.clock.settle();

  expect(asked.filter(({ started }) => started)).toHaveLength(1);
  expect(asked[0]?.run).toBe(asked[1]?.run);
  expect(one.worked.length + two.worked.length).toBe(6);
  expect((await one.pipelines.runs("nightly")).map(({ run, outcome }) => [run, outcome])).toEqual([
    [asked[0]?.run, "done"],
  ]);
});

test("a run under way shows how far each phase is", async () => {
  const gates: (() => void)[] = [];
  const work = (): Promise<null> => new Promise((resolve) => gates.push(() => resolve(null)));
  await using world = await new World({ pipelines: [nightly], lists, work }).begin();
  const { run } = await world.pipelines.run("nightly", { date: "2026-01-01" });
  await world.clock.settle();
  gates.shift()?.();
  await world.clock.advance(1_000);
  gates.shift()?.();
  await world.clock.advance(1_000);

  const status = await world.pipelines.status(run);

  expect(status).toMatchObject({
    pipeline: "nightly",
    date: "2026-01-01",
    outcome: "running",
    endedAtMs: null,
  });
  expect(status.phases.map(({ name, state, done, total }) => [name, state.kind, done, total])).toEqual([
    ["list", "done", 1, 1],
    ["fetch", "running", 1, 3],
    ["digest", "waiting", 0, 0],
    ["report", "waiting", 0, 0],
  ]);
  expect(await world.pipelines.runs("nightly")).toMatchObject([{ run, outcome: "running", endedAtMs: null }]);
  while (gates.length > 0) {
    gates.shift()?.();
    await world.clock.settle();
  }
});

test("an item that another run works on already is waited for, not done twice", async () => {
  const done: unknown[] = [];
  const keyed = job(
    "keyed",
    async ({ input }) => {
      await world.clock.sleep(1_000);
      done.push(input);
    },
    { keyOf: (input) => String(input) },
  );
  const pipeline = definePipeline({
    name: "keyed",
    phases: { only: { job: "keyed", map: { list: "pages" } } },
  });
  const world = new World({ pipelines: [pipeline], lists, jobs: [keyed] });
  await using _closing = await world.begin();

  const first = await world.pipelines.run("keyed", { date: "2026-01-01" });
  await world.clock.settle();
  const second = await world.pipelines.run("keyed", { date: "2026-01-02" });
  await world.clock.advance(5_000);

  expect(done).toEqual(["a", "b", "c"]);
  expect((await world.pipelines.status(first.run)).outcome).toBe("done");
  expect((await world.pipelines.status(second.run)).phases[0]).toMatchObject({
    state: { kind: "done" },
    total: 3,
  });
});

test("what is asked for wrongly is refused by name", async () => {
  await using world = await new World({ pipelines: [nightly], lists }).begin();

  expect(() => world.pipelines.show("nightli")).toThrow(/did you mean "nightly"/);
  expect(await refused(world.pipelines.run("nightly", { args: { limt: 1 } }))).toMatchObject({
    code: "PIPELINE_INVALID",
    message: expect.stringContaining('did you mean "limit"?'),
  });
  expect(await refused(world.pipelines.run("nightly", { date: "25.12." }))).toMatchObject({
    code: "PIPELINE_INVALID",
  });
  const unknown = "0123456789abcdef0123456789abcdef" as never;
  expect(await refused(world.pipelines.status(unknown))).toMatchObject({ code: "RUN_UNKNOWN" });
  expect(await refused(world.pipelines.resume(unknown))).toMatchObject({ code: "RUN_UNKNOWN" });
  expect(() => new World({ pipelines: [nightly, { ...nightly }] })).toThrow(
    /two pipelines are called nightly/,
  );
});

test("pipelines can be replaced while the program runs", async () => {
  await using world = await new World({ pipelines: [nightly], lists }).begin();

  world.pipelines.replace([{ ...nightly, name: "daily" }]);

  expect(world.pipelines.names()).toEqual(["daily"]);
});

test("a thousand phases, and a fan-out of a thousand items, are run to their end", async () => {
  const phases = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, at) => [
      `p${at}`,
      { job: "work", after: at < 10 ? [] : [`p${at - 10}`] },
    ]),
  );
  const wide = definePipeline({ name: "wide", phases: { only: { job: "work", map: { list: "many" } } } });
  const deep = definePipeline({ name: "deep", phases });
  await using world = await new World({
    pipelines: [deep, wide],
    lists: { many: () => Array.from({ length: 1_000 }, (_, at) => at) },
  }).begin();

  const runs = [await world.pipelines.run("deep"), await world.pipelines.run("wide")];
  await world.clock.settle();
  for (const { end } of runs) await world.scheduler.ended(end);

  expect(world.worked).toHaveLength(2_000);
  for (const { run } of runs) expect((await world.pipelines.status(run)).outcome).toBe("done");
});

function refused(call: Promise<unknown>): Promise<unknown> {
  return call.then(null, (error: unknown) => error);
}
