import * as fc from "fast-check";
import { expect, test } from "vitest";
import { newRunId, newSpanId, newTaskId, runId, taskId } from "../src/index.ts";
import { SeededRandom } from "../src/testing/index.ts";

test("a new task id is a task id, and sorts by time", () => {
  const random = new SeededRandom(1);
  const time = fc.integer({ min: 0, max: 2 ** 46 });
  fc.assert(
    fc.property(time, time, (a, b) => {
      const [first, second] = [newTaskId(random, Math.min(a, b)), newTaskId(random, Math.max(a, b))];

      expect(taskId(first)).toBe(first);
      expect(first).toHaveLength(20);
      expect(a === b || first < second).toBe(true);
    }),
  );
});

test("run and span ids are W3C ids that are never all zero", () => {
  const never = { next: () => 0 };

  expect(runId(newRunId(never, 0))).toMatch(/^[0-9a-f]{32}$/);
  expect(newRunId(never, 0)).not.toMatch(/^0+$/);
  expect(newSpanId(never)).toMatch(/^(?!0+$)[0-9a-f]{16}$/);
  expect(newRunId({ next: () => 1 - 2 ** -53 }, Date.UTC(2026, 0))).toMatch(/^[0-9a-f]{32}$/);
});

test("ten thousand ids of one moment are all different", () => {
  const random = new SeededRandom(7);

  const ids = new Set(Array.from({ length: 10_000 }, () => newTaskId(random, 1_700_000_000_000)));

  expect(ids.size).toBe(10_000);
});

test.each(["", "A", "a-b", "a b", "x".repeat(65), "é", "../a"])("%j is not a task id", (text) => {
  expect(() => taskId(text)).toThrow(RangeError);
});

test.each(["", "a", "g".repeat(32), "A".repeat(32), "a".repeat(33)])("%j is not a run id", (text) => {
  expect(() => runId(text)).toThrow(RangeError);
});

test("a refused id is shown shortened", () => {
  expect(() => taskId("X".repeat(1000))).toThrow(/^.{0,120}$/);
});
