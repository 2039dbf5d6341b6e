/**
 * Our queue beside a naive one on the same engine and the same disk, in the same run: only the ratio says
 * something, since the disk decides the rest. Both are durable at every answer.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { draftTasks, type QueueStore, type TaskDraft } from "jobkit-core";
import { SeededRandom } from "jobkit-core/testing";
import { openSqliteQueue } from "jobkit-sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { NaiveQueue } from "./naive-queue.ts";

const NOW = 1_700_000_000_000;
const INPUT = { session: "x".repeat(80) };
/** Rounds of each, in turn: a disk that is slow for a second is slow for both. The median counts. */
const ROUNDS = 25;
const TIMEOUT_MS = 120_000;
const JOBS_PER_ROUND = 64;
const ONE_BY_ONE = 20;
const BULK = 1_000;
/** The naive queue knows no bulk: a tenth tells its rate. */
const NAIVE_BULK = 100;

const random = new SeededRandom(1);
const folder = mkdtempSync(join(tmpdir(), "jobkit-sqlite-bench-"));
const naive = new NaiveQueue(join(folder, "naive.db"));
let ours: QueueStore;

beforeAll(async () => {
  ours = await openSqliteQueue({ path: join(folder, "ours.db") });
});
afterAll(async () => {
  await ours[Symbol.asyncDispose]();
  naive[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

/** Added tasks are of a job that nobody claims, so that adding and processing do not disturb each other. */
function drafts(count: number, job = "added"): readonly TaskDraft[] {
  const tasks = Array.from({ length: count }, () => ({ job, input: INPUT }));
  return draftTasks(tasks, { random, nowMs: NOW });
}

async function processOurs(lanes: number): Promise<void> {
  const wants = [{ job: "process", limit: 1 }];
  await inLanes(lanes, async () => {
    const [task] = await ours.claim({ owner: "me", nowMs: NOW, leaseUntilMs: NOW, wants });
    if (task === undefined) return false;
    const { id, claim } = task;
    await ours.settle([{ id, owner: "me", claim, nowMs: NOW, outcome: { kind: "done", result: null } }]);
    return true;
  });
}

async function processNaive(lanes: number): Promise<void> {
  await inLanes(lanes, async () => {
    const id = await naive.claim();
    if (id === null) return false;
    await naive.finish(id, null);
    return true;
  });
}

async function inLanes(lanes: number, one: () => Promise<boolean>): Promise<void> {
  const lane = async (): Promise<void> => {
    while (await one()) {
      // One after another until there is nothing left.
    }
  };
  await Promise.all(Array.from({ length: lanes }, () => lane()));
}

async function fillNaive(): Promise<void> {
  for (let at = 0; at < JOBS_PER_ROUND; at += 1) await naive.add(INPUT);
}

interface Side {
  /** Not measured. */
  readonly prepare?: () => Promise<void>;
  readonly round: () => Promise<void>;
  /** Jobs of one round. */
  readonly jobs: number;
}

/** Jobs per second of both, by turns, printed. @returns ours over theirs. */
async function inTurn(what: string, mine: Side, theirs: Side): Promise<number> {
  const times: readonly [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    times[0].push(await timed(mine));
    times[1].push(await timed(theirs));
  }
  const [fast, slow] = [rate(times[0], mine.jobs), rate(times[1], theirs.jobs)];
  const ratio = fast / slow;
  process.stdout.write(`${what}: ${fast} jobs/s, naive ${slow} jobs/s, ratio ${ratio.toFixed(2)}\n`);
  return ratio;
}

async function timed({ prepare, round }: Side): Promise<number> {
  await prepare?.();
  const startedAtMs = performance.now();
  await round();
  return performance.now() - startedAtMs;
}

function rate(timesMs: readonly number[], jobs: number): number {
  const median = timesMs.toSorted((a, b) => a - b)[timesMs.length >> 1] ?? Number.NaN;
  return Math.round((jobs / median) * 1_000);
}

test("add, one at a time", { timeout: TIMEOUT_MS }, async () => {
  const one = {
    round: async () => {
      for (const draft of drafts(ONE_BY_ONE)) await ours.addGraph([draft]);
    },
    jobs: ONE_BY_ONE,
  };

  expect(await inTurn("add, one at a time", one, naiveAdds(ONE_BY_ONE))).toBeGreaterThan(0);
});

test("add, 64 at once", { timeout: TIMEOUT_MS }, async () => {
  const many = {
    round: async () => {
      await Promise.all(drafts(JOBS_PER_ROUND).map((draft) => ours.addGraph([draft])));
    },
    jobs: JOBS_PER_ROUND,
  };

  expect(await inTurn("add, 64 at once", many, naiveAdds(JOBS_PER_ROUND))).toBeGreaterThan(0);
});

test("add, 1,000 in one call", { timeout: TIMEOUT_MS }, async () => {
  const bulk = {
    round: async () => {
      await ours.addGraph(drafts(BULK));
    },
    jobs: BULK,
  };

  expect(await inTurn("add, 1,000 in one call", bulk, naiveAdds(NAIVE_BULK))).toBeGreaterThan(0);
});

test.for([1, 8, 64])("claim and settle, %i at a time", { timeout: TIMEOUT_MS }, async (lanes) => {
  const fillOurs = async (): Promise<void> => {
    await ours.addGraph(drafts(JOBS_PER_ROUND, "process"));
  };
  // What the tests before have added is no part of this one.
  await processNaive(1);

  const ratio = await inTurn(
    `claim and settle, ${lanes} at a time`,
    { prepare: fillOurs, round: () => processOurs(lanes), jobs: JOBS_PER_ROUND },
    { prepare: fillNaive, round: () => processNaive(lanes), jobs: JOBS_PER_ROUND },
  );

  expect(ratio).toBeGreaterThan(0);
});

function naiveAdds(jobs: number): Side {
  return {
    round: async () => {
      for (let at = 0; at < jobs; at += 1) await naive.add(INPUT);
    },
    jobs,
  };
}
