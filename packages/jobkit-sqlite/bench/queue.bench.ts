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
/** Few rounds, because the naive queue waits for the disk once per job. */
const ROUNDS = { time: 1_000, iterations: 8, warmupTime: 0, warmupIterations: 2 };
const TIMEOUT_MS = 120_000;
const JOBS_PER_ROUND = 64;
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
    const { id, attempt } = task;
    await ours.settle([{ id, owner: "me", attempt, nowMs: NOW, outcome: { kind: "done", result: null } }]);
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

interface Timed {
  readonly latency: { readonly p50: number };
}

/** Print both rates, of medians, because the disk has bad moments. @returns ours over theirs. */
function report(what: string, mine: Timed, theirs: Timed, jobs: number, theirJobs = jobs): number {
  const rate = ({ latency }: Timed, count: number): number => Math.round((count / latency.p50) * 1_000);
  const [fast, slow] = [rate(mine, jobs), rate(theirs, theirJobs)];
  const ratio = fast / slow;
  process.stdout.write(`${what}: ${fast} jobs/s, naive ${slow} jobs/s, ratio ${ratio.toFixed(2)}\n`);
  return ratio;
}

test("add, one at a time", { timeout: TIMEOUT_MS }, async ({ bench }) => {
  const measured = await bench.compare(
    bench("ours", async () => {
      await ours.addGraph(drafts(1));
    }),
    bench("naive", () => naive.add(INPUT)),
    ROUNDS,
  );
  const ratio = report("add, one at a time", measured.get("ours"), measured.get("naive"), 1);

  expect(ratio).toBeGreaterThan(0);
});

test("add, 64 at once", { timeout: TIMEOUT_MS }, async ({ bench }) => {
  const measured = await bench.compare(
    bench("ours", async () => {
      await Promise.all(drafts(JOBS_PER_ROUND).map((draft) => ours.addGraph([draft])));
    }),
    bench("naive", async () => {
      await Promise.all(Array.from({ length: JOBS_PER_ROUND }, () => naive.add(INPUT)));
    }),
    ROUNDS,
  );
  const ratio = report("add, 64 at once", measured.get("ours"), measured.get("naive"), JOBS_PER_ROUND);

  expect(ratio).toBeGreaterThan(0);
});

test("add, 1,000 in one call", { timeout: TIMEOUT_MS }, async ({ bench }) => {
  const measured = await bench.compare(
    bench("ours", async () => {
      await ours.addGraph(drafts(BULK));
    }),
    bench("naive", async () => {
      for (let at = 0; at < NAIVE_BULK; at += 1) await naive.add(INPUT);
    }),
    ROUNDS,
  );
  const ratio = report(
    "add, 1,000 in one call",
    measured.get("ours"),
    measured.get("naive"),
    BULK,
    NAIVE_BULK,
  );

  expect(ratio).toBeGreaterThan(0);
});

test.for([1, 8, 64])("claim and settle, %i at a time", { timeout: TIMEOUT_MS }, async (lanes, { bench }) => {
  const fillOurs = async (): Promise<void> => {
    await ours.addGraph(drafts(JOBS_PER_ROUND, "process"));
  };
  await inLanes(1, async () => (await naive.claim()) !== null);
  const measured = await bench.compare(
    bench("ours", { beforeEach: fillOurs }, () => processOurs(lanes)),
    bench("naive", { beforeEach: fillNaive }, () => processNaive(lanes)),
    ROUNDS,
  );
  const ratio = report(
    `claim and settle, ${lanes} at a time`,
    measured.get("ours"),
    measured.get("naive"),
    JOBS_PER_ROUND,
  );

  expect(ratio).toBeGreaterThan(0);
});
