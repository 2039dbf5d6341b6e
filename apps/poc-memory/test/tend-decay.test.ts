import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WEIGHT_MIN } from "../src/store/apply.ts";
import type { Change } from "../src/store/memory-store.ts";
import { openMemoryStore } from "../src/store/open.ts";
import type { SqliteMemoryStore } from "../src/store/sqlite-store.ts";
import { LocalCalendar } from "../src/tend/calendar.ts";
import { addDays } from "../src/tend/date.ts";
import { dailyFactor, faded } from "../src/tend/decay.ts";
import { fadeTo } from "../src/tend/fade.ts";
import { defaultTendSettings as settings } from "../src/tend/settings.ts";

const open = () => openMemoryStore({ path: ":memory:", mode: "write" });
const calendar = new LocalCalendar("Europe/Berlin");
const START = "2026-03-01";
const NOON_MS = Date.parse("2026-03-01T11:00:00Z");

const put = (key: string, category: string, createdAtMs = NOON_MS, weight = 0.5): Change => ({
  kind: "put",
  key,
  type: "semantic",
  content: key,
  category,
  weight,
  createdAtMs,
});

function fade(store: SqliteMemoryStore, date: string): number {
  return [...fadeTo(store, { date, atMs: 1, calendar, settings })].reduce((sum, step) => sum + step.faded, 0);
}

const weights = (store: SqliteMemoryStore) =>
  Object.fromEntries(store.recent(["semantic"], 100).map(({ key, weight }) => [key, weight]));

const after = (category: string, days: number) => faded(0.8, days, dailyFactor(category, settings));

describe("fading", () => {
  test("halves a weight in each half-life, faster for tasks than for choices, never for core", () => {
    expect(after("decision", 365)).toBeCloseTo(0.4, 10);
    expect(after("task", 25)).toBeCloseTo(0.4, 10);
    expect(after("anything else", 240)).toBeCloseTo(0.2, 10);
    expect(after("constructor", 120)).toBeCloseTo(0.4, 10);
    expect(after("core", 36_500)).toBe(0.8);
    expect(after("task", 36_500)).toBe(WEIGHT_MIN);
  });

  test("days caught up at once give the weight of as many daily runs, to the last bit", () => {
    const category = fc.constantFrom("decision", "fix", "episode", "task", "note", "core");
    const weight = fc.double({ min: WEIGHT_MIN, max: 1, noNaN: true });
    fc.assert(
      fc.property(category, weight, fc.array(fc.nat(40), { maxLength: 8 }), (kind, from, pieces) => {
        const factor = dailyFactor(kind, settings);
        const daily = pieces.reduce((left, days) => faded(left, days, factor), from);

        expect(
          faded(
            from,
            pieces.reduce((sum, days) => sum + days, 0),
            factor,
          ),
        ).toBe(daily);
        expect(daily).toBeLessThanOrEqual(from);
      }),
    );
  });
});

describe("fading a store", () => {
  test("changes nothing for the same date again, for an earlier one, or before the memory's own day is over", () => {
    using store = open();
    store.apply({ author: "t", atMs: 1, changes: [put("a", "task"), put("b", "core")] });

    const counts = [START, "2026-03-03", "2026-03-03", "2026-03-02"].map((date) => fade(store, date));

    expect(counts).toEqual([0, 1, 0, 0]);
    expect(store.get("a")?.weight).toBe(faded(0.5, 2, dailyFactor("task", settings)));
    expect(store.get("b")?.weight).toBe(0.5);
  });

  test("whatever dates it ran on and whenever memories came, the weights are those of one run on the last date", () => {
    const nodes = fc.array(
      fc.tuple(fc.constantFrom("task", "episode", "core", "x"), fc.nat(12), fc.nat(12)),
      {
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(nodes, fc.uniqueArray(fc.nat(12), { maxLength: 6 }), (all, runs) => {
        using daily = open();
        using once = open();
        for (let day = 0; day <= 12; day += 1) {
          for (const [at, [category, happened, mined]] of all.entries())
            if (Math.max(happened, mined) === day) {
              const change = put(`n${at}`, category, NOON_MS + happened * 86_400_000);
              daily.apply({ author: "t", atMs: 1, changes: [change] });
              once.apply({ author: "t", atMs: 1, changes: [change] });
            }
          if (runs.includes(day)) fade(daily, addDays(START, day));
        }
        fade(daily, addDays(START, 13));
        fade(once, addDays(START, 13));

        expect(weights(daily)).toEqual(weights(once));
      }),
      { numRuns: 60 },
    );
  });

  test("keeps the writer, so that mining can still correct what has faded, and the faded weight stays", () => {
    using store = open();
    store.apply({ author: "miner", atMs: 1, changes: [put("a", "fix")] });
    fade(store, "2026-03-11");
    const { weight } = store.get("a")!;

    const { weight: _, ...corrected } = put("a", "fix") as Extract<Change, { kind: "put" }>;
    store.apply({ author: "miner", atMs: 2, changes: [{ ...corrected, content: "corrected" }] });

    expect(store.get("a")).toMatchObject({ author: "miner", version: 2, content: "corrected", weight });
    expect(weight).toBeLessThan(0.5);
    expect(store.checkIntegrity()).toEqual([]);
  });

  test("a memory that stops being core, and one without a time, fade from then on", () => {
    using store = open();
    store.apply({ author: "t", atMs: 1, changes: [put("was-core", "core"), put("timeless", "task", 0)] });
    fade(store, "2026-03-10");
    store.apply({ author: "t", atMs: 2, changes: [put("was-core", "task")] });
    expect(weights(store)).toEqual({ "was-core": 0.5, timeless: 0.5 });

    fade(store, "2026-03-11");

    const oneDay = faded(0.5, 1, dailyFactor("task", settings));
    expect(weights(store)).toEqual({ "was-core": oneDay, timeless: oneDay });
  });
});
