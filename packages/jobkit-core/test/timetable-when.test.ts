import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compileWhen, formatWhen, parseWhen, type When } from "../src/index.ts";

const PLACE = "when of schedule nightly";

const whens: fc.Arbitrary<When> = fc.oneof(
  fc.record({ kind: fc.constant("every" as const), ms: fc.integer({ min: 1_000, max: 10 ** 12 }) }),
  fc.record({
    kind: fc.constant("every" as const),
    ms: fc.integer({ min: 1_000, max: 10 ** 12 }),
    anchorMs: fc.integer({ min: -(10 ** 13), max: 10 ** 13 }),
  }),
  fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })).map(([hour, minute]) => ({
    kind: "daily" as const,
    at: `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`,
  })),
  fc.record({
    kind: fc.constant("cron" as const),
    expression: fc.constantFrom("0 3 * * 1", "*/5 * * * *", "30 2 L * *", "0 0 * * MON-FRI"),
    zone: fc.constantFrom("UTC", "Europe/Berlin", "America/New_York"),
  }),
);

test("what is written is read back as the same", () => {
  fc.assert(
    fc.property(whens, (when) => {
      expect(parseWhen(formatWhen(when), PLACE)).toEqual(when);
    }),
  );
});

test("a person's text is read", () => {
  expect(parseWhen("every 1h30m", PLACE)).toEqual({ kind: "every", ms: 5_400_000 });
  expect(parseWhen("every 6h from 2026-01-01T00:30:00Z", PLACE)).toEqual({
    kind: "every",
    ms: 21_600_000,
    anchorMs: Date.UTC(2026, 0, 1, 0, 30),
  });
  expect(parseWhen("  daily  at 03:00 Europe/Berlin ", PLACE)).toEqual({
    kind: "daily",
    at: "03:00",
    zone: "Europe/Berlin",
  });
  expect(parseWhen("cron 0 3 * * 1 UTC", PLACE)).toEqual({
    kind: "cron",
    expression: "0 3 * * 1",
    zone: "UTC",
  });
});

test.each([
  ["", "write every 5m"],
  ["nightly", "write every 5m"],
  ["every", "write every 5m"],
  ["every day", "write every 5m"],
  ["every 5m please", "write every 5m"],
  ["every 10ms", "from 1s"],
  ["every 6h from noon", "2026-01-01T00:30:00Z"],
  ["daily 03:00", "write daily at 03:00"],
  ["daily at 3am", "00:00 to 23:59"],
  ["daily at 24:00", "00:00 to 23:59"],
  ["daily at 03:00 Europe/Berlin too", "write daily at 03:00"],
  ["daily at 03:00 Europe/Berlim", 'did you mean "Europe/Berlin"?'],
  ["daily at 03:00 Nowhere", "no such time zone"],
  ["cron 0 3 * *", "write minute, hour, day, month and weekday"],
  ["cron 0 0 3 * * 1", "no such time zone"],
])("%j is refused with the place and the right form", (text, advice) => {
  const read = (): When => parseWhen(text, PLACE);

  expect(read).toThrow(expect.objectContaining({ code: "SCHEDULE_INVALID" }));
  expect(read).toThrow(PLACE);
  expect(read).toThrow(advice);
});

test.each([
  ["61 * * * *", "Invalid value for minute: 61"],
  ["a b c d e", "illegal characters"],
  ["0 0 30 2 *", "such a day never comes"],
  ["? * * * *", "write minute, hour, day, month and weekday"],
  ["@daily", "write minute, hour, day, month and weekday"],
])("the expression %j is refused when it is compiled", async (expression, advice) => {
  const compiled = compileWhen({ kind: "cron", expression }, PLACE);

  await expect(compiled).rejects.toThrow(expect.objectContaining({ code: "SCHEDULE_INVALID" }));
  await expect(compiled).rejects.toThrow(PLACE);
  await expect(compiled).rejects.toThrow(advice);
});

test("data that types cannot check is checked when it is compiled", async () => {
  await expect(compileWhen({ kind: "every", ms: 0 }, PLACE)).rejects.toThrow("whole number of ms from 1s");
  await expect(compileWhen({ kind: "every", ms: 1_000, anchorMs: Number.NaN }, PLACE)).rejects.toThrow(
    "anchor",
  );
  await expect(compileWhen({ kind: "daily", at: "3:00" }, PLACE)).rejects.toThrow("00:00 to 23:59");
  await expect(compileWhen({ kind: "daily", at: "03:00" }, PLACE, "Mars")).rejects.toThrow("Mars");
});
