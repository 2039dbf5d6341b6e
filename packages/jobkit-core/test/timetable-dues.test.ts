import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileWhen, dueTimes, parseWhen, type Dues } from "../src/index.ts";

const DAY_MS = 86_400_000;
const zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"];
const texts = [
  "every 1s",
  "every 5m",
  "every 36h from 2026-01-01T00:30:00Z",
  ...zones.flatMap((zone) => [
    `daily at 02:30 ${zone}`,
    `daily at 00:00 ${zone}`,
    `cron */20 * * * * ${zone}`,
    `cron 30 1,2,3 * * * ${zone}`,
    `cron 0 0 29 2 * ${zone}`,
    `cron 59 23 L * 1-5 ${zone}`,
  ]),
];
const compiled = await Promise.all(texts.map((text) => dues(text)));
const anyDues = fc.constantFrom(...compiled);
/** Four years around now, with many moments near changes of clocks. */
const moments = fc.oneof(
  fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2029, 0, 1) }),
  fc
    .tuple(
      fc.constantFrom(
        Date.UTC(2026, 2, 29, 1),
        Date.UTC(2026, 9, 25, 1),
        Date.UTC(2026, 2, 8, 7),
        Date.UTC(2026, 10, 1, 6),
        Date.UTC(2026, 3, 4, 15),
        Date.UTC(2026, 9, 3, 15, 30),
      ),
      fc.integer({ min: -3 * DAY_MS, max: 3 * DAY_MS }),
    )
    .map(([changeMs, awayMs]) => changeMs + awayMs),
);

function dues(text: string): Promise<Dues> {
  return compileWhen(parseWhen(text, "the test"), "the test");
}

/** So many due times after a date, as text. */
async function list(text: string, from: string, max: number): Promise<readonly string[]> {
  const range = { fromMs: Date.parse(from), toMs: Number.POSITIVE_INFINITY, max };
  return dueTimes(await dues(text), range).map((dueMs) => new Date(dueMs).toISOString());
}

describe("laws", () => {
  test("due times grow, and each lies strictly after the moment asked about", () => {
    fc.assert(
      fc.property(anyDues, moments, (some, fromMs) => {
        let beforeMs = fromMs;
        for (const dueMs of dueTimes(some, { fromMs: fromMs + 1, toMs: fromMs + 400 * DAY_MS, max: 10 })) {
          expect(dueMs).toBeGreaterThan(beforeMs);
          expect(some.next(beforeMs)).toBe(dueMs);
          beforeMs = dueMs;
        }
      }),
    );
  });

  test("the next due time is the same from every moment before it", () => {
    fc.assert(
      fc.property(anyDues, moments, fc.double({ min: 0, max: 1, noNaN: true }), (some, fromMs, share) => {
        const dueMs = some.next(fromMs) ?? 0;
        const betweenMs = fromMs + Math.floor((dueMs - 1 - fromMs) * share);

        expect(some.next(betweenMs)).toBe(dueMs);
        expect(some.next(dueMs - 1)).toBe(dueMs);
        expect(some.next(fromMs)).toBe(dueMs);
      }),
    );
  });

  test("looking back finds what looking ahead finds", () => {
    fc.assert(
      fc.property(anyDues, moments, fc.integer({ min: 1, max: 12 }), (some, fromMs, max) => {
        const ahead = dueTimes(some, { fromMs, toMs: Number.POSITIVE_INFINITY, max });
        const lastMs = ahead.at(-1) ?? 0;

        expect(some.latest(lastMs, max)).toEqual(ahead);
        expect(some.latest(lastMs - 1, max).at(-1)).not.toBe(lastMs);
      }),
    );
  });

  test("a range includes its start, excludes its end, and holds at most so many", async () => {
    const hourly = await dues("every 1h");
    const fromMs = Date.UTC(2026, 0, 1);
    const toMs = fromMs + DAY_MS;

    expect(dueTimes(hourly, { fromMs, toMs, max: 100 })).toHaveLength(24);
    expect(dueTimes(hourly, { fromMs, toMs, max: 100 })[0]).toBe(fromMs);
    expect(dueTimes(hourly, { fromMs: fromMs + 1, toMs: toMs + 1, max: 100 }).at(-1)).toBe(toMs);
    expect(dueTimes(hourly, { fromMs, toMs, max: 5 })).toHaveLength(5);
    expect(dueTimes(hourly, { fromMs, toMs: fromMs, max: 5 })).toEqual([]);
  });
});

describe("a day on which the clocks are changed", () => {
  test("02:30 in Berlin runs once where it does not exist, when the clocks stand again", async () => {
    expect(await list("daily at 02:30 Europe/Berlin", "2026-03-28T00:00Z", 3)).toEqual([
      "2026-03-28T01:30:00.000Z",
      "2026-03-29T01:00:00.000Z",
      "2026-03-30T00:30:00.000Z",
    ]);
  });

  test("02:30 in Berlin runs once where it comes twice, the first time", async () => {
    expect(await list("daily at 02:30 Europe/Berlin", "2026-10-24T00:00Z", 3)).toEqual([
      "2026-10-24T00:30:00.000Z",
      "2026-10-25T00:30:00.000Z",
      "2026-10-26T01:30:00.000Z",
    ]);
  });

  test("02:30 in New York runs once where it does not exist, when the clocks stand again", async () => {
    expect(await list("daily at 02:30 America/New_York", "2026-03-07T00:00Z", 3)).toEqual([
      "2026-03-07T07:30:00.000Z",
      "2026-03-08T07:00:00.000Z",
      "2026-03-09T06:30:00.000Z",
    ]);
  });

  test("01:30 in New York runs once where it comes twice, the first time", async () => {
    expect(await list("daily at 01:30 America/New_York", "2026-10-31T00:00Z", 3)).toEqual([
      "2026-10-31T05:30:00.000Z",
      "2026-11-01T05:30:00.000Z",
      "2026-11-02T06:30:00.000Z",
    ]);
  });

  test("a cron of every half hour is due when the clocks really show it, none left out and both twice", async () => {
    const spring = await list("cron */30 * * * * Europe/Berlin", "2026-03-29T00:00Z", 5);
    const autumn = await list("cron */30 2 * * * Europe/Berlin", "2026-10-25T00:00Z", 5);

    expect(spring.map((due) => due.slice(11, 16))).toEqual(["00:00", "00:30", "01:00", "01:30", "02:00"]);
    expect(autumn.map((due) => due.slice(8, 16))).toEqual([
      "25T00:00",
      "25T00:30",
      "25T01:00",
      "25T01:30",
      "26T01:00",
    ]);
  });
});

test("a leap day comes every four years", async () => {
  expect(await list("cron 0 12 29 2 *", "2026-01-01T00:00Z", 2)).toEqual([
    "2028-02-29T12:00:00.000Z",
    "2032-02-29T12:00:00.000Z",
  ]);
});

test("a zone that is not named is UTC, or what the caller says", async () => {
  const when = parseWhen("daily at 03:00", "the test");
  const here = await compileWhen(when, "the test");
  const there = await compileWhen(when, "the test", "Asia/Tokyo");

  expect(here.next(0)).toBe(3 * 3_600_000);
  expect(there.next(0)).toBe(18 * 3_600_000);
});

test("thirty years of daily are one for each day", async () => {
  const daily = await dues("daily at 03:00 Europe/Berlin");

  const found = dueTimes(daily, { fromMs: Date.UTC(2026, 0, 1), toMs: Date.UTC(2056, 0, 1), max: 20_000 });

  expect(found).toHaveLength((Date.UTC(2056, 0, 1) - Date.UTC(2026, 0, 1)) / DAY_MS);
});
