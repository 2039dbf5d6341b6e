import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Histogram, HISTOGRAM_ERROR_MAX, Moments } from "../src/index.ts";

const inRange = fc.oneof(
  fc.double({ min: 2 ** -10, max: 2 ** 49, noNaN: true }),
  fc.double({ min: 1, max: 1000, noNaN: true }),
  fc.nat(100_000),
  fc.constantFrom(1, 1.5, 2, 2 ** 20, 2 ** 20 - 1, 0.001, 0),
);

function filled(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

function nearestRank(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] ?? 0;
}

describe("a histogram", () => {
  test("the error that is promised is below one percent", () => {
    expect(HISTOGRAM_ERROR_MAX).toBeLessThan(0.01);
  });

  test("every quantile is within the promised error of the sorted array, and within min and max", () => {
    fc.assert(
      fc.property(
        fc.array(inRange, { minLength: 1, maxLength: 300 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, q) => {
          const histogram = filled(values);
          const exact = nearestRank(values, q);

          const found = histogram.quantile(q) ?? Number.NaN;

          // Below 2^-10 values are not told apart: the error there is absolute.
          const allowed = Math.max(exact * (HISTOGRAM_ERROR_MAX + 1e-12), exact < 2 ** -10 ? 2 ** -10 : 0);
          expect(Math.abs(found - exact)).toBeLessThanOrEqual(allowed);
          expect(found).toBeGreaterThanOrEqual(Math.min(...values));
          expect(found).toBeLessThanOrEqual(Math.max(...values));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("merging two equals recording all in one", () => {
    fc.assert(
      fc.property(fc.array(inRange), fc.array(inRange), (left, right) => {
        const merged = filled(left);
        merged.merge(filled(right));

        const { sum, ...rest } = merged.export();
        const { sum: direct, ...expected } = filled([...left, ...right]).export();
        expect(rest).toStrictEqual(expected);
        expect(Math.abs(sum - direct)).toBeLessThanOrEqual(Math.abs(direct) * 1e-9);
      }),
    );
  });

  test("what is exported survives JSON and comes back whole", () => {
    fc.assert(
      fc.property(fc.array(inRange), (values) => {
        const exported = filled(values).export();

        const back = Histogram.import(JSON.parse(JSON.stringify(exported)) as typeof exported);

        expect(back.export()).toStrictEqual(exported);
      }),
    );
  });

  test("buckets cover the range without holes, each no wider than a sixty-fourth of its lower edge", () => {
    const histogram = new Histogram();
    for (let exponent = -9; exponent < 49; exponent += 0.003) histogram.record(2 ** exponent);

    const buckets = [...histogram.buckets()];
    expect(buckets.slice(1).map(({ from }) => from)).toEqual(buckets.slice(0, -1).map(({ to }) => to));
    expect(Math.max(...buckets.map(({ from, to }) => (to - from) / from))).toBeLessThanOrEqual(1 / 64);
    expect(buckets.at(-1)?.to).toBeGreaterThan(2 ** 48);
  });

  test("a value lies in the bucket that says so, an edge in the bucket below it", () => {
    const edge = fc.tuple(fc.integer({ min: -9, max: 48 }), fc.nat(63));
    const value = fc.oneof(
      fc.double({ min: 2 ** -9, max: 2 ** 49, noNaN: true }),
      edge.map(([exponent, part]) => 2 ** exponent * (1 + part / 64)),
    );
    fc.assert(
      fc.property(value, (one) => {
        const [bucket] = filled([one]).buckets();

        expect(bucket !== undefined && bucket.from < one && one <= bucket.to).toBe(true);
      }),
    );
  });

  test("how many values are at most a bound is exact at every power of two", () => {
    const bounds = Array.from({ length: 61 }, (_, at) => 2 ** (at - 10));
    fc.assert(
      fc.property(fc.array(inRange), (values) => {
        const found = filled(values).countsUpTo(bounds);

        expect(found).toEqual(bounds.map((bound) => values.filter((value) => value <= bound).length));
      }),
    );
  });

  test("a value recorded while the buckets are read shifts nothing", () => {
    const histogram = filled([1001, 1002, 2000]);
    const reading = histogram.buckets();

    const first = reading.next();
    histogram.record(0.5);
    const rest = [...reading];

    expect([first.value, ...rest].map((bucket) => bucket?.count)).toEqual([2, 1]);
  });

  test("values that are too small, too large, negative or no numbers do no harm", () => {
    const histogram = filled([
      0,
      -5,
      1e-300,
      Number.MAX_VALUE,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);

    expect(histogram.count).toBe(4);
    expect(histogram.min).toBe(0);
    expect(histogram.max).toBe(Number.MAX_VALUE);
    expect(histogram.quantile(0.5)).toBe(0);
    expect(histogram.quantile(1)).toBeGreaterThanOrEqual(2 ** 49);
  });

  test("nothing recorded has no quantile, no mean, no extremes", () => {
    const histogram = new Histogram();

    expect([histogram.quantile(0.5), histogram.mean, histogram.min, histogram.max]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(() => histogram.quantile(1.5)).toThrow(RangeError);
    expect(() => histogram.quantile(Number.NaN)).toThrow(RangeError);
  });

  test.each([
    ["another scheme", { scheme: 1 }],
    ["a count that does not add up", { count: 5 }],
    ["a bucket outside of the scheme", { buckets: [[99_999, 1]] }],
    ["a bucket that holds nothing", { buckets: [[3, 0]] }],
  ])("%s is refused", (_, change) => {
    const data = { ...filled([1]).export(), ...change } as unknown as ReturnType<Histogram["export"]>;

    expect(() => Histogram.import(data)).toThrow(RangeError);
  });
});

describe("moments", () => {
  test("lifetime mean and deviation are those of the array, however it was split and merged", () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true })), (left, right) => {
        const all = [...left, ...right];
        const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
        const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length;
        const moments = new Moments();
        const other = new Moments();
        for (const value of left) moments.record(value);
        for (const value of right) other.record(value);

        moments.merge(other);

        expect(moments.count).toBe(all.length);
        expect(moments.lifetime.mean).toBeCloseTo(mean, 5);
        expect(moments.lifetime.deviation / Math.max(1, Math.sqrt(variance))).toBeCloseTo(
          Math.sqrt(variance) / Math.max(1, Math.sqrt(variance)),
          5,
        );
      }),
    );
  });

  test("the recent mean follows a change that the lifetime mean hardly shows", () => {
    const moments = new Moments();
    for (let at = 0; at < 1000; at += 1) moments.record(10);
    for (let at = 0; at < 50; at += 1) moments.record(100);

    expect(moments.lifetime.mean).toBeLessThan(15);
    expect(moments.recent.mean).toBeGreaterThan(95);
  });

  test("equal values have no spread, and what is no number is left out", () => {
    const moments = new Moments();
    for (const value of [7, Number.NaN, 7, Number.POSITIVE_INFINITY, 7]) moments.record(value);

    expect([moments.count, moments.lifetime, moments.recent]).toEqual([
      3,
      { mean: 7, deviation: 0 },
      { mean: 7, deviation: 0 },
    ]);
  });

  test("merging into an empty one takes everything over, merging an empty one changes nothing", () => {
    const full = new Moments();
    for (const value of [1, 2, 6]) full.record(value);
    const taken = new Moments();

    taken.merge(full);
    full.merge(new Moments());

    expect([taken.count, taken.lifetime, taken.recent]).toEqual([full.count, full.lifetime, full.recent]);
    expect(taken.lifetime.mean).toBe(3);
  });

  test("nothing recorded is zero", () => {
    expect([new Moments().lifetime, new Moments().recent]).toEqual([
      { mean: 0, deviation: 0 },
      { mean: 0, deviation: 0 },
    ]);
  });
});
