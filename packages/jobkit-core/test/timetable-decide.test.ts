import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decide,
  startAfter,
  type Decision,
  type MissedPolicy,
  type Schedule,
  type Standing,
} from "../src/index.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, planned } from "./timetable-kit.ts";

const midnight = Date.UTC(2026, 5, 1);
const three = midnight + 3 * HOUR_MS;

/** Decide about a schedule that is due daily at 03:00, from midnight on. */
async function decided(
  nowMs: number,
  fields: Partial<Schedule> = {},
  standing: Standing = "ended",
): Promise<Decision> {
  return decide(await planned(fields), { uptoMs: midnight, nowMs, standing });
}

function due(dueMs: number): { dueMs: number; why: string } {
  return { dueMs, why: "due" };
}

function missed(dueMs: number): { dueMs: number; why: string } {
  return { dueMs, why: "missed" };
}

test("before the due time nothing happens, and it is said when to look again", async () => {
  expect(await decided(three - 1)).toEqual({
    fire: [],
    missed: 0,
    caught: 0,
    overlap: null,
    uptoMs: midnight,
    nextMs: three,
  });
});

test("at the due time one task is submitted, and the next one is a day later", async () => {
  expect(await decided(three)).toMatchObject({
    fire: [due(three)],
    missed: 0,
    uptoMs: three,
    nextMs: three + DAY_MS,
  });
});

test("a minute late is on time", async () => {
  expect(await decided(three + MINUTE_MS)).toMatchObject({ fire: [due(three)], missed: 0 });
});

describe("due times that passed while nobody was there", () => {
  const nowMs = three + 4 * DAY_MS + HOUR_MS;
  const all = [0, 1, 2, 3, 4].map((days) => three + days * DAY_MS);

  test.each<[MissedPolicy, number[]]>([
    ["skip", []],
    ["once", all.slice(-1)],
    [{ all: 3 }, all.slice(-3)],
    [{ all: 100 }, all],
  ])("are made up for by the policy %j", async (policy, expected) => {
    expect(await decided(nowMs, { missed: policy })).toMatchObject({
      fire: expected.map(missed),
      missed: 5,
      caught: expected.length,
      uptoMs: all.at(-1),
    });
  });

  test("are not made up for where they lie further back than the window", async () => {
    const decision = await decided(nowMs, { missed: { all: 100 }, catchUpWindowMs: 1.5 * DAY_MS });

    expect(decision).toMatchObject({ fire: all.slice(-2).map(missed), missed: 5, caught: 2 });
  });

  test("are made up for by the one that is on time, where one run is enough", async () => {
    const newest = three + 4 * DAY_MS;

    expect(await decided(newest)).toMatchObject({ fire: [due(newest)], missed: 4, caught: 0 });
    expect(await decided(newest, { missed: { all: 2 } })).toMatchObject({
      fire: [missed(newest - 2 * DAY_MS), missed(newest - DAY_MS), due(newest)],
      caught: 2,
    });
  });

  test("are counted up to a hundred, however many there were", async () => {
    const years = await decided(midnight + 30 * 365 * DAY_MS, { when: "every 1s", missed: { all: 100 } });

    expect(years).toMatchObject({ missed: 99, caught: 99, uptoMs: midnight + 30 * 365 * DAY_MS });
    expect(years.fire).toHaveLength(100);
  });
});

describe("a due time that meets the task of the last one", () => {
  test.each([
    ["skip", "begun", "skipped", 0],
    ["skip", "waiting", "skipped", 0],
    ["queue", "begun", "queued", 1],
    ["queue", "waiting", "skipped", 0],
    ["replace", "begun", "replaced", 1],
    ["replace", "waiting", "replaced", 1],
  ] as const)("with the policy %s, while that one is %s, is %s", async (overlap, standing, became, fired) => {
    const decision = await decided(three, { overlap }, standing);

    expect(decision.overlap).toEqual({ dueMs: three, became });
    expect(decision.fire).toHaveLength(fired);
    expect(decision.uptoMs).toBe(three);
  });

  test("is nothing to speak of where nothing would be submitted anyway", async () => {
    expect((await decided(three - 1, {}, "begun")).overlap).toBeNull();
    expect((await decided(three + HOUR_MS, { missed: "skip" }, "begun")).overlap).toBeNull();
  });
});

describe("a wall clock that jumps", () => {
  test("back by an hour after 03:00 fires nothing again", async () => {
    const nightly = await planned();
    const again = decide(nightly, { uptoMs: three, nowMs: three - HOUR_MS, standing: "ended" });
    const third = decide(nightly, { uptoMs: again.uptoMs, nowMs: three, standing: "ended" });

    expect(again).toMatchObject({ fire: [], uptoMs: three, nextMs: three + DAY_MS });
    expect(third.fire).toEqual([]);
  });

  test("back by more than a day was wrong before: it goes on from now", async () => {
    const nowMs = three - 30 * DAY_MS;

    const decision = decide(await planned(), { uptoMs: three, nowMs, standing: "ended" });

    expect(decision).toMatchObject({ fire: [], uptoMs: nowMs, nextMs: nowMs + DAY_MS });
  });
});

describe("jitter", () => {
  test("is the same for the same name and due time, and lies within its bound", () => {
    return fc.assert(
      fc.asyncProperty(
        fc.stringMatching(/^[a-z]{1,20}$/),
        fc.integer({ min: 0, max: 10 ** 7 }),
        async (name, jitterMs) => {
          const one = startAfter(await planned({ name, jitterMs }), midnight) ?? 0;
          const two = startAfter(await planned({ name, jitterMs }), midnight) ?? 0;

          expect(two).toBe(one);
          expect(one).toBeGreaterThanOrEqual(three);
          expect(one).toBeLessThanOrEqual(three + jitterMs);
        },
      ),
    );
  });

  test("is spread evenly over its bound", async () => {
    const starts = await Promise.all(
      Array.from({ length: 400 }, async (_, at) =>
        startAfter(await planned({ name: `s${at}`, jitterMs: HOUR_MS }), midnight),
      ),
    );
    const quarters = [0, 0, 0, 0];
    for (const start of starts) {
      const quarter = Math.min(3, Math.floor(((start ?? 0) - three) / (HOUR_MS / 4)));
      quarters[quarter] = (quarters[quarter] ?? 0) + 1;
    }

    expect(Math.min(...quarters)).toBeGreaterThan(70);
    expect(Math.max(...quarters)).toBeLessThan(130);
  });

  test("never takes a start past the next due time, so that their order stands", async () => {
    const often = await planned({ when: "every 1m", jitterMs: DAY_MS });

    for (let dueMs = midnight; dueMs < midnight + HOUR_MS; dueMs += MINUTE_MS) {
      const startMs = startAfter(often, dueMs) ?? 0;
      expect(startMs).toBeGreaterThanOrEqual(dueMs + MINUTE_MS);
      expect(startMs).toBeLessThan(dueMs + 2 * MINUTE_MS);
    }
  });

  test("holds a due time back until its start", async () => {
    const fields = { name: "later", jitterMs: HOUR_MS };
    const startMs = startAfter(await planned(fields), midnight) ?? 0;

    expect(startMs).toBeGreaterThan(three);
    expect((await decided(startMs - 1, fields)).fire).toEqual([]);
    expect((await decided(startMs, fields)).fire).toEqual([due(three)]);
  });
});

test("whenever it is looked at, each due time is decided about once and none is passed over", () => {
  const steps = fc.array(fc.integer({ min: 1, max: 3 * 60 }), { maxLength: 60 });
  return fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 0, max: HOUR_MS }), async (minutes, jitterMs) => {
      const often = await planned({ when: "every 20m", missed: { all: 100 }, jitterMs });
      let nowMs = midnight;
      let uptoMs = midnight;
      const fired: number[] = [];

      for (const step of minutes) {
        nowMs += step * MINUTE_MS;
        const decision = decide(often, { uptoMs, nowMs, standing: "ended" });
        ({ uptoMs } = decision);
        for (const { dueMs } of decision.fire)
          expect(startAfter(often, dueMs - 1)).toBeLessThanOrEqual(nowMs);
        fired.push(...decision.fire.map(({ dueMs }) => dueMs));
      }

      const expected = Array.from({ length: fired.length }, (_, at) => midnight + (at + 1) * 20 * MINUTE_MS);
      expect(fired).toEqual(expected);
      expect(startAfter(often, fired.at(-1) ?? midnight)).toBeGreaterThan(nowMs);
    }),
  );
});
