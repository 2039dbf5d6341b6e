/** A month of the whole program in seconds: the clock is set, nothing else is made up. */
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runDaemon, systemClock } from "jobkit-daemon";
import { expect, test } from "vitest";
import { memoryApp } from "../src/app.ts";
import { openMemoryStore } from "../src/store/open.ts";
import { textsOf } from "./digest-store.ts";
import { json, scratch } from "./support/program.ts";

const examples = fileURLToPath(new URL("../examples/sessions", import.meta.url));
const DAY_MS = 86_400_000;
const FIRST_DAY_MS = Date.parse("2026-03-10T12:00:00Z");
/** Sessions that begin to exist on a day. */
const NEW_ON = new Map([
  [1, "-home-robin-tide-clock"],
  [9, "-home-robin-seed-catalog"],
]);

type Place = ReturnType<typeof scratch>;

/** `up --once` at noon of some of the days 0 to 29. */
async function live(place: Place, days: readonly number[]): Promise<readonly (string | undefined)[]> {
  const root = join(place.path, "in");
  mkdirSync(root);
  const problems: (string | undefined)[] = [];
  for (const day of days) {
    const project = NEW_ON.get(day);
    if (project !== undefined) cpSync(join(examples, project), join(root, project), { recursive: true });
    const report = await runDaemon(memoryApp({ home: place.path, env: {}, typed: "poc-memory" }), {
      dataDir: place.data,
      once: true,
      clock: { ...systemClock, now: () => FIRST_DAY_MS + day * DAY_MS + performance.now() },
      // What has ended is kept for longer than a week, so that the test sees it.
      overrides: {
        "daily.when": "daily at 11:50 UTC",
        "transcripts.roots": [root],
        "prune.ageMs": 60 * DAY_MS,
      },
    });
    if (report.exitCode !== 0) problems.push(`day ${day}: ${JSON.stringify(report)}`);
  }
  return problems;
}

/** The dates of the daily runs that are done, oldest first. */
async function datesDone(place: Place): Promise<readonly string[]> {
  const told = await json(place, "pipeline", "runs", "daily", "--limit", "40");
  const { runs } = told as { runs: { date: string; outcome: string }[] };
  return runs.flatMap(({ date, outcome }) => (outcome === "done" ? [date] : [])).toSorted();
}

/** What is remembered, with its weights, and what was told of each day, week and month. */
function memoryOf(place: Place) {
  using store = openMemoryStore({ path: join(place.data, "memory.db"), mode: "read" });
  const weights = store.outlines(["session", "semantic"]).map(({ key, weight }) => [key, weight] as const);
  const digests = (["day", "week", "month"] as const).map((level) => textsOf(store, level));
  return { weights: Object.fromEntries(weights), digests };
}

const dateOf = (day: number): string => new Date(FIRST_DAY_MS + day * DAY_MS).toISOString().slice(0, 10);

test("thirty days, ten of them missed, end as thirty days without a gap: every gap is one run that makes up for it", async () => {
  using whole = scratch();
  using gaps = scratch();
  const every = Array.from({ length: 30 }, (_, day) => day);
  const missed = new Set([4, 5, 6, 12, 18, 19, 20, 21, 22, 28]);
  const present = every.filter((day) => !missed.has(day));

  expect([await live(whole, every), await live(gaps, present)]).toEqual([[], []]);

  // The first start of all finds nothing that it could have missed.
  expect(await datesDone(whole)).toEqual(every.slice(1).map(dateOf));
  expect(await datesDone(gaps)).toEqual(present.slice(1).map(dateOf));
  const memory = memoryOf(gaps);
  expect(memory).toEqual(memoryOf(whole));
  expect(memory.digests.map((texts) => Object.keys(texts).length)).toEqual([3, 2, 1]);
}, 120_000);
