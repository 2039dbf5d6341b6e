import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { FakeClock, SeededRandom } from "jobkit-core/testing";
import { systemClock } from "jobkit-core/system";
import { expect, test } from "vitest";
import { acquireInstance, inspectInstance } from "../src/instance/instance.ts";
import type { HolderInfo } from "../src/instance/holder.ts";
import { tryLock } from "../src/instance/lock.ts";
import { startProgram, type RunningProgram } from "./support/program.ts";
import { roundsOr } from "./support/rounds.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const us: HolderInfo = {
  pid: process.pid,
  startedAtMs: 1_000,
  version: "1.0.0",
  instance: "a",
  socketPath: null,
};

function request(dataDir: string, holder: HolderInfo = us) {
  return { dataDir, holder, clock: systemClock, random: new SeededRandom(1) };
}

test("a free folder is ours, a second start is told who holds it, and closing frees it", async () => {
  const dataDir = await temporaryFolder();

  const first = await acquireInstance(request(dataDir));
  const second = await acquireInstance({ ...request(dataDir, { ...us, instance: "b" }), waitMs: 20 });
  const seen = inspectInstance(dataDir);
  if (first.kind === "ours") await first[Symbol.asyncDispose]();

  expect(first.kind).toBe("ours");
  expect(second).toEqual({ kind: "held", heldBy: us });
  expect(seen).toEqual({ running: true, holder: us });
  expect(inspectInstance(dataDir)).toEqual({ running: false, holder: null });
  expect(existsSync(join(dataDir, "instance.json"))).toBe(false);
});

test("the lock and the name are private files", async () => {
  const dataDir = await temporaryFolder();

  const instance = await acquireInstance(request(dataDir));

  for (const name of ["lock", "instance.json"])
    expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
  if (instance.kind === "ours") await instance[Symbol.asyncDispose]();
});

test("a held folder is tried for a bounded time of the clock, and no longer", async () => {
  const dataDir = await temporaryFolder();
  const holder = await acquireInstance(request(dataDir));
  const clock = new FakeClock();
  let outcome: string | null = null;

  const trying = acquireInstance({ ...request(dataDir), clock, waitMs: 300 }).then(
    (it) => (outcome = it.kind),
  );
  await clock.advance(250);
  const before = outcome;
  await clock.advance(150);
  await trying;

  expect(before).toBe(null);
  expect(outcome).toBe("held");
  expect(clock.pending).toBe(0);
  if (holder.kind === "ours") await holder[Symbol.asyncDispose]();
});

test("a start that is told to stop while it waits leaves no lock and no sleeper behind", async () => {
  const dataDir = await temporaryFolder();
  const holder = await acquireInstance(request(dataDir));
  const clock = new FakeClock();
  const stop = new AbortController();

  const trying = acquireInstance({ ...request(dataDir), clock, signal: stop.signal });
  await clock.settle();
  stop.abort(new Error("never mind"));

  await expect(trying).rejects.toThrow("never mind");
  expect(clock.pending).toBe(0);
  if (holder.kind === "ours") await holder[Symbol.asyncDispose]();
  expect(inspectInstance(dataDir).running).toBe(false);
});

test("an owner notices that its lock file was deleted or replaced", async () => {
  const dataDir = await temporaryFolder();
  const instance = await acquireInstance(request(dataDir));
  if (instance.kind !== "ours") throw new Error("the folder was not free");

  const before = instance.stillOurs();
  rmSync(join(dataDir, "lock"));
  const deleted = instance.stillOurs();
  writeFileSync(join(dataDir, "lock"), "");

  expect([before, deleted, instance.stillOurs()]).toEqual([true, false, false]);
  await instance[Symbol.asyncDispose]();
});

test("a lock file that is no lock file is an error with advice, not a lock", async () => {
  const dataDir = await temporaryFolder();
  writeFileSync(join(dataDir, "lock"), "something else entirely\n".repeat(100));

  await expect(acquireInstance(request(dataDir))).rejects.toMatchObject({ code: "LOCK_FAILED" });
});

test("the name a killed holder left is handed to the next one, and a damaged name is none", async () => {
  const dataDir = await temporaryFolder();
  writeFileSync(join(dataDir, "instance.json"), JSON.stringify({ ...us, instance: "dead" }));

  const first = await acquireInstance(request(dataDir));
  if (first.kind === "ours") await first[Symbol.asyncDispose]();
  writeFileSync(join(dataDir, "instance.json"), '{"pid": 12');
  const second = await acquireInstance(request(dataDir));

  expect(first).toMatchObject({ kind: "ours", leftBehind: { instance: "dead" } });
  expect(second).toMatchObject({ kind: "ours", leftBehind: null });
  if (second.kind === "ours") await second[Symbol.asyncDispose]();
});

test("the name of a dead process is not taken for the holder's, which is given a moment to write its own", async () => {
  const dataDir = await temporaryFolder();
  const dead = spawnSync(process.execPath, ["--version"]).pid;
  writeFileSync(join(dataDir, "instance.json"), JSON.stringify({ ...us, pid: dead }));
  using _lock = tryLock(join(dataDir, "lock"));
  const start = (clock: FakeClock) => acquireInstance({ ...request(dataDir), clock, waitMs: 100 });
  const [never, late] = [new FakeClock(), new FakeClock()];

  const unnamed = start(never);
  await never.advance(500);
  const named = start(late);
  await late.advance(200);
  writeFileSync(join(dataDir, "instance.json"), JSON.stringify(us));
  await late.advance(200);

  expect(await unnamed).toEqual({ kind: "held", heldBy: null });
  expect(await named).toEqual({ kind: "held", heldBy: us });
  expect(inspectInstance(dataDir)).toEqual({ running: true, holder: us });
});

test("looking at a folder makes nothing in it", async () => {
  const dataDir = await temporaryFolder();

  expect(inspectInstance(dataDir)).toEqual({ running: false, holder: null });
  expect(existsSync(join(dataDir, "lock"))).toBe(false);
});

/** So long after it is told, everybody is surely spinning. */
const AHEAD_MS = 60;

/** One round: everybody starts at one instant, beside what a killed owner left. Answers the winner. */
async function race(programs: readonly RunningProgram[]): Promise<RunningProgram> {
  const instant = Date.now() + AHEAD_MS;
  for (const program of programs) program.process.stdin?.write(`${instant}\n`);
  const said = await Promise.all(programs.map((program) => program.line()));
  const winners = programs.filter((_, at) => said[at] === "ours");
  const [winner] = winners;
  if (winner === undefined) throw new Error(`nobody won: ${said.join(", ")}`);
  expect(winners.length, said.join(", ")).toBe(1);
  expect(said.filter((line) => line !== "ours")).toEqual(
    programs.slice(1).map(() => `held ${winner.process.pid}`),
  );
  return winner;
}

/** So many rounds of so many starters; the winner of each is killed hard and replaced by a fresh process. */
async function races(rounds: number, starters: number): Promise<number> {
  let won = 0;
  const dataDir = await temporaryFolder();
  const socket = join(dataDir, "s.sock");
  const start = (): RunningProgram => startProgram("starter.ts", dataDir, socket);
  const programs = Array.from({ length: starters }, start);
  for (const program of programs) expect(await program.line()).toBe("ready");
  for (let round = 0; round < rounds; round += 1) {
    const winner = await race(programs);
    const left = JSON.parse(readFileSync(join(dataDir, "instance.json"), "utf8")) as HolderInfo;
    expect(left.pid).toBe(winner.process.pid);
    const exit = once(winner.process, "exit");
    winner.process.kill("SIGKILL");
    await exit;
    expect(inspectInstance(dataDir).running).toBe(false);
    for (const name of ["lock", "instance.json", "s.sock"])
      expect(existsSync(join(dataDir, name))).toBe(true);
    const fresh = start();
    expect(await fresh.line()).toBe("ready");
    programs[programs.indexOf(winner)] = fresh;
    won += 1;
  }
  return won;
}

test.each([
  ["two", 2, roundsOr(6)],
  ["six", 6, roundsOr(2)],
])(
  "of %s processes that start at the same instant exactly one wins, beside what a killed owner left",
  async (_, starters, rounds) => {
    expect(await races(rounds, starters)).toBe(rounds);
  },
  // A round is one start of a process; the bound is there to end a hang.
  60_000 + 10_000 * roundsOr(6),
);
