import { existsSync } from "node:fs";
import { chmod, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { clockworkHere } from "./support/command.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

async function setup() {
  const folder = await temporaryFolder();
  return { folder, ...clockworkHere(join(folder, "data")) };
}

/** A folder in which three ticks are done and one has failed. */
async function setupWithHistory() {
  const world = await setup();
  await world.run(["jobs", "submit", "tick", '{"how":"fail","n":9}', "--key", "bad"]);
  await world.run(["up", "--once"]);
  return world;
}

const COUNTS = { pending: 0, running: 0, retrying: 0, done: 3, failed: 1, cancelled: 0, skipped: 0 };

test("status --json has the published shape, with the application's fields beside the shell's", async () => {
  const world = await setupWithHistory();

  const status = await world.json(["status"]);

  expect(status).toMatchObject({
    daemon: { running: false, pid: null, instance: null, uptimeMs: null, version: null },
    queue: COUNTS,
    jobs: { tick: COUNTS },
    ticks: { done: 3 },
    health: { ok: true, reasons: [], alerts: [] },
  });
});

test("a folder that cannot be looked into is an error, not an idle daemon", async () => {
  const world = await setup();
  await symlink(join(world.folder, "data"), join(world.folder, "data"));

  const looks = [["status"], ["health"], ["jobs", "list"]];
  const ends = await Promise.all(looks.map(async (args) => await world.run(args)));

  expect(ends.map(({ code }) => code)).toEqual([1, 1, 1]);
  for (const { stderr } of ends) expect(stderr).toContain("FILE_FAILED");
  expect((await world.run(["doctor"])).code).toBe(4);
});

test("commands that only look leave the file of the queue as it is, its mode included", async () => {
  const world = await setupWithHistory();
  const queue = join(world.folder, "data", "queue.db");
  await chmod(queue, 0o640);
  const before = await readFile(queue);

  const looks = [["status"], ["jobs", "list"], ["doctor"], ["counters"]];
  const codes = await Promise.all(looks.map(async (args) => (await world.run(args)).code));

  expect(codes).toEqual([0, 0, 0, 0]);
  expect((await stat(queue)).mode & 0o777).toBe(0o640);
  expect((await readFile(queue)).equals(before)).toBe(true);
});

test("status of a running daemon names its process, pools and reconcilers", async () => {
  const world = await setup();
  const daemon = world.start(["up", "--set", "status.intervalMs=100ms", "--set", "clockwork.tasks=1"]);
  await world.start(["events", "--follow", "--since", "0"]).says("task.finished");

  const status = await world.json(["status"]);
  const { stdout } = await world.run(["status"]);

  expect(status).toMatchObject({
    daemon: {
      running: true,
      pid: daemon.process.pid,
      version: "1.2.3",
      instance: expect.stringMatching(/^[0-9a-f]{16}$/),
    },
    pools: [{ name: "hands", size: 2 }],
    reconcilers: [{ name: "wanted", failuresInARow: 0 }],
  });
  expect(stdout).toContain(`process ${daemon.process.pid}`);
});

test("jobs list --json has the published shape and filters by state and job", async () => {
  const world = await setupWithHistory();

  const { tasks: all } = (await world.json(["jobs", "list"])) as {
    tasks: readonly Record<string, unknown>[];
  };
  const { tasks: failed } = (await world.json([
    "jobs",
    "list",
    "--state",
    "failed,skipped",
    "--job",
    "tick",
  ])) as {
    tasks: readonly Record<string, unknown>[];
  };

  expect(all).toHaveLength(4);
  expect(failed).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-z]{20}$/),
      job: "tick",
      key: "bad",
      state: "failed",
      attempt: 2,
      labels: {},
      trace: expect.stringMatching(/^[0-9a-f]{32}$/),
      createdAt: expect.stringMatching(/Z$/),
      startedAt: expect.stringMatching(/Z$/),
      endedAt: expect.stringMatching(/Z$/),
      dueAt: null,
      error: { code: "INTERNAL", message: "told to \u001b[31mfail\u001b[0m" },
    },
  ]);
});

test("what came from outside cannot colour or move the terminal", async () => {
  const world = await setupWithHistory();

  const list = await world.run(["jobs", "list"]);
  const events = await world.run(["events"]);
  const json = await world.run(["jobs", "list", "--json"]);

  for (const { stdout } of [list, events, json]) {
    expect(stdout).toContain("fail");
    expect(stdout).not.toContain("\u001b");
  }
});

test("jobs show says everything of one task, and 1 for an id that nobody has", async () => {
  const world = await setupWithHistory();
  const { tasks } = (await world.json(["jobs", "list", "--state", "failed"])) as { tasks: { id: string }[] };
  const id = tasks[0]?.id ?? "";

  const shown = await world.json(["jobs", "show", id]);
  const absent = await world.run(["jobs", "show", "nobody"]);
  const wrong = await world.run(["jobs", "show", "NOT AN ID"]);

  expect(shown).toMatchObject({ id, input: { how: "fail", n: 9 }, result: null, after: [], reason: null });
  expect(absent).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("TASK_UNKNOWN") });
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("USAGE_WRONG") });
});

test("submit, cancel and retry change tasks while no daemon runs", async () => {
  const world = await setup();
  const submitted = (await world.json([
    "jobs",
    "submit",
    "tick",
    '{"n":1}',
    "--key",
    "k",
    "--label",
    "a=b",
  ])) as { id: string };
  const again = await world.json(["jobs", "submit", "tick", '{"n":1}', "--key", "k"]);
  const fromStdin = await world.run(["jobs", "submit", "tick", "-"], { stdin: '{"n":2}' });

  const cancelled = await world.json(["jobs", "cancel", submitted.id, "--reason", "no need"]);
  const shown = await world.json(["jobs", "show", submitted.id]);
  const retried = await world.json(["jobs", "retry", submitted.id]);

  expect(again).toEqual({ id: submitted.id, added: false });
  expect(fromStdin).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[0-9a-z]{20}\n$/) });
  expect(cancelled).toEqual({ cancelled: [{ id: submitted.id, was: "ended" }] });
  expect(shown).toMatchObject({ state: "cancelled", reason: "no need", labels: { a: "b" } });
  expect(retried).toEqual({ retried: [{ id: submitted.id, was: "ready" }] });
});

test("submit refuses an unknown job, an input that does not fit, and what is no JSON", async () => {
  const world = await setup();

  const unknown = await world.run(["jobs", "submit", "tock"]);
  const unfit = await world.run(["jobs", "submit", "tick", "5"]);
  const noJson = await world.run(["jobs", "submit", "tick", "{n:1}"]);

  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("JOB_UNKNOWN") });
  expect(unknown.stderr).toContain("tick");
  expect(unfit).toMatchObject({ code: 2, stderr: expect.stringContaining("INPUT_INVALID") });
  expect(noJson).toMatchObject({ code: 2, stderr: expect.stringContaining("USAGE_WRONG") });
  expect(await world.json(["jobs", "list"])).toEqual({ tasks: [] });
});

test("changing tasks beside a running daemon ends with 3 and says why", async () => {
  const world = await setup();
  const daemon = world.start(["up"]);
  await daemon.says("is up");

  const { code, stderr } = await world.run(["jobs", "submit", "tick"]);

  expect(code).toBe(3);
  expect(stderr).toContain("not available in this version");
  expect(stderr).toContain(`process ${daemon.process.pid}`);
});

test("events --json is one published event a line, from any number on, filtered", async () => {
  const world = await setupWithHistory();

  const { stdout } = await world.run(["events", "--since", "1", "--filter", "ev=task.finished", "--json"]);
  const none = await world.run(["events", "--filter", "ev=task.finnished"]);

  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events).toHaveLength(4);
  for (const event of events)
    expect(event).toEqual({
      seq: expect.any(Number),
      ts: expect.any(Number),
      ev: "task.finished",
      sev: "info",
      trace: expect.stringMatching(/^[0-9a-f]{32}$/),
      span: expect.stringMatching(/^[0-9a-f]{16}$/),
      job: "tick",
      attempt: expect.any(Number),
      attrs: {
        task: expect.any(String),
        outcome: expect.any(String),
        ranMs: expect.any(Number),
        attempts: expect.any(Number),
      },
    });
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("task.finished") });
});

test("events --since takes an age and a moment too", async () => {
  const world = await setupWithHistory();

  const age = await world.run(["events", "--since", "1h", "--json"]);
  const moment = await world.run(["events", "--since", "2999-01-01", "--json"]);
  const nonsense = await world.run(["events", "--since", "soon"]);

  expect(age.stdout.split("\n").length).toBeGreaterThan(10);
  expect(moment.stdout).toBe("");
  expect(nonsense.code).toBe(2);
});

test("counters add up over all lives, with a bar for people", async () => {
  const world = await setupWithHistory();
  await world.run(["up", "--once"]);

  const { counters } = (await world.json(["counters"])) as { counters: readonly Record<string, unknown>[] };
  const { stdout } = await world.run(["counters"]);

  expect(counters.find(({ name }) => name === "clock.struck")).toEqual({
    name: "clock.struck",
    id: 1000,
    unit: "count",
    value: 6,
    doc: "A tick was done.",
  });
  expect(stdout).toMatch(/clock\.struck +6 +█+/);
});

test("doctor says what is the case and how to mend it; a folder open to others is unhealthy", async () => {
  const world = await setupWithHistory();
  const fine = await world.run(["doctor", "--json"]);
  await chmod(join(world.folder, "data"), 0o755);
  const open = await world.run(["doctor", "--json"]);

  expect(fine.code).toBe(0);
  expect(JSON.parse(fine.stdout)).toMatchObject({
    ok: true,
    findings: expect.arrayContaining([
      expect.objectContaining({ level: "warn", what: "1 tasks ended failed" }),
    ]),
  });
  expect(open.code).toBe(4);
  expect(JSON.parse(open.stdout)).toMatchObject({
    ok: false,
    findings: expect.arrayContaining([
      expect.objectContaining({ level: "error", fix: expect.stringContaining("chmod 700") }),
    ]),
  });
});

test("health is the exit code", async () => {
  const world = await setup();

  expect(await world.json(["health"])).toEqual({ ok: true, reasons: [], alerts: [] });
  expect((await world.run(["health"])).code).toBe(0);
});

test("a damaged status file is left out, and the counters are counted again from the log", async () => {
  const world = await setupWithHistory();
  await writeFile(join(world.folder, "data", "status.json"), "{");

  const status = await world.run(["status", "--json"]);
  const { counters } = (await world.json(["counters"])) as { counters: { name: string; value: number }[] };

  expect(status).toMatchObject({ code: 0, stderr: expect.stringContaining("left out") });
  expect(JSON.parse(status.stdout)).toMatchObject({ queue: COUNTS });
  expect(counters.find(({ name }) => name === "task.finished")?.value).toBe(4);
});

test("reading makes nothing: no folder appears where nothing ever ran", async () => {
  const world = await setup();
  for (const args of [
    ["status"],
    ["jobs", "list"],
    ["events"],
    ["counters"],
    ["health"],
    ["doctor"],
    ["config", "show"],
  ])
    expect(await world.run(args)).toMatchObject({ code: 0 });

  expect(existsSync(join(world.folder, "data"))).toBe(false);
});
