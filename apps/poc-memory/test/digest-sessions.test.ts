/** Digests of whole sessions: the examples of this repository, and real ones where this machine has them. */
import { readdirSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import type { DigestPlace } from "../src/digest/sources.ts";
import { openMemoryStore } from "../src/store/open.ts";
import { remember } from "../src/store/remember.ts";
import { LocalCalendar } from "../src/tend/calendar.ts";
import { linkedWith, textsOf, writeAll } from "./digest-store.ts";
import { knownSession, mineFile } from "./mine-sessions.ts";

const TODAY = "2026-11-25";
const examples = resolve(import.meta.dirname, "../examples/sessions");
const real = knownSession("claude-code");

function transcriptsBelow(folder: string): readonly string[] {
  return readdirSync(folder)
    .toSorted()
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return transcriptsBelow(path);
      return name.endsWith(".jsonl") ? [path] : [];
    });
}

/** A store of what the sessions below a folder yield, with all digests written. */
async function digested(folder: string): Promise<DigestPlace & Disposable> {
  const store = openMemoryStore({ path: ":memory:", mode: "write" });
  for (const path of transcriptsBelow(folder))
    for (const [index, { memories }] of (await mineFile(path)).entries())
      remember(store, {
        segment: { root: folder, transcript: relative(folder, path), generation: 0, index },
        author: "miner",
        atMs: 1,
        memories,
      });
  const place = { store, calendar: new LocalCalendar("Europe/Berlin") };
  writeAll(place, TODAY);
  return { ...place, [Symbol.dispose]: () => store[Symbol.dispose]() };
}

test("the examples' days, weeks and months read as a person would note them", async () => {
  using place = await digested(examples);

  const [day = ""] = Object.values(textsOf(place.store, "day"));
  const [week = ""] = Object.values(textsOf(place.store, "week"));
  const [month = ""] = Object.values(textsOf(place.store, "month"));

  expect(day).toMatchInlineSnapshot(`
    "# Monday 2 March 2026

    1 session in tide-clock, 09:12 to 09:14 (Europe/Berlin): 1 commit, 2 changed files; 1 preference, 1 fix and 1 finding kept.

    ## What happened
    - **09:12** The test 'high tide is announced once a day' in tide-clock fails on CI about every third run but…
      → Fixed: \`announcedToday\` now takes the station's zone and compares \`stationDay\` values, and the tide tests pass under TZ=UTC as well. Committed as 4be11d2.
      Committed announce: compare days in station time (4be11d2)

    ## Preferences
    - The person: "And please never use the local time zone in this project, always pass the station's zone explicitly."

    ## Fixed
    - \`TZ=UTC npm test -- tides\` failed with "FAIL test/tides.test.ts", and "● high tide is announced once a day". \`announcedToday\` compares \`getDate()\`, which is the local… Fixed in \`src/announce.ts\` (\`stationDay(last, zone) === stationDay(now, zone)\`) and \`src/station.ts\` (\`export…\`

    ## Learned
    - The root cause is that announce.ts mixes local time with station time; the test is right.

    ## Most changed
    - \`src/announce.ts\` (1 edit)
    - \`src/station.ts\` (1 edit)"
  `);
  expect(week).toMatchInlineSnapshot(`
    "# Week 10 of 2026, 2 to 8 March

    2 days with work, 3 sessions in tide-clock: 1 commit, 1 pull request, 3 changed files; 3 preferences, 1 decision, 2 fixes and 2 findings kept.

    ## Days
    - **Monday 2 March** (1 session, 1 commit): The test 'high tide is announced once a day' in tide-clock fails on CI about every third…
    - **Wednesday 4 March** (2 sessions): Add a command \`tide-clock export --ics FILE\` that writes the next 30 days of high tides…; Apple Calendar shows all events one hour late. The file validates though.

    ## Preferences
    - The person: "And please never use the local time zone in this project, always pass the station's zone explicitly."
    - The person: "Add a command \`tide-clock export --ics FILE\` that writes the next 30 days of high tides as an iCalendar file. Don't add a dependency for it, the format is simple enough."
    - The person: "I prefer one pull request per command, so open one for this and leave the README for another."

    ## Decided
    - We decided to write the iCalendar lines by hand instead of using the ics package, because the format is small and the project has no runtime dependencies.

    ## Fixed
    - \`TZ=UTC npm test -- tides\` failed with "FAIL test/tides.test.ts", and "● high tide is announced once a day".… Fixed in \`src/announce.ts\` (\`stationDay(last, zone) === stationDay(now, zone)\`)…
    - \`npx tsc --noEmit\` failed with "src/export-ics.ts: error TS2345: Argument of type 'string | undefined' is not assignable to parameter of… Fixed in \`src/export-ics.ts\` (\`station.name ?? station.id\`).

    ## Learned
    - The root cause is that announce.ts mixes local time with station time; the test is right.
    - The times are written without a zone, so the calendar reads them as local time. The reason is that DTSTART needs either a trailing Z or a TZID; a bare time is floating (RFC 5545, section 3.3.5).

    ## Most changed
    - \`src/export-ics.ts\` (3 edits)
    - \`src/announce.ts\` (1 edit)
    - \`src/station.ts\` (1 edit)"
  `);
  expect(month.split("\n").slice(0, 6).join("\n")).toMatchInlineSnapshot(`
    "# March 2026

    3 days with work, 4 sessions in tide-clock and seed-catalog: 1 commit, 1 pull request, 6 changed files; 4 preferences, 2 decisions, 3 fixes and 2 findings kept.

    ## Weeks
    - **Week 10, 2 to 8 March** (3 sessions, 1 commit): The test 'high tide is announced once a day' in tide-clock fails on CI about every third…; Add a command \`tide-clock export --ics FILE\` that writes the next 30 days of high tides…; Apple Calendar shows all events one hour late. The file validates though."
  `);
});

test.skipIf(real === null)(
  "of real sessions, every one leads over its day and week to its month, and every text is short and plain (skipped where the real sessions are not on this machine)",
  async () => {
    using place = await digested(real ?? "");
    const { store } = place;
    const above = (keys: readonly string[], type: string): readonly string[] => [
      ...new Set(keys.flatMap((key) => linkedWith(store, key, [type]))),
    ];

    for (const { key } of store.recent(["session"], 1_000)) {
      const days = above([key], "day");
      const weeks = above(days, "week");
      expect([days.length, weeks.length, above(weeks, "month").length > 0]).toEqual([1, 1, true]);
    }
    const texts = (["day", "week", "month"] as const).flatMap((level) =>
      Object.values(textsOf(store, level)),
    );
    expect(texts.length).toBeGreaterThan(10);
    for (const text of texts) {
      expect(text.length).toBeLessThan(12_000);
      expect(text).toMatch(/^# .+ 2026.*\n\n.+\.\n\n## /);
      expect(text).not.toMatch(/undefined|null\b|NaN|\[object|Infinity/);
      expect(text.split("\n").filter((line) => line.length > 700)).toEqual([]);
    }
  },
);
