import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { clockworkHere } from "./support/command.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const HOLD = ["--set", "clockwork.holdMs=10m"];

async function setup() {
  const folder = await temporaryFolder();
  const dataDir = join(folder, "data");
  return { folder, dataDir, ...clockworkHere(dataDir) };
}

/** The events of a data folder, as programs get them. */
async function eventsOf(
  { run }: { run: (args: readonly string[]) => Promise<{ stdout: string }> },
  filter: string,
) {
  const { stdout } = await run(["events", "--json", "--filter", filter]);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { seq: number; ev: string; attrs: Record<string, unknown> });
}

test("once does what reconcilers find, ends by itself, and a second run finds it anew", async () => {
  const world = await setup();

  const first = await world.run(["up", "--once", "--json"]);
  const second = await world.run(["up", "--once", "--json"]);

  expect(first.code).toBe(0);
  expect(JSON.parse(first.stdout)).toMatchObject({ done: 3, failed: 0, found: 3, pending: 0, failures: [] });
  expect(second.code).toBe(0);
  expect(await world.json(["status"])).toMatchObject({
    daemon: { running: false },
    queue: { done: 6, pending: 0 },
  });
});

test("once answers 1 and names the failure when a task ends failed", async () => {
  const world = await setup();
  await world.run(["jobs", "submit", "tick", '{"how":"fail"}']);

  const { code, stdout } = await world.run(["up", "--once", "--json"]);

  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    done: 3,
    failed: 1,
    retried: 1,
    failures: [{ job: "tick", code: "INTERNAL" }],
  });
});

test("once answers 1 when a look for work failed, because nobody knows what is left", async () => {
  const world = await setup();

  const { code, stdout } = await world.run(["up", "--once", "--json", "--set", "clockwork.lookFails=true"]);

  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ done: 0, reconcilersFailed: [{ name: "wanted" }] });
});

test("once leaves what is due later than it may wait, and says when that is", async () => {
  const world = await setup();
  await world.run(["jobs", "submit", "tick", "{}", "--delay-ms", "3600000"]);

  const { code, stdout } = await world.run(["up", "--once", "--json"]);

  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ done: 3, pending: 1, nextDueAtMs: expect.any(Number) });
});

test("SIGTERM drains: the attempt is interrupted, does not count, and runs after the next start", async () => {
  const world = await setup();
  const daemon = world.start(["up", "--set", "clockwork.tasks=1", "--set", "drain.deadlineMs=0", ...HOLD]);
  const follower = world.start(["events", "--since", "0", "--follow"]);
  await follower.says("task.started");

  daemon.process.kill("SIGTERM");
  const { code, stderr } = await daemon.ended;

  expect(code).toBe(0);
  expect(stderr).toContain("Stopping: SIGTERM");
  expect(await eventsOf(world, "ev=task.interrupted or ev=daemon.stopped")).toMatchObject([
    { ev: "task.interrupted" },
    { ev: "daemon.stopped", attrs: { interrupted: 1, abandoned: 0 } },
  ]);
  const [task] = ((await world.json(["jobs", "list"])) as { tasks: { state: string; attempt: number }[] })
    .tasks;
  expect(task).toMatchObject({ state: "ready", attempt: 0 });
  expect((await world.run(["up", "--once", "--set", "clockwork.tasks=0"])).code).toBe(0);
  expect(await world.json(["status"])).toMatchObject({ queue: { done: 1, pending: 0 } });
});

test("an attempt that does not obey is abandoned, and the process ends all the same", async () => {
  const world = await setup();
  await world.run(["jobs", "submit", "tick", '{"how":"stay"}']);
  const daemon = world.start(["up", "--set", "clockwork.tasks=0", "--set", "drain.deadlineMs=0"]);
  await world.start(["events", "--since", "0", "--follow"]).says("task.started");

  daemon.process.kill("SIGTERM");

  expect((await daemon.ended).code).toBe(0);
  expect(await eventsOf(world, "ev=daemon.stopped")).toMatchObject([
    { attrs: { interrupted: 0, abandoned: 1 } },
  ]);
});

test("what goes wrong is said on stderr as it happens", async () => {
  const world = await setup();
  await world.run(["jobs", "submit", "tick", '{"how":"fail"}']);

  const daemon = world.start(["up", "--set", "clockwork.tasks=0"]);
  const line = await daemon.says("task.failed");

  expect(line).toContain("told to");
  expect(line).not.toContain("\u001b");
});

test("a second SIGTERM ends the process at once, with the code of the signal", async () => {
  const world = await setup();
  const daemon = world.start(["up", "--set", "clockwork.tasks=1", "--set", "drain.deadlineMs=10m", ...HOLD]);
  await world.start(["events", "--since", "0", "--follow"]).says("task.started");
  daemon.process.kill("SIGTERM");
  const stopping = await daemon.says("Stopping");

  daemon.process.kill("SIGTERM");
  const { code, stderr } = await daemon.ended;

  expect(code).toBe(143);
  expect(stopping).toBe(
    "Stopping: SIGTERM. One running task has 10 min to end; a second signal ends it at once.",
  );
  expect(stderr).toContain("Ended at once");
  expect((await eventsOf(world, "ev=daemon.stopping")).map(({ attrs }) => attrs["why"])).toEqual([
    "SIGTERM",
    "told twice, so at once",
  ]);
});

test("an interrupted run to the end answers 130 and loses nothing", async () => {
  const world = await setup();
  const once = world.start(["up", "--once", "--set", "drain.deadlineMs=0", ...HOLD]);
  await world.start(["events", "--since", "0", "--follow"]).says("task.started");

  once.process.kill("SIGINT");

  expect((await once.ended).code).toBe(130);
  expect(await world.json(["status"])).toMatchObject({ queue: { pending: 3, running: 0 } });
});

test("after SIGKILL the next daemon recovers what ran, says so, and counts on", async () => {
  const world = await setup();
  const daemon = world.start(["up", "--set", "clockwork.tasks=1", ...HOLD]);
  await world.start(["events", "--since", "0", "--follow"]).says("task.started");
  daemon.process.kill("SIGKILL");
  expect((await daemon.ended).signal).toBe("SIGKILL");

  const { code } = await world.run(["up", "--once", "--set", "clockwork.tasks=0"]);

  expect(code).toBe(0);
  expect((await eventsOf(world, "ev=daemon.revived or ev=task.recovered")).map(({ ev }) => ev)).toEqual([
    "daemon.revived",
    "task.recovered",
  ]);
  expect(await world.json(["status"])).toMatchObject({ queue: { done: 1, running: 0, pending: 0 } });
  const { counters } = (await world.json(["counters"])) as { counters: { name: string; value: number }[] };
  const counted = new Map(counters.map(({ name, value }) => [name, value]));
  expect([counted.get("task.queued"), counted.get("task.finished"), counted.get("task.started")]).toEqual([
    1, 1, 2,
  ]);
  const seqs = (await eventsOf(world, "sev>=trace")).map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.map((_, at) => at + 1));
});

test("a second daemon on a held folder says who holds it and succeeds without doing anything", async () => {
  const world = await setup();
  const daemon = world.start(["up", "--set", "clockwork.tasks=0"]);
  await daemon.says("is up");

  const second = await world.run(["up"]);
  const secondJson = await world.json(["up", "--once"]);

  expect(second.code).toBe(0);
  expect(second.stderr).toContain(`process ${daemon.process.pid}`);
  expect(secondJson).toMatchObject({ heldBy: { pid: daemon.process.pid, version: "1.2.3" } });
});

test("SIGHUP takes good settings, refuses bad ones whole, and says what needs a restart", async () => {
  const world = await setup();
  const config = join(world.folder, "config.yaml");
  await writeFile(config, "clockwork:\n  tasks: 0\n");
  const daemon = world.start(["up", "--config", config]);
  const follower = world.start(["events", "--since", "0", "--follow"]);
  await daemon.says("is up");

  await writeFile(config, "clockwork:\n  tasks: 7\ndrain:\n  deadlineMs: 3s\n");
  daemon.process.kill("SIGHUP");
  const good = await follower.says("config.reloaded");
  const saidGood = await daemon.says("Configuration read again");
  await writeFile(config, "drain:\n  deadlineMs: 4s\n  deadlinMs: 5s\n");
  daemon.process.kill("SIGHUP");
  const bad = await follower.says("config.refused");
  await daemon.says("Configuration refused");
  const saidBad = await daemon.says(`${config}:3:3`);

  expect(good).toContain("drain.deadlineMs from 10s to 3s");
  expect(good).toContain("clockwork.tasks from 0 to 7");
  expect(bad).toContain(`${config}:3:3`);
  expect(bad).toContain("did you mean");
  expect(saidGood).toContain("drain.deadlineMs from 10s to 3s");
  expect(saidBad).toContain("did you mean");
  daemon.process.kill("SIGTERM");
  expect((await daemon.ended).code).toBe(0);
});

test("a daemon outlives whoever read what it says, and ends in order when it is told", async () => {
  const world = await setup();
  const daemon = world.start(["up", "--set", "clockwork.tasks=0"]);
  await daemon.says("is up");
  daemon.process.stderr?.destroy();
  daemon.process.kill("SIGHUP");
  await world.start(["events", "--since", "0", "--follow"]).says("config.reloaded");

  daemon.process.kill("SIGTERM");
  const { code } = await daemon.ended;

  expect(code).toBe(0);
  expect(await eventsOf(world, "ev=daemon.crashed or ev=daemon.stopped")).toMatchObject([
    { ev: "daemon.stopped" },
  ]);
});

test("an error that nobody catches ends the process with 1, and its last words are in the log", async () => {
  const world = await setup();
  await world.run(["jobs", "submit", "tick", '{"how":"crash"}']);

  const { code, stderr } = await world.start(["up", "--set", "clockwork.tasks=0"]).ended;

  expect(code).toBe(1);
  expect(stderr).toContain("nobody catches this");
  expect(await eventsOf(world, "ev=daemon.crashed")).toMatchObject([
    { attrs: { why: expect.stringContaining("nobody catches this") } },
  ]);
});

test("an application that cannot be opened leaves nothing open: the folder is free and the error is told", async () => {
  const world = await setup();

  const { code, stderr } = await world.run(["up", "--set", "clockwork.openFails=true"]);

  expect(code).toBe(1);
  expect(stderr).toContain("told not to open");
  expect(await world.json(["status"])).toMatchObject({ daemon: { running: false } });
  expect((await world.run(["up", "--once"])).code).toBe(0);
});

test("looks that keep failing make the daemon unwell, and it says so while it runs", async () => {
  const world = await setup();
  const daemon = world.start([
    "up",
    "--set",
    "clockwork.lookFails=true",
    "--set",
    "reconcile.retryFirstMs=10ms",
    "--set",
    "status.intervalMs=100ms",
  ]);
  await world.start(["events", "--since", "0", "--follow"]).says("health.changed");

  const { code, stdout } = await world.run(["health", "--json"]);

  expect(code).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    reasons: [expect.stringContaining("told not to look")],
  });
  daemon.process.kill("SIGTERM");
  expect((await daemon.ended).code).toBe(0);
});

test("everything in the data folder is the owner's alone", async () => {
  const world = await setup();
  await world.run(["up", "--once"]);

  const names = ["", "lock", "queue.db", "status.json", "events"];
  const modes = await Promise.all(
    names.map(async (name) => (await stat(join(world.dataDir, name))).mode & 0o077),
  );

  expect(modes).toEqual(names.map(() => 0));
});
