import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { clockworkHere } from "./support/command.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const QUIET = ["--set", "clockwork.tasks=0"];

async function setup() {
  const folder = await temporaryFolder();
  return { folder, dataDir: join(folder, "data"), ...clockworkHere(join(folder, "data")) };
}

type World = Awaited<ReturnType<typeof setup>>;

interface Run {
  readonly run: string;
  readonly started: boolean;
}

async function runOf({ json }: World, ...args: readonly string[]): Promise<Run> {
  return (await json(["pipeline", "run", "wind", "--date", "2026-03-01", ...args])) as Run;
}

test("pipelines are listed with their phases, when they are due and how they ended, before and after a run", async () => {
  const world = await setup();
  const before = await world.json(["pipeline", "list"]);
  await runOf(world);
  await world.run(["up", "--once", ...QUIET]);

  const after = await world.json(["pipeline", "list"]);
  const { stdout } = await world.run(["pipeline", "list"]);

  expect(before).toMatchObject({
    pipelines: [
      {
        name: "wind",
        phases: ["each", "last"],
        schedules: ["daily"],
        nextDueAtMs: expect.any(Number),
        lastRun: null,
      },
    ],
  });
  expect(after).toMatchObject({ pipelines: [{ lastRun: { date: "2026-03-01", outcome: "done" } }] });
  expect(stdout).toContain("2026-03-01 done");
});

test("at one date a pipeline runs once, unless it is asked for again", async () => {
  const world = await setup();

  const first = await runOf(world);
  const second = await runOf(world);
  const again = await runOf(world, "--again");

  expect([first.started, second.started, again.started]).toEqual([true, false, true]);
  expect(second.run).toBe(first.run);
  expect(again.run).not.toBe(first.run);
});

test("a plan says what would run and submits nothing", async () => {
  const world = await setup();

  const text = await world.run(["pipeline", "plan", "wind", "--date", "2026-03-01"]);
  const plan = await world.json(["pipeline", "plan", "wind", "--set", "clockwork.lists=0"]);

  expect(text.stdout).toContain("2 × tick");
  expect(plan).toMatchObject({
    tasks: 0,
    phases: [{ name: "each", plan: { kind: "skip", why: "the list turns is empty" } }, { name: "last" }],
  });
  expect(await world.json(["jobs", "list"])).toEqual({ tasks: [] });
});

test("show draws the newest run, another one, and a chart", async () => {
  const world = await setup();
  const { run } = await runOf(world);
  await world.run(["up", "--once", ...QUIET]);
  await runOf(world, "--again");

  const newest = await world.run(["pipeline", "show", "wind"]);
  const older = await world.json(["pipeline", "show", "wind", "--run", run]);
  const chart = await world.run(["pipeline", "show", "wind", "--mermaid"]);

  expect(newest.stdout).toContain("of 2026-03-01: running");
  expect(older).toMatchObject({
    pipeline: { name: "wind" },
    run: { run, outcome: "done", phases: [{ name: "each", total: 2, done: 2 }, { name: "last" }] },
  });
  expect(chart.stdout).toMatch(/^flowchart TD\n/);
});

test("a failed run is resumed where it failed, and one that waits is cancelled", async () => {
  const world = await setup();
  const once = ["up", "--once", ...QUIET, "--set", "clockwork.attempts=1"];
  const { run } = await runOf(world, "--arg", "how=fail");
  const failed = await world.run(once);

  const resumed = await world.json(["pipeline", "resume", run]);
  const cancelled = await world.json(["pipeline", "cancel", run]);
  const nothing = await world.json(["pipeline", "cancel", run]);

  expect(failed.code).toBe(1);
  expect((resumed as { tasks: string[] }).tasks.length).toBeGreaterThan(0);
  expect((cancelled as { cancelled: number }).cancelled).toBeGreaterThan(0);
  expect(nothing).toEqual({ run, cancelled: 0 });
});

test("a name, a run or a date that nobody knows is a mistake on the line, with what was meant", async () => {
  const world = await setup();
  const run = "0".repeat(32);

  const name = await world.run(["pipeline", "plan", "wnd"]);
  const date = await world.run(["pipeline", "run", "wind", "--date", "soon"]);
  const argument = await world.run(["pipeline", "run", "wind", "--arg", "haw=1"]);
  const schedule = await world.run(["schedules", "fire", "dayly"]);
  const unknown = await world.run(["pipeline", "resume", run]);
  const noId = await world.run(["pipeline", "resume", "NO ID"]);

  expect([name.code, date.code, argument.code, schedule.code, unknown.code, noId.code]).toEqual([
    2, 2, 2, 2, 1, 2,
  ]);
  expect(name.stderr).toContain('did you mean "wind"');
  expect(argument.stderr).toContain('did you mean "how"');
  expect(schedule.stderr).toContain('did you mean "daily"');
});

test("a schedule that is fired by hand runs its pipeline at the day of now, once", async () => {
  const world = await setup();
  const fire = async () => await world.json(["schedules", "fire", "daily"]);

  const first = (await fire()) as { added: boolean };
  await world.run(["up", "--once", ...QUIET]);
  await fire();
  await world.run(["up", "--once", ...QUIET]);

  expect(first.added).toBe(true);
  expect(((await world.json(["pipeline", "runs", "wind"])) as { runs: unknown[] }).runs).toHaveLength(1);
  expect(await world.json(["schedules", "list"])).toMatchObject({
    schedules: [
      {
        name: "daily",
        pipeline: "wind",
        job: null,
        missed: "once",
        overlap: "skip",
        lastDueMs: expect.any(Number),
      },
    ],
  });
});

test("a paused job does not start until it is resumed, over any number of commands", async () => {
  const world = await setup();
  await world.run(["jobs", "submit", "tick"]);
  const paused = await world.json(["jobs", "pause", "tick"]);
  await world.run(["jobs", "pause", "run-pipeline"]);
  const held = await world.json(["up", "--once", ...QUIET]);

  await world.run(["jobs", "resume", "tick"]);
  const done = await world.json(["up", "--once", ...QUIET]);

  expect(paused).toEqual({ paused: "tick" });
  expect(held).toMatchObject({ done: 0, pending: 1 });
  expect(done).toMatchObject({ done: 1, pending: 0 });
  expect((await world.run(["jobs", "pause", "tock"])).code).toBe(2);
});

test("beside a daemon everything can be looked at, and changing it is refused with 3", async () => {
  const world = await setup();
  const daemon = world.start(["up", ...QUIET, "--set", "metrics.intervalMs=100ms"]);
  await daemon.says("is up");
  const follower = world.start(["events", "--follow", "--since", "0"]);
  await follower.says("daemon.started");
  const looks = [
    ["pipeline", "list"],
    ["pipeline", "show", "wind"],
    ["pipeline", "runs", "wind"],
    ["schedules", "list"],
  ];
  const changes = [
    ["pipeline", "run", "wind"],
    ["schedules", "fire", "daily"],
    ["jobs", "pause"],
    ["jobs", "resume", "tick"],
  ];

  const looked = await Promise.all(looks.map(async (args) => (await world.run(args)).code));
  const changed = await Promise.all(changes.map(async (args) => (await world.run(args)).code));
  await expect
    .poll(async () => (await world.run(["metrics"])).stdout)
    .toContain("clockwork_daemon_started_total 1");

  expect(looked).toEqual([0, 0, 0, 0]);
  expect(changed).toEqual([3, 3, 3, 3]);
  expect(await world.json(["metrics"])).toMatchObject({
    running: true,
    text: expect.stringContaining('clockwork_lane_places{lane="main"} 8'),
  });
  daemon.process.kill("SIGTERM");
  await daemon.ended;
  expect(await readFile(join(world.dataDir, "metrics.prom"), "utf8")).toContain(
    "clockwork_daemon_stopping_total 1",
  );
});

test("without a daemon metrics tell what the queue holds, and nothing that was counted by the dead", async () => {
  const world = await setup();
  await world.run(["jobs", "submit", "tick"]);
  await world.run(["up", "--once", ...QUIET]);

  const { stdout } = await world.run(["metrics"]);

  expect(stdout).toContain('clockwork_queue_tasks{job="tick",state="done"} 1');
  expect(stdout).not.toContain("_total");
});

test("SIGHUP swaps pipelines, schedules and sizes of pools, and refuses them whole where one is wrong", async () => {
  const world = await setup();
  const config = join(world.folder, "config.yaml");
  await writeFile(config, "clockwork: { tasks: 0 }\nstatus: { intervalMs: 100 }\n");
  const daemon = world.start(["up", "--config", config]);
  await daemon.says("is up");

  await writeFile(
    config,
    "clockwork: { tasks: 0, hands: 5 }\nstatus: { intervalMs: 100 }\n" +
      "pipelines:\n  more: { phases: { one: { job: tick } } }\n" +
      "schedules:\n  daily: { when: daily at 04:00 }\n  hourly: { when: every 1h, pipeline: more }\n",
  );
  daemon.process.kill("SIGHUP");
  const said = await daemon.says("Configuration read again");
  await expect
    .poll(async () => await world.json(["status"]))
    .toMatchObject({
      pools: [{ name: "hands", size: 5 }],
      schedules: [{ name: "daily", when: "daily at 04:00" }, { name: "hourly" }],
    });
  await writeFile(config, "pipelines:\n  more: { phases: { one: { job: tik } } }\n");
  daemon.process.kill("SIGHUP");
  await daemon.says(`${config}:2:28: PIPELINE_INVALID`);

  for (const change of ["clockwork.hands from 2 to 5", "pipeline more", "schedule daily", "schedule hourly"])
    expect(said).toContain(change);
  daemon.process.kill("SIGTERM");
  expect((await daemon.ended).code).toBe(0);
});

test("an alert of level error makes health unwell with exit code 4, and it says which", async () => {
  const world = await setup();
  await world.run(["jobs", "submit", "tick", '{"how":"fail"}', "--delay-ms", "1500"]);
  const daemon = world.start([
    "up",
    ...QUIET,
    ...[
      "health.patience=0",
      "health.endedLeast=1",
      "health.intervalMs=100",
      "health.idleIntervalMs=100",
      "status.intervalMs=100",
    ].flatMap((setting) => ["--set", setting]),
  ]);
  await world.start(["events", "--follow", "--since", "0"]).says("alert.fired");
  await expect.poll(async () => (await world.run(["health"])).code).toBe(4);

  const health = (await world.json(["health"])) as { alerts: { rule: string; state: string }[] };
  const { stdout } = await world.run(["health"]);

  // Two attempts of which one was repeated may be told of beside it.
  const reasons = expect.arrayContaining([expect.stringContaining("tasks of tick ended well")]);
  expect(health).toMatchObject({ ok: false, reasons });
  expect(health.alerts).toContainEqual(
    expect.objectContaining({ rule: "success-low", target: "tick", state: "firing", level: "error" }),
  );
  expect(stdout).toContain("tasks of tick ended well");
  daemon.process.kill("SIGTERM");
  await daemon.ended;
});
