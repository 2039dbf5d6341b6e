import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Window } from "../src/metrics/window.ts";

test("a window spans from the last look before it to the newest", () => {
  const window = new Window<string>(100);

  for (const at of [0, 40, 80, 120, 160]) window.sample(at, `at ${at}`);

  expect(window.span).toEqual({ from: "at 40", to: "at 160", overMs: 120 });
});

test("one look spans nothing, and neither do two at the same time", () => {
  const window = new Window<number>(100);

  expect(window.span).toBeNull();
  window.sample(5, 1);
  window.sample(5, 2);
  expect(window.span).toBeNull();
});

test("however often one looks, the span ends now, begins no later than it should, and memory stays bounded", () => {
  const gaps = fc.array(fc.oneof(fc.constantFrom(0, 1, 2, 5), fc.nat(500)), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(gaps, (waits) => {
      const window = new Window<number>(1000);
      let nowMs = 0;
      window.sample(0, 0);
      for (const wait of waits) window.sample((nowMs += wait), nowMs);

      const { span } = window;

      expect(span === null).toBe(nowMs === 0);
      if (span === null) return;
      expect(span.to).toBe(nowMs);
      expect(span.overMs).toBe(span.to - span.from);
      expect(span.from).toBeLessThanOrEqual(Math.max(0, nowMs - 1000));
      // Never further back than the look before the window, give or take the distance of two looks.
      expect(span.overMs).toBeLessThanOrEqual(1000 + 500 + 2 * (1000 / 60));
    }),
  );
});
