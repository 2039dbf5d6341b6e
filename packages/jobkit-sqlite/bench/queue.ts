/**
 * Our queue beside the least that its engine can cost, a queue written in an afternoon, and the limit of the disk,
 * by turns in one run. All are durable at every answer. Only the ratios say something: the disk decides the rest.
 * `node --conditions=@jobkit/source bench/queue.ts`
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { draftTasks, SeededRandom, type TaskDraft } from "jobkit-core";
import { openSqliteQueue } from "jobkit-sqlite";
import { groupCommitLimit } from "./disk-limit.ts";
import { FloorQueue } from "./floor-queue.ts";
import { runLanes } from "./lanes.mjs";
import { NaiveQueue } from "./naive-queue.ts";

const INPUT = { session: "x".repeat(80) };
/** A disk that is slow for a second is slow for all. The median counts. */
const ROUNDS = Number(process.env["ROUNDS"] ?? 15);

const random = new SeededRandom(1);
const folder = mkdtempSync(join(tmpdir(), "jobkit-sqlite-bench-"));
const ours = await openSqliteQueue({ path: join(folder, "ours.db") });
const floor = new FloorQueue(join(folder, "floor.db"));
const naive = new NaiveQueue(join(folder, "naive.db"));
const nothing = async (): Promise<void> => {};

interface Side {
  /** Not measured. */
  readonly prepare?: () => Promise<unknown>;
  readonly round: () => Promise<unknown>;
  readonly jobs: number;
}

function drafts(count: number, job = "added"): readonly TaskDraft[] {
  return draftTasks(
    Array.from({ length: count }, () => ({ job, input: INPUT })),
    { random, nowMs: Date.now() },
  );
}

/** What 64 tasks of the job "noop" take on so many lanes. */
async function processOurs(lanes: number, jobs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = jobs;
  const stop = runLanes(ours, lanes, async () => {
    left -= 1;
    if (left === 0) resolve();
  });
  await promise;
  await stop();
}

async function naiveLane(): Promise<void> {
  for (let id = await naive.claim(); id !== null; id = await naive.claim()) await naive.finish(id, null);
}

async function processNaive(lanes: number): Promise<void> {
  await Promise.all(Array.from({ length: lanes }, naiveLane));
}

async function timed({
  prepare,
  round,
  jobs,
}: Side): Promise<{ readonly us: number; readonly cpuUs: number }> {
  await prepare?.();
  const before = process.cpuUsage();
  const beganMs = performance.now();
  await round();
  const us = ((performance.now() - beganMs) * 1_000) / jobs;
  const { user, system } = process.cpuUsage(before);
  return { us, cpuUs: (user + system) / jobs };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const rate = (us: number): string =>
  Math.round(1_000_000 / us)
    .toLocaleString("en")
    .padStart(9);

async function compare(what: string, sides: readonly [Side, Side, Side]): Promise<void> {
  const times = sides.map((): { us: number; cpuUs: number }[] => []);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [at, side] of sides.entries()) times[at]?.push(await timed(side));
  const [mine = 0, least = 0, theirs = 0] = times.map((rounds) => median(rounds.map(({ us }) => us)));
  const [cpu = 0, cpuLeast = 0] = times.map((rounds) => median(rounds.map(({ cpuUs }) => cpuUs)));
  console.log(
    `${what.padEnd(24)}${rate(mine)}${rate(least)}${rate(theirs)}${(mine / least).toFixed(2).padStart(8)}x${(theirs / mine).toFixed(1).padStart(8)}x${cpu.toFixed(0).padStart(8)}${cpuLeast.toFixed(0).padStart(8)}`,
  );
}

/** Each waits for the answer to the one before. */
const addInTurn = (jobs: number): [Side, Side, Side] => [
  {
    jobs,
    round: async () => {
      for (const draft of drafts(jobs)) await ours.addGraph([draft]);
    },
  },
  {
    jobs,
    round: async () => {
      for (let at = 0; at < jobs; at += 1) await floor.add([INPUT]);
    },
  },
  {
    jobs,
    round: async () => {
      for (let at = 0; at < jobs; at += 1) await naive.add(INPUT);
    },
  },
];

const add = (jobs: number, perCall: number): [Side, Side, Side] => [
  {
    jobs,
    round: async () => {
      const all = drafts(jobs);
      const calls = Array.from({ length: jobs / perCall }, (_, at) =>
        all.slice(at * perCall, (at + 1) * perCall),
      );
      await Promise.all(calls.map((one) => ours.addGraph(one)));
    },
  },
  {
    jobs,
    round: () =>
      Promise.all(
        Array.from({ length: jobs / perCall }, () => floor.add(Array.from({ length: perCall }, () => INPUT))),
      ),
  },
  {
    jobs: Math.min(jobs, 64),
    round: async () => {
      for (let at = 0; at < Math.min(jobs, 64); at += 1) await naive.add(INPUT);
    },
  },
];

const process64 = (lanes: number): [Side, Side, Side] => {
  const jobs = Math.max(64, lanes * 4);
  return [
    { jobs, prepare: () => ours.addGraph(drafts(jobs, "noop")), round: () => processOurs(lanes, jobs) },
    {
      jobs,
      prepare: () => floor.add(Array.from({ length: jobs }, () => INPUT)),
      round: () => floor.process(lanes, nothing),
    },
    {
      jobs: 64,
      prepare: async () => {
        for (let at = 0; at < 64; at += 1) await naive.add(INPUT);
      },
      round: () => processNaive(lanes),
    },
  ];
};

console.log("jobs per second             ours    floor    naive  of floor  to naive  CPU µs, floor");
await compare("add, one at a time", addInTurn(64));
await compare("add, 64 at once", add(64, 1));
await compare("add, 1,000 in one call", add(1_000, 1_000));
await floor.process(64, nothing);
await processNaive(1);
for (const lanes of [1, 8, 64]) await compare(`process, ${lanes} at a time`, process64(lanes));
for (const producers of [1, 8, 64])
  console.log(
    `the disk, ${String(producers).padStart(2)} waiting       ${(await groupCommitLimit(join(folder, "log"), producers, 500)).toLocaleString("en").padStart(9)} records/s`,
  );
await ours[Symbol.asyncDispose]();
floor[Symbol.dispose]();
naive[Symbol.dispose]();
rmSync(folder, { recursive: true });
