import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseCalendar, LocalCalendar } from "../src/tend/calendar.ts";
import {
  addDays,
  dayNumber,
  firstOfMonth,
  isDate,
  isKnownTime,
  lastOfMonth,
  longDate,
  mondayOf,
  weekOf,
} from "../src/tend/date.ts";

const anyDate = fc.integer({ min: 0, max: 60_000 }).map((days) => addDays("1970-01-01", days));

describe("dates", () => {
  test("only days that the calendar has are dates", () => {
    expect(["2026-03-01", "2024-02-29", "1999-12-31"].every(isDate)).toBe(true);
    expect(["2026-02-29", "2026-13-01", "2026-3-1", "today", "", "2026-03-01T00:00"].some(isDate)).toBe(
      false,
    );
  });

  test("weeks are those of ISO 8601, also around New Year", () => {
    expect([weekOf("2026-01-01"), weekOf("2027-01-01"), weekOf("2024-12-30"), weekOf("2026-03-01")]).toEqual([
      { year: 2026, week: 1 },
      { year: 2026, week: 53 },
      { year: 2025, week: 1 },
      { year: 2026, week: 9 },
    ]);
    expect(longDate("2026-03-01")).toBe("Sunday 1 March 2026");
  });

  test("a date lies in its week and in its month, and counting days goes both ways", () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: -5_000, max: 5_000 }), (date, days) => {
        const monday = mondayOf(date);
        expect(monday <= date && date <= addDays(monday, 6)).toBe(true);
        expect(mondayOf(monday)).toBe(monday);
        expect(firstOfMonth(date) <= date && date <= lastOfMonth(date)).toBe(true);
        expect(lastOfMonth(date).slice(0, 7)).toBe(date.slice(0, 7));
        expect(firstOfMonth(addDays(lastOfMonth(date), 1))).toBe(addDays(lastOfMonth(date), 1));
        expect(dayNumber(addDays(date, days)) - dayNumber(date)).toBe(days);
      }),
    );
  });
});

describe("a calendar of a place", () => {
  test("ends its days at its own midnight, on the days on which clocks change too", () => {
    const berlin = new LocalCalendar("Europe/Berlin");
    const apia = new LocalCalendar("Pacific/Apia");

    expect(berlin.dateOf(Date.parse("2026-03-28T23:30:00Z"))).toBe("2026-03-29");
    expect(berlin.timeOf(Date.parse("2026-03-29T01:30:00Z"))).toBe("03:30");
    expect(berlin.dateOf(Date.parse("2026-10-25T22:59:00Z"))).toBe("2026-10-25");
    expect(berlin.dateOf(Date.parse("2026-10-25T23:00:00Z"))).toBe("2026-10-26");
    // Samoa had no 30 December 2011.
    expect(apia.dateOf(Date.parse("2011-12-30T10:30:00Z"))).toBe("2011-12-31");
  });

  test("gives the same date whatever it was asked before", () => {
    const zone = fc.constantFrom("Europe/Berlin", "America/Havana", "Asia/Kathmandu", "Pacific/Apia", "UTC");
    const moments = fc.array(fc.integer({ min: 0, max: 48 * 60 }), { minLength: 1, maxLength: 20 });
    const begins = fc.constantFrom(
      "2026-03-28T12:00Z",
      "2026-10-31T20:00Z",
      "2011-12-29T20:00Z",
      "2026-03-07T20:00Z",
    );
    fc.assert(
      fc.property(zone, begins, moments, (timeZone, begin, minutes) => {
        const asked = new LocalCalendar(timeZone);
        for (const minute of minutes) {
          const ms = Date.parse(begin) + minute * 60_000;
          expect(asked.dateOf(ms)).toBe(new LocalCalendar(timeZone).dateOf(ms));
        }
      }),
    );
  });

  test("a moment that time cannot name is no time", () => {
    expect([1, Date.UTC(2026, 0, 1)].every(isKnownTime)).toBe(true);
    expect([0, -1, Number.MAX_SAFE_INTEGER].some(isKnownTime)).toBe(false);
  });

  test("is the configured one, else the machine's; an unknown zone is named", () => {
    expect(chooseCalendar("", "Asia/Tokyo").timeZone).toBe("Asia/Tokyo");
    expect(chooseCalendar("Asia/Tokyo", "UTC").timeZone).toBe("Asia/Tokyo");
    expect(() => chooseCalendar("Mars/Base", "UTC")).toThrow(/"Mars\/Base"/);
  });
});
