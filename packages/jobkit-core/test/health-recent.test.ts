import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noFacts, type HealthFacts } from "../src/health/facts.ts";
import type { Recent } from "../src/health/moment.ts";
import { lookBack, noHistory, type RecentHistory } from "../src/health/recent.ts";
import { MINUTE, SECOND, totals } from "./health-kit.ts";

const WINDOW_MS = 10 * MINUTE;

/** Look at facts at given times; what was recent at the last, and what is remembered. */
function look(looks: readonly (readonly [number, Partial<HealthFacts>, number?])[]) {
  let history: RecentHistory = noHistory;
  let recent: Recent | null = null;
  for (const [nowMs, given, jumpMs = 0] of looks)
    ({ history, recent } = lookBack(history, {
      facts: { ...noFacts, ...given },
      nowMs,
      jumpMs,
      windowMs: WINDOW_MS,
    }));
  return { history, recent };
}

const done = (count: number): Partial<HealthFacts> => ({ totals: [totals({ done: count })] });

const waiting = (count: number): Partial<HealthFacts> => ({
  queue: [
    { job: "read", state: "ready", count },
    { job: "read", state: "retrying", count: 1 },
    { job: "read", state: "blocked", count: 99 },
  ],
});
const troubled = (count: number): Partial<HealthFacts> => ({
  schedules: [{ name: "nightly", overdueMs: 0, missed: count }],
  readers: [{ name: "screen", behindMs: 0, dropped: 10 * count }],
});

describe("what happened lately", () => {
  test("is nothing at the first look, whatever was counted before", () => {
    const { recent } = look([[0, done(1_000)]]);

    expect(recent).toMatchObject({ windowMs: 0, totals: [] });
  });

  test("is the growth since then; a count that began again is taken whole; a new job from nothing", () => {
    const grown = look([
      [0, done(1_000)],
      [MINUTE, { totals: [totals({ done: 1_007, failed: 2 }), totals({ job: "new", done: 3 })] }],
    ]);
    const restarted = look([
      [0, done(1_000)],
      [MINUTE, done(4)],
    ]);

    expect(grown.recent?.totals).toEqual([totals({ done: 7, failed: 2 }), totals({ job: "new", done: 3 })]);
    expect(restarted.recent?.totals).toEqual([totals({ done: 4 })]);
  });

  test("leaves the window in the end", () => {
    const calm = Array.from({ length: 12 }, (_, at) => [(at + 2) * MINUTE, done(50)] as const);
    const { recent } = look([[0, done(0)], [MINUTE, done(50)], ...calm]);

    expect(recent?.totals).toEqual([]);
    expect(recent?.windowMs).toBe(WINDOW_MS);
  });

  test("has the backlog of the beginning, the middle and now", () => {
    const { recent } = look([
      [0, waiting(0)],
      [2 * MINUTE, waiting(20)],
      [4 * MINUTE, waiting(40)],
    ]);

    expect(recent?.backlog).toEqual([{ job: "read", was: [1, 21, 41] }]);
  });

  test("has missed times and lost events", () => {
    const { recent } = look([
      [0, troubled(3)],
      [MINUTE, troubled(5)],
    ]);

    expect(recent?.missed).toEqual([{ name: "nightly", count: 2 }]);
    expect(recent?.dropped).toEqual([{ name: "screen", count: 20 }]);
  });

  test("has the largest jump of the clock, until that is a window old", () => {
    const jumps = [
      [0, {}],
      [MINUTE, {}, -30 * MINUTE],
      [2 * MINUTE, {}, 5 * SECOND],
    ] as const;

    expect(look(jumps).recent?.clockJumpMs).toBe(-30 * MINUTE);
    expect(look([...jumps, [11 * MINUTE, {}]]).recent?.clockJumpMs).toBe(5 * SECOND);
    expect(look([...jumps, [12 * MINUTE, {}]]).recent?.clockJumpMs).toBe(0);
  });
});

test("whatever the pace of the looks, the growth is that of a window, to a tenth of it, from few samples", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 2, maxLength: 200, size: "max" }),
      (steps) => {
        let nowMs = 0;
        const looks = steps.map((step) => {
          nowMs += step * SECOND;
          // One task each second, so that the count is the time.
          return [nowMs, done(nowMs / SECOND)] as const;
        });
        const { history, recent } = look(looks);

        const began = looks[0]?.[0] ?? 0;
        const grown = recent?.totals[0]?.done ?? 0;
        expect(grown * SECOND).toBe(recent?.windowMs);
        expect(recent?.windowMs).toBeLessThanOrEqual(WINDOW_MS + 150 * SECOND);
        expect(recent?.windowMs).toBeGreaterThanOrEqual(Math.min(nowMs - began, WINDOW_MS));
        expect(history.samples.length).toBeLessThanOrEqual(12);
      },
    ),
  );
});
