import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runDaemon, systemClock } from "jobkit-daemon";
import { expect, test } from "vitest";
import { memoryApp } from "../src/app.ts";
import { JOB_NAMES, LIST_NAMES, memoryRoutine, PREDICATE_NAMES } from "../src/routine.ts";
import { json, run, scratch } from "./support/program.ts";

const examples = fileURLToPath(new URL("../examples/sessions", import.meta.url));
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

type Place = ReturnType<typeof scratch>;

/** `up --once` so many days from now, on the example sessions or those in `roots`. */
async function once(place: Place, days: number, roots: readonly string[] = []) {
  const app = memoryApp({ home: place.path, env: {}, typed: "poc-memory" });
  const ago = new Date(Date.now() - 10 * MINUTE_MS).toISOString().slice(11, 16);
  return await runDaemon(app, {
    dataDir: place.data,
    once: true,
    clock: { ...systemClock, now: () => Date.now() + days * DAY_MS },
    overrides: { "daily.when": `daily at ${ago} UTC`, "transcripts.roots": roots },
  });
}

async function runsOf(place: Place): Promise<readonly string[]> {
  const told = await json(place, "pipeline", "runs", "daily");
  return (told as { runs: { outcome: string }[] }).runs.map(({ outcome }) => outcome);
}

async function daysTold(place: Place): Promise<number> {
  const { memory } = (await json(place, "status")) as {
    memory: { byType: Record<string, number> };
  };
  return memory.byType["day"] ?? 0;
}

test("what the application says its jobs, questions and lists are is what it opens", async () => {
  using place = scratch();
  const world = { home: place.path, env: {}, typed: "poc-memory" };
  const app = memoryApp(world);
  const opened: Record<string, readonly string[]> = {};
  const looked = {
    ...app,
    open: async (...context: Parameters<typeof app.open>) => {
      const parts = await app.open(...context);
      opened["jobs"] = parts.jobs.map(({ name }) => name);
      opened["predicates"] = Object.keys(parts.phases?.predicates ?? {});
      opened["lists"] = Object.keys(parts.phases?.lists ?? {});
      return parts;
    },
  };

  await runDaemon(looked, { dataDir: place.data, once: true });

  expect(opened).toEqual({ jobs: JOB_NAMES, predicates: PREDICATE_NAMES, lists: LIST_NAMES });
});

test("at first sight nothing is due; on a later day one run makes up for all of them, and digests tell what was mined in it", async () => {
  using place = scratch();
  const first = await once(place, 0);
  const before = [await runsOf(place), await daysTold(place)];

  const later = await once(place, 5);
  const again = await once(place, 5);

  expect([first.exitCode, later.exitCode, again.exitCode]).toEqual([0, 0, 0]);
  expect(before).toEqual([[], 0]);
  expect(await runsOf(place)).toEqual(["done"]);
  expect(await daysTold(place)).toBe(3);
  expect(again).toMatchObject({ summary: { done: 0 } });
});

test("what is mined in the very run that catches up stands in its digests", async () => {
  using place = scratch();
  const root = join(place.path, "in");
  mkdirSync(root);
  await once(place, 0, [root]);
  cpSync(join(examples, "-home-robin-tide-clock"), join(root, "tide-clock"), { recursive: true });

  const report = await once(place, 2, [root]);

  expect(report).toMatchObject({ exitCode: 0, summary: { failed: 0 } });
  expect(await daysTold(place)).toBe(2);
});

test("an empty daily.when switches the schedule off, and the pipeline can still be asked for", async () => {
  using place = scratch();
  const off = ["--set", "daily.when="];

  const listed = await json(place, "schedules", "list", ...off);
  const asked = await run(place, "pipeline", "run", "daily", "--data", place.data, ...off);
  const { code } = await run(place, "up", "--once", "--data", place.data, ...off);

  expect(listed).toEqual({ schedules: [] });
  expect([asked.code, code]).toEqual([0, 0]);
  expect(await runsOf(place)).toEqual(["done"]);
});

test("days end in the zone of tend.timeZone, and so does the time of day of the daily work", () => {
  const settings = { "daily.when": "daily at 03:30", "mine.readers": 1, "tend.timeZone": "Asia/Tokyo" };

  expect(memoryRoutine(settings)).toMatchObject({ zone: "Asia/Tokyo", schedules: [{ pipeline: "daily" }] });
  expect(memoryRoutine({ ...settings, "tend.timeZone": "" })).not.toHaveProperty("zone");
});

test("a dry run of the daily work before anything was mined, and beside nothing, changes nothing", async () => {
  using place = scratch();

  const { code, stdout } = await run(place, "pipeline", "plan", "daily", "--data", place.data);

  expect(code).toBe(0);
  expect(stdout).toContain("the list days-missing is empty");
});
