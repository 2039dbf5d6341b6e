import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeHeld, type HeldReason, type Room } from "../src/index.ts";
import { anyRoom, anyTasks, fill, inStartingOrder, roomJob, waits, type WaitingTask } from "./room-kit.ts";

/** What the tasks of that room hold together, by pool, and how many lanes by group. */
function used(room: Room, tasks: readonly WaitingTask[]) {
  const jobs = new Map(room.jobs.map((job) => [job.name, job]));
  const sum = new Map<string, number>();
  const add = (name: string, more: number): unknown => sum.set(name, (sum.get(name) ?? 0) + more);
  for (const { job, needs } of tasks) {
    add(`lane ${jobs.get(job)?.lane}`, 1);
    add(`job ${job}`, 1);
    for (const [pool, slots] of Object.entries(needs ?? jobs.get(job)?.needs ?? {}))
      add(`pool ${pool}`, slots);
  }
  return (name: string): number => sum.get(name) ?? 0;
}

describe("filling a room", () => {
  test("takes no more than there are lanes, slots and starts", () => {
    fc.assert(
      fc.property(anyRoom, anyTasks, (room, tasks) => {
        const of = used(room, fill(room, tasks).taken);

        for (const [lane, free] of Object.entries(room.lanes))
          expect(of(`lane ${lane}`)).toBeLessThanOrEqual(free);
        for (const [pool, { free }] of Object.entries(room.pools))
          expect(of(`pool ${pool}`)).toBeLessThanOrEqual(free);
        for (const { name, starts } of room.jobs) expect(of(`job ${name}`)).toBeLessThanOrEqual(starts);
      }),
    );
  });

  test("takes in starting order, of each job the first ones", () => {
    fc.assert(
      fc.property(anyRoom, anyTasks, (room, tasks) => {
        const { taken } = fill(room, tasks);
        const order = inStartingOrder(tasks, room);

        expect(taken).toEqual(order.filter((task) => taken.includes(task)));
        for (const { name } of room.jobs) {
          const own = taken.filter(({ job }) => job === name);
          expect(own).toEqual(order.filter(({ job }) => job === name).slice(0, own.length));
        }
      }),
    );
  });

  test("tells of each job with a task left why, and of no other", () => {
    fc.assert(
      fc.property(anyRoom, anyTasks, (room, tasks) => {
        const { taken, held } = fill(room, tasks);
        const left = tasks.filter((task) => !taken.includes(task)).map(({ job }) => job);

        expect(new Set(held.keys())).toEqual(new Set(left));
      }),
    );
  });

  test("comes to what the plain reading of the rules comes to", () => {
    fc.assert(
      fc.property(anyRoom, anyTasks, (room, tasks) => {
        const { taken, held } = fill(room, tasks);

        expect({ taken, held: new Map(held) }).toEqual(plainly(room, tasks));
      }),
      { numRuns: 500 },
    );
  });

  test("changes nothing of the room, and comes to the same again", () => {
    fc.assert(
      fc.property(anyRoom, anyTasks, (room, tasks) => {
        const before = structuredClone(room);

        expect(fill(room, tasks)).toEqual(fill(room, tasks));
        expect(room).toEqual(before);
      }),
    );
  });

  test("is not changed by what cannot start whatever ends: it keeps nothing, however urgent it is", () => {
    const hopeless = [
      roomJob("giant", { needs: { p: 99 } }),
      roomJob("paused", { starts: 0, limit: "paused", needs: { p: 1, q: 1 } }),
      roomJob("laneless", { lane: "none", needs: { p: 1, q: 1 } }),
    ];
    const urgent = hopeless.map(({ name }) => waits(name, { priority: 9 }));
    fc.assert(
      fc.property(anyRoom, anyTasks, (room, tasks) => {
        const large = { ...room, pools: { p: { free: 4, size: 9 }, q: { free: 4, size: 9 } } };
        const crowded = { ...large, jobs: [...hopeless, ...large.jobs] };

        const { taken, held } = fill(crowded, [...tasks, ...urgent]);

        expect(taken).toEqual(fill(large, tasks).taken);
        expect([held.get("giant"), held.get("paused"), held.get("laneless")]).toEqual([
          { kind: "pool too small", pool: "p" },
          { kind: "paused" },
          { kind: "no lane" },
        ]);
      }),
    );
  });
});

test("a head that lacks slots keeps them from those behind it, of whatever job, but not from those before", () => {
  const jobs = [
    roomJob("heavy", { needs: { p: 3 } }),
    roomJob("light", { needs: { p: 1 } }),
    roomJob("free"),
  ];
  const room = { lanes: { main: 9 }, pools: { p: { free: 2, size: 4 } }, jobs };
  const heavy = waits("heavy", { dueAtMs: 1 });
  const [before, behind] = [waits("light"), waits("light", { dueAtMs: 2 })];

  const { taken, held } = fill(room, [behind, heavy, before, waits("free", { dueAtMs: 3 })]);

  expect(taken.map(({ job, dueAtMs }) => [job, dueAtMs])).toEqual([
    ["light", 0],
    ["free", 3],
  ]);
  expect([...held]).toEqual([
    ["heavy", { kind: "no slot", pool: "p" }],
    ["light", { kind: "no slot", pool: "p" }],
  ]);
});

test("a head that cannot start holds up those behind it in its own job, although they would fit", () => {
  const room = { lanes: { main: 9 }, pools: { p: { free: 1, size: 4 } }, jobs: [roomJob("work")] };

  const { taken, held } = fill(room, [waits("work", { needs: { p: 2 } }), waits("work", { dueAtMs: 1 })]);

  expect(taken).toEqual([]);
  expect([...held]).toEqual([["work", { kind: "no slot", pool: "p" }]]);
});

test("a stream of light tasks never starves a heavy one: it starts when those that ran before it have ended", () => {
  const needs = { heavy: { p: 3 }, light: { p: 1 } };
  const jobs = [roomJob("heavy", { needs: needs.heavy }), roomJob("light", { needs: needs.light })];
  const anyEnds = fc.array(fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }), {
    minLength: 30,
    maxLength: 30,
  });
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 6 }), anyEnds, (size, rounds) => {
      let running = Array.from({ length: size }, (_, at) => `old ${at}`);
      let started = false;
      for (const [round, ends] of rounds.entries()) {
        for (const at of ends) running = running.filter((_, place) => place !== at);
        const free = size - running.length;
        const room = { lanes: { main: 99 }, pools: { p: { free, size } }, jobs };
        const lights = Array.from({ length: 9 }, () => waits("light", { dueAtMs: round + 1 }));

        const { taken } = fill(room, [waits("heavy"), ...lights]);

        started = taken.some(({ job }) => job === "heavy");
        expect(started).toBe(free >= 3);
        // As long as it waits, no light task takes what it waits for.
        expect(started || taken.length === 0).toBe(true);
        if (started) break;
        running.push(...taken.map(() => "new"));
      }
      expect(started).toBe(true);
    }),
  );
});

test.each<[HeldReason, string]>([
  [{ kind: "paused" }, "paused"],
  [{ kind: "not ready" }, "not ready"],
  [{ kind: "no lane" }, "no lane"],
  [{ kind: "at its own limit" }, "at its own limit"],
  [{ kind: "at its rate" }, "at its rate"],
  [{ kind: "no slot", pool: "disk" }, "no slot of disk"],
  [{ kind: "pool too small", pool: "disk" }, "pool disk is too small"],
])("%j is said as %s", (reason, words) => {
  expect(describeHeld(reason)).toBe(words);
});

/** The rules, read aloud: one task after the other in starting order, over all jobs. */
function plainly(room: Room, tasks: readonly WaitingTask[]) {
  const taken: WaitingTask[] = [];
  const held = new Map<string, HeldReason>();
  const kept: WaitingTask[] = [];
  for (const task of inStartingOrder(tasks, room)) {
    const job = room.jobs.find(({ name }) => name === task.job);
    if (job === undefined || held.has(job.name)) continue;
    const of = used(room, taken);
    const claimed = used(room, [...taken, ...kept]);
    const needs = Object.entries(task.needs ?? job.needs);
    const tooSmall = needs.find(([pool, slots]) => slots > (room.pools[pool]?.size ?? 0));
    const lacking = needs.find(
      ([pool, slots]) => slots + claimed(`pool ${pool}`) > (room.pools[pool]?.free ?? 0),
    );
    if (of(`job ${job.name}`) >= job.starts) held.set(job.name, { kind: job.limit });
    else if (tooSmall !== undefined) held.set(job.name, { kind: "pool too small", pool: tooSmall[0] });
    else if (lacking !== undefined) {
      held.set(job.name, { kind: "no slot", pool: lacking[0] });
      kept.push(task);
    } else if (of(`lane ${job.lane}`) >= (room.lanes[job.lane] ?? 0)) held.set(job.name, { kind: "no lane" });
    else taken.push(task);
  }
  return { taken, held };
}
