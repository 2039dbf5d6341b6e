import * as fc from "fast-check";
import { expect, test } from "vitest";
import { defaultRetry, noRetry, retryDelayMs } from "../src/index.ts";
import { verdict } from "../src/schedule/verdict.ts";
import { SeededRandom } from "../src/testing/index.ts";

const failure = { code: "INTERNAL", message: "busy" };
const at = (attempt: number, retry = defaultRetry) => ({
  retry,
  attempt,
  nowMs: 1_000,
  random: { next: () => 0 },
});

test("delays grow by the factor, never above the largest, and end with the attempts", () => {
  const policy = { attempts: 6, firstMs: 100, maxMs: 500, factor: 2, jitter: 0 };

  const delays = [1, 2, 3, 4, 5, 6].map((attempt) => retryDelayMs(policy, attempt, { next: () => 0.5 }));

  expect(delays).toEqual([100, 200, 400, 500, 500, null]);
  expect(retryDelayMs(noRetry, 1, { next: () => 0 })).toBeNull();
});

test("chance takes off at most the jitter, and the same seed gives the same delays", () => {
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, jitter) => {
      const policy = { attempts: 9, firstMs: 1_000, maxMs: 60_000, factor: 2, jitter };
      const delays = (): (number | null)[] => {
        const random = new SeededRandom(seed);
        return [1, 2, 3, 4].map((attempt) => retryDelayMs(policy, attempt, random));
      };
      const full = [1_000, 2_000, 4_000, 8_000];

      expect(delays()).toEqual(delays());
      for (const [index, delay] of delays().entries()) {
        expect(delay).toBeLessThanOrEqual(full[index] ?? 0);
        expect(delay).toBeGreaterThanOrEqual(Math.floor((full[index] ?? 0) * (1 - jitter)));
      }
    }),
  );
});

test("an error that may pass is retried after its delay, until the attempts are used up", () => {
  const end = { kind: "error", error: failure, retry: true, ranMs: 1 } as const;

  expect(verdict(end, at(1))).toEqual({ kind: "retrying", dueAtMs: 1_000 + 300_000, error: failure });
  expect(verdict(end, at(3))).toEqual({ kind: "failed", error: failure });
});

test("an error that cannot be helped is never retried", () => {
  const end = { kind: "error", error: failure, retry: false, ranMs: 1 } as const;

  expect(verdict(end, at(1))).toEqual({ kind: "failed", error: failure });
});

test("an abandoned attempt ends by what it was told to stop for", () => {
  const abandoned = { kind: "abandoned", error: failure, retry: true, ranMs: 1 } as const;

  expect(verdict({ ...abandoned, cause: { kind: "timeout" } }, at(1)).kind).toBe("retrying");
  expect(verdict({ ...abandoned, cause: { kind: "interrupted" } }, at(1))).toEqual({ kind: "interrupted" });
  expect(verdict({ ...abandoned, cause: { kind: "cancelled", reason: "no" } }, at(1))).toEqual({
    kind: "cancelled",
    reason: "no",
  });
});
