import { join } from "node:path";
import { type CheckAnswer, type Clock, defineJob } from "jobkit-core";
import { expect, test } from "vitest";
import { defineApp, runDaemon, systemClock, type RunReport } from "../src/index.ts";
import { clockwork } from "./programs/clockwork-app.ts";
import { clockworkHere } from "./support/command.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The clock of this machine, so many days ahead. */
function daysAhead(days: number): Clock {
  return { ...systemClock, now: () => Date.now() + days * DAY_MS };
}

async function setup() {
  const dataDir = join(await temporaryFolder(), "data");
  const once = async (days: number, overrides: Readonly<Record<string, unknown>> = {}): Promise<RunReport> =>
    await runDaemon(clockwork, {
      dataDir,
      once: true,
      clock: daysAhead(days),
      overrides: { "clockwork.tasks": "0", "work.zone": "UTC", ...overrides },
    });
  const runs = async () => {
    const { json } = clockworkHere(dataDir);
    const told = (await json(["pipeline", "runs", "wind"])) as { runs: { date: string; outcome: string }[] };
    return told.runs.map(({ date, outcome }) => `${date} ${outcome}`);
  };
  return { dataDir, once, runs };
}

function dateAgo(ms: number): string {
  return new Date(Date.now() - ms).toISOString().slice(0, 10);
}

/** Due a few minutes ago on every day, so that no run of the tests meets the minute itself. */
function agoText(): string {
  return `daily at ${new Date(Date.now() - 10 * MINUTE_MS).toISOString().slice(11, 16)}`;
}

test("a new schedule is not due for the time before it was known", async () => {
  const world = await setup();

  const report = await world.once(0, { "clockwork.daily": agoText() });

  expect(report).toMatchObject({ exitCode: 0, summary: { done: 0 } });
  expect(await world.runs()).toEqual([]);
});

test("whoever only ever runs to the end catches up: days that were missed are made up for by one run", async () => {
  const world = await setup();
  const daily = { "clockwork.daily": agoText() };
  await world.once(0, daily);

  const after = await world.once(3, daily);
  const again = await world.once(3, daily);

  // Two turns and the last tick; what stands for two phases, for the end, and what waited for that.
  expect(after).toMatchObject({ exitCode: 0, summary: { done: 7, failed: 0, pending: 0 } });
  expect(again).toMatchObject({ summary: { done: 0 } });
  expect(await world.runs()).toEqual([`${dateAgo(10 * MINUTE_MS - 3 * DAY_MS)} done`]);
});

test("a run that fails is told once, and the task that waited for it has ended", async () => {
  const world = await setup();
  const daily = { "clockwork.daily": agoText(), "clockwork.attempts": "1" };
  await world.once(0, daily);
  const { run } = clockworkHere(world.dataDir);
  await run(["pipeline", "run", "wind", "--arg", "how=fail", "--date", "2026-01-01"]);

  const report = await world.once(0, daily);

  expect(report).toMatchObject({ exitCode: 1 });
  expect(await world.runs()).toEqual(["2026-01-01 failed"]);
});

test("an application whose pipelines name what it does not have is refused, and the folder is free", async () => {
  const world = await setup();
  const broken = {
    ...clockwork,
    routine: () => ({ pipelines: [{ name: "x", phases: { one: { job: "nobody" } } }] }),
  } as typeof clockwork;

  const attempt = runDaemon(broken, { dataDir: world.dataDir, once: true });

  await expect(attempt).rejects.toThrow('no job "nobody"');
  expect(await world.once(0)).toMatchObject({ exitCode: 0 });
});

test("a run to the end waits for the answers of checks, so that what they hold is done in it", async () => {
  const { dataDir } = await setup();
  const asked: string[] = [];
  const slow = async (): Promise<CheckAnswer> => {
    await systemClock.sleep(80);
    asked.push("ready");
    return { ok: true };
  };
  const careful = defineApp({
    name: "careful",
    version: "1.0.0",
    doc: "Looks before it works.",
    open: async () => ({
      jobs: [
        defineJob({
          name: "work",
          doc: "Works.",
          input: anything,
          checks: { ready: slow },
          run: async () => void asked.push("work"),
        }),
      ],
      reconcilers: [
        {
          name: "once",
          doc: "Wants one thing done.",
          everyMs: 60_000,
          find: async () => (asked.includes("work") ? [] : [{ job: "work", input: null, key: "one" }]),
        },
      ],
    }),
  });

  const report = await runDaemon(careful, { dataDir, once: true });

  expect(report).toMatchObject({ exitCode: 0, summary: { done: 1, pending: 0 } });
  expect(asked).toEqual(["ready", "work"]);
});

const anything = {
  "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) },
} as const;
