import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SettingTable } from "jobkit-core";
import { expect, test } from "vitest";
import type { App } from "../src/app.ts";
import { sayProblem } from "../src/config/problem.ts";
import { changedIn } from "../src/routine/changed-in.ts";
import { loadSettings, wholeTable } from "../src/settings-in-force.ts";
import { clockwork } from "./programs/clockwork-app.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const app = clockwork as unknown as App<SettingTable>;

/** The routine that a file comes to, or its mistakes as lines with the path left out. */
async function load(text: string) {
  const file = join(await temporaryFolder(), "config.yaml");
  writeFileSync(file, text);
  const loaded = await loadSettings(app, { configFile: file });
  if (loaded.ok) return { ...loaded.routine, problems: [] };
  const problems = loaded.problems.map((problem) => sayProblem(problem).replace(file, "FILE"));
  return { pipelines: [], schedules: [], zone: "", problems };
}

test("without a file the application's own pipelines and schedules hold", async () => {
  const { pipelines, schedules } = await load("");

  expect(pipelines.map(({ name }) => name)).toEqual(["wind"]);
  expect(schedules).toEqual([
    { name: "daily", doc: "Winds it up every night.", when: "daily at 03:00", pipeline: "wind" },
  ]);
});

test("a file adds pipelines, replaces one whole, and changes single fields of a schedule", async () => {
  const { pipelines, schedules, problems } = await load(`
pipelines:
  wind: { phases: { only: { job: tick } } }
  more: { phases: { one: { job: tick }, two: { job: tick, after: one } } }
schedules:
  daily: { when: daily at 05:00 Europe/Berlin, missed: { all: 3 } }
  often: { when: every 6h, pipeline: more, overlap: queue, jitterMs: 5m }
  plain: { when: cron 0 3 * * 1, job: tick, input: { n: 1 } }
`);

  expect(problems).toEqual([]);
  expect(pipelines.map(({ name, phases }) => [name, phases.length])).toEqual([
    ["wind", 1],
    ["more", 2],
  ]);
  expect(schedules).toEqual([
    {
      name: "daily",
      doc: "Winds it up every night.",
      when: "daily at 05:00 Europe/Berlin",
      pipeline: "wind",
      missed: { all: 3 },
    },
    { name: "often", when: "every 6h", pipeline: "more", overlap: "queue", jitterMs: 300_000 },
    { name: "plain", when: "cron 0 3 * * 1", job: "tick", input: { n: 1 } },
  ]);
});

test("null switches a pipeline off, and with it the application's own schedules of it", async () => {
  const { pipelines, schedules, problems } = await load("pipelines: { wind: null }\n");

  expect([pipelines, schedules, problems]).toEqual([[], [], []]);
});

test("null switches a schedule off, and its pipeline stays", async () => {
  const { pipelines, schedules } = await load("schedules: { daily: ~ }\n");

  expect(pipelines).toHaveLength(1);
  expect(schedules).toEqual([]);
});

test("a schedule that the file gives other work has nothing of the work it had", async () => {
  const { schedules, problems } = await load(
    "pipelines:\n  more: { args: { a: 1 }, phases: { one: { job: tick } } }\n" +
      "schedules:\n  daily: { job: tick }\n  other: { when: every 2d, pipeline: more, args: { a: 2 }, dateOffsetDays: -1 }\n",
  );

  expect(problems).toEqual([]);
  expect(schedules[0]).toMatchObject({ job: "tick", when: "daily at 03:00" });
  expect(schedules[0]).not.toHaveProperty("pipeline");
  expect(schedules[1]).toMatchObject({ args: { a: 2 }, dateOffsetDays: -1 });
});

test.each([
  ["pipelines: 3", "FILE:1:1: SCHEDULE_INVALID: reading pipelines: 3 is not an object"],
  ["pipelines:\n  x: {}\n", "FILE:2:3: PIPELINE_INVALID: reading pipelines.x.phases: is missing"],
  [
    "pipelines:\n  x:\n    phases:\n      one: { job: tik }\n",
    'FILE:4:14: PIPELINE_INVALID: reading pipelines.x.phases.one.job: no job "tik": did you mean "tick"?',
  ],
  [
    "pipelines:\n  x:\n    phases:\n      one: { job: tick, after: [one, tow] }\n",
    "FILE:4:25: PIPELINE_INVALID: reading pipelines.x.phases.one.after",
  ],
  [
    "pipelines: { x: { phases: { one: { job: tick, needs: { hand: 1 } } } } }",
    'FILE:1:56: PIPELINE_INVALID: reading pipelines.x.phases.one.needs.hand: no pool "hand": did you mean "hands"?',
  ],
  [
    "pipelines: { y: null }",
    "FILE:1:14: SCHEDULE_INVALID: reading pipelines.y: there is nothing of this name",
  ],
  [
    "schedules:\n  daily:\n    wen: x\n",
    'FILE:3:5: SCHEDULE_INVALID: reading schedules.daily.wen: unknown key: did you mean "when"?',
  ],
  [
    "schedules:\n  daily:\n    when: daly at 03:00\n",
    'FILE:3:5: SCHEDULE_INVALID: reading schedules.daily.when, "daly at 03:00": write every 5m',
  ],
  [
    "schedules: { daily: { when: cron 61 3 * * * } }",
    "FILE:1:23: SCHEDULE_INVALID: reading schedules.daily.when",
  ],
  [
    "schedules: { x: { when: every 1h, pipeline: wnd } }",
    'FILE:1:35: SCHEDULE_INVALID: reading schedules.x.pipeline: no pipeline "wnd": did you mean "wind"?',
  ],
  [
    "schedules: { x: { when: every 1h } }",
    "FILE:1:14: SCHEDULE_INVALID: reading schedules.x: it names neither",
  ],
  ["schedules: { x: { job: tick } }", "FILE:1:14: SCHEDULE_INVALID: reading schedules.x: `when` is missing"],
  [
    "schedules: { x: { when: every 1h, job: tick, args: {} } }",
    "FILE:1:46: SCHEDULE_INVALID: reading schedules.x.args: only a run of a pipeline has it",
  ],
  [
    "schedules: { daily: { args: { haw: 1 } } }",
    'FILE:1:31: SCHEDULE_INVALID: reading schedules.daily.args.haw: no argument of "wind" "haw": did you mean "how"?',
  ],
  [
    "schedules: { daily: { missed: { all: 0 } } }",
    "FILE:1:33: SCHEDULE_INVALID: reading schedules.daily.missed.all",
  ],
  [
    "schedules: { daily: { overlap: skipp } }",
    'FILE:1:23: SCHEDULE_INVALID: reading schedules.daily.overlap: "skipp"',
  ],
  [
    "schedules: { daily: { overlap: replace } }",
    "FILE:1:23: SCHEDULE_INVALID: reading schedules.daily.overlap: a run",
  ],
  ["schedules: { daily: { graceMs: soon } }", "FILE:1:23: SCHEDULE_INVALID: reading schedules.daily.graceMs"],
  [
    "schedules: { Bad: { when: every 1h, job: tick } }",
    "FILE:1:14: SCHEDULE_INVALID: reading schedules.Bad: a name",
  ],
  [
    "work: { zone: Europe/Berln }",
    'FILE:1:9: SETTING_INVALID: reading the time zone of work.zone, "Europe/Berln": no such time zone',
  ],
])("a mistake is told with its place and what was meant: %s", async (text, expected) => {
  const { problems } = await load(text);

  expect(problems[0]).toContain(expected);
});

test("mistakes in settings, pipelines and schedules are told in one answer", async () => {
  const { problems } = await load(
    "work:\n  lane: 3\npipelines:\n  x: { phases: { a: { job: tik } } }\nschedules:\n  y: { when: nie, pipeline: x }\n",
  );

  expect(problems.map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
    "FILE:2:3: SETTING_UNKNOWN:",
    "FILE:4:23: PIPELINE_INVALID:",
    "FILE:6:8: SCHEDULE_INVALID:",
  ]);
});

test("what changed between two routines is named", async () => {
  const before = await load("work: { zone: UTC }");
  const after = await load(
    "work: { zone: Europe/Berlin }\npipelines: { b: { phases: { a: { job: tick } } } }\nschedules: { daily: { when: every 1h } }\n",
  );

  expect(changedIn(before, before)).toEqual([]);
  expect(changedIn(before, after)).toEqual([
    "pipeline b",
    "schedule daily",
    "zone of schedules from UTC to Europe/Berlin",
  ]);
});

test("a setting cannot have the name of a section of the file", () => {
  const row = { kind: "flag", default: false, doc: "A row." } as const;

  expect(() => wholeTable({ settings: { "schedules.more": row } })).toThrow(RangeError);
  expect(() => wholeTable({ settings: { "schedulesMore.x": row } })).not.toThrow();
});
