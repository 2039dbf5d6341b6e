import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  describeHeld,
  newTaskId,
  plan,
  type Head,
  type HeldReason,
  type PlanJob,
  type PlanSnapshot,
} from "../src/index.ts";
import { SeededRandom } from "../src/testing/index.ts";

const NOW = 1_000;
const random = new SeededRandom(5);

function head(job: string, priority = 0, dueAtMs = 0): Head {
  return { id: newTaskId(random, 0), job, priority, dueAtMs };
}

function aJob(name: string, more: Partial<PlanJob> = {}): PlanJob {
  return { name, running: 0, concurrencyMax: Infinity, needs: {}, paused: false, ...more };
}

function snapshot(more: Partial<PlanSnapshot>, ready: readonly Head[]): PlanSnapshot {
  return { lanesFree: 10, jobs: [], pools: [], ...more, heads: { ready, nextDueAtMs: null } };
}

const names = ["a", "b", "c", "d"];
const pools = ["p", "q"];
const anySnapshot: fc.Arbitrary<PlanSnapshot> = fc.record({
  lanesFree: fc.integer({ min: 0, max: 6 }),
  jobs: fc.tuple(
    ...names.map((name) =>
      fc.record({
        name: fc.constant(name),
        running: fc.integer({ min: 0, max: 3 }),
        concurrencyMax: fc.constantFrom(1, 2, 4, Infinity),
        needs: fc.dictionary(fc.constantFrom(...pools), fc.integer({ min: 1, max: 3 })),
        paused: fc.boolean(),
      }),
    ),
  ),
  pools: fc.tuple(
    ...pools.map((name) => fc.record({ name: fc.constant(name), free: fc.integer({ min: 0, max: 4 }) })),
  ),
  heads: fc.record({
    ready: fc.array(
      fc
        .record({
          job: fc.constantFrom(...names),
          priority: fc.integer({ min: -1, max: 1 }),
          dueAtMs: fc.constantFrom(0, NOW - 1, NOW, NOW + 1),
        })
        .map((one) => head(one.job, one.priority, one.dueAtMs)),
      { maxLength: 25 },
    ),
    nextDueAtMs: fc.constantFrom(null, NOW + 1, NOW + 50),
  }),
});

/** What a plan leaves free. */
function left({ lanesFree, jobs, pools: all }: PlanSnapshot, wants: ReadonlyMap<string, number>) {
  const free = new Map(all.map((pool) => [pool.name, pool.free]));
  let lanes = lanesFree;
  for (const job of jobs) {
    const limit = wants.get(job.name) ?? 0;
    lanes -= limit;
    for (const [pool, slots] of Object.entries(job.needs))
      free.set(pool, (free.get(pool) ?? 0) - slots * limit);
  }
  return { lanes, free };
}

/** Does the reason hold, with what the plan leaves free? */
function isTrue(reason: HeldReason, job: PlanJob, starting: number, free: ReturnType<typeof left>): boolean {
  if (reason.kind === "paused") return job.paused;
  if (reason.kind === "no lane") return free.lanes === 0;
  if (reason.kind === "at its own limit") return job.running + starting >= job.concurrencyMax;
  return (free.free.get(reason.pool) ?? 0) < (job.needs[reason.pool] ?? 0);
}

test("never over a lane, a pool or a job's limit; nothing paused or too early starts", () => {
  fc.assert(
    fc.property(anySnapshot, (given) => {
      const wants = new Map(plan(given, NOW).wants.map((want) => [want.job, want.limit]));
      const { lanes, free } = left(given, wants);

      expect(lanes).toBeGreaterThanOrEqual(0);
      for (const [, slots] of free) expect(slots).toBeGreaterThanOrEqual(0);
      for (const job of given.jobs) {
        const limit = wants.get(job.name) ?? 0;
        const due = given.heads.ready.filter((one) => one.job === job.name && one.dueAtMs <= NOW);
        expect(limit).toBeLessThanOrEqual(job.paused ? 0 : due.length);
        // What runs already may be over a limit that was lowered; nothing is added to it then.
        expect(limit).toBeLessThanOrEqual(Math.max(0, job.concurrencyMax - job.running));
      }
    }),
  );
});

test("work-conserving: what does not start could not, and its reason is true", () => {
  fc.assert(
    fc.property(anySnapshot, (given) => {
      const { wants, held } = plan(given, NOW);
      const starting = new Map(wants.map((want) => [want.job, want.limit]));
      const { lanes, free } = left(given, starting);

      for (const job of given.jobs) {
        const limit = starting.get(job.name) ?? 0;
        const due = given.heads.ready.filter((one) => one.job === job.name && one.dueAtMs <= NOW).length;
        const reason = held.get(job.name);
        expect(reason !== undefined || due === limit).toBe(true);
        expect(reason === undefined || isTrue(reason, job, limit, { lanes, free })).toBe(true);
      }
    }),
  );
});

test("the same snapshot gives the same plan, and it is not changed", () => {
  fc.assert(
    fc.property(anySnapshot, (given) => {
      const before = structuredClone(given);

      expect(plan(given, NOW)).toEqual(plan(given, NOW));
      expect(given).toEqual(before);
    }),
  );
});

test("starts by priority, then due time, then order, over all jobs", () => {
  const ready = [head("a", 0, 5), head("b", 0, 4), head("c", 1, 9), head("d", 0, 4)];
  const jobs = names.map((name) => aJob(name));
  const started = (lanesFree: number): string[] =>
    plan(snapshot({ lanesFree, jobs }, ready), NOW).wants.map((want) => want.job);

  expect(started(1)).toEqual(["c"]);
  expect(started(2)).toEqual(["c", "b"]);
  expect(started(3)).toEqual(["c", "b", "d"]);
});

test("a job whose head does not fit blocks only itself", () => {
  const jobs = [aJob("a", { needs: { p: 2 } }), aJob("b", { needs: { p: 1 } })];
  const ready = [head("a", 2), head("a", 1), head("b")];

  const { wants, held } = plan(snapshot({ jobs, pools: [{ name: "p", free: 1 }] }, ready), NOW);

  expect(wants).toEqual([{ job: "b", limit: 1 }]);
  expect([...held]).toEqual([["a", { kind: "no slot", pool: "p" }]]);
});

test("wakes at the earliest later due time, of the store or of a head that is too early", () => {
  const jobs = [aJob("a")];
  const early = snapshot({ jobs }, [head("a", 0, NOW + 7)]);

  expect(plan(early, NOW)).toMatchObject({ wants: [], wakeAtMs: NOW + 7 });
  expect(plan({ ...early, heads: { ...early.heads, nextDueAtMs: NOW + 3 } }, NOW).wakeAtMs).toBe(NOW + 3);
  expect(plan(snapshot({ jobs }, []), NOW).wakeAtMs).toBeNull();
});

test.each<[HeldReason, string]>([
  [{ kind: "paused" }, "paused"],
  [{ kind: "no lane" }, "no lane"],
  [{ kind: "no slot", pool: "disk" }, "no slot of disk"],
  [{ kind: "at its own limit" }, "at its own limit"],
])("%j is said as %s", (reason, words) => {
  expect(describeHeld(reason)).toBe(words);
});
