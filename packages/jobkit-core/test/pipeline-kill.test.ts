import * as fc from "fast-check";
import { expect, test } from "vitest";
import { definePipeline, RamQueue, type QueueStore } from "jobkit-core";
import { FakeClock } from "jobkit-core/testing";
import { cuttable, World, type Work } from "./pipeline-kit.ts";

const lists = { pages: () => ["a", "b", "c"] };
const retry = { attempts: 100, firstMs: 100, maxMs: 100 };
const nightly = definePipeline({
  name: "nightly",
  phases: {
    list: { job: "work", input: "list", retry },
    fetch: { job: "work", after: "list", map: { list: "pages" }, retry },
    digest: { job: "work", after: "fetch", input: "$results.fetch", retry },
    report: { job: "work", after: "digest", when: "always", input: "report", retry },
  },
});

const same: Work = (input) => input;
const stuck: Work = (input) => (input === "b" ? new Promise(() => {}) : input);

test("a process that dies in the middle of a phase is followed by one that finishes the run", async () => {
  const shared = new RamQueue();
  const clock = new FakeClock();
  const before = cuttable(shared);
  const first = await new World({
    pipelines: [nightly],
    lists,
    clock,
    store: before.store,
    work: stuck,
  }).begin();
  const { run, end } = await first.pipelines.run("nightly");
  await clock.settle();
  const states = await first.states(run);
  before.cut();

  // The configuration is empty by now: the run goes on as it was submitted.
  await using next = await new World({
    pipelines: [],
    lists,
    clock,
    store: shared,
    seed: 2,
    work: same,
  }).begin();
  await clock.settle();

  expect(states).toEqual({ list: "done", fetch: "running", digest: "waiting", report: "waiting" });
  expect(next.worked).toEqual(["b", ["a", "b", "c"], "report"]);
  expect((await next.scheduler.ended(end)).state.kind).toBe("done");
});

test("killed again and again at any call of the store, a run comes to its end and loses nothing", async () => {
  await fc.assert(
    // One death less than attempts: the last of them is for whoever lives.
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }), async (deaths) => {
      const shared = new RamQueue();
      const clock = new FakeClock();
      for (const [at, calls] of deaths.entries()) {
        const link = cuttable(shared, calls);
        const dying = life(link.store, { clock, seed: at + 2 });
        // Whoever comes asks for the run of the day. It may die of that, and never answer.
        void dying.begin().then(() => dying.pipelines.run("nightly", { date: "2026-01-01" }));
        await clock.advance(5_000);
        // One that has made fewer calls by now dies all the same: two processes are not what this is about.
        link.cut();
      }
      await using last = await life(shared, { clock, seed: 1 }).begin();

      const { run, end } = await last.pipelines.run("nightly", { date: "2026-01-01" });
      await clock.advance(60_000);

      expect((await last.scheduler.ended(end)).state.kind).toBe("done");
      expect(await last.states(run)).toEqual({ list: "done", fetch: "done", digest: "done", report: "done" });
      expect((await last.pipelines.runs("nightly")).map(({ outcome }) => outcome)).toEqual(["done"]);
      // Nothing was made twice, and what was handed on is whole.
      const { tasks } = await shared.list({ jobs: ["work"] });
      expect(tasks).toHaveLength(6);
      expect(tasks.map(({ input }) => input)).toContainEqual(["a", "b", "c"]);
    }),
    { numRuns: 60 },
  );
});

/** A process in which each task takes half a second. */
function life(store: QueueStore, { clock, seed }: { clock: FakeClock; seed: number }): World {
  const work: Work = async (input, { signal }) => {
    await clock.sleep(500, signal);
    return input;
  };
  return new World({ pipelines: [nightly], lists, clock, store, seed, work });
}
