import { describe, expect, test } from "vitest";
import { EventBus, gaugesOf, jobkitEvents, Metrics, type EventScope } from "../src/index.ts";
import { FakeClock } from "../src/testing/index.ts";

type Outcome = "done" | "failed" | "cancelled" | "skipped";

const scope = (job: string): EventScope => ({ trace: "r", span: null, job, attempt: 1 });

function setup() {
  const clock = new FakeClock();
  const bus = new EventBus({ clock });
  const jobkit = bus.emitter(jobkitEvents);
  const metrics = new Metrics({ bus, clock, recentMs: 60_000 });
  const start = (job: string, waitedMs: number): void =>
    jobkit.emit("task.started", () => ({ task: "t", worker: "main", waitedMs }), scope(job));
  const end = (job: string, outcome: Outcome, ranMs = 10, attempts = 1): void =>
    jobkit.emit("task.finished", () => ({ task: "t", outcome, ranMs, attempts }), scope(job));
  const retry = (job: string, code: string): void =>
    jobkit.emit("task.retrying", () => ({ task: "t", delayMs: 1, code, why: "w" }), scope(job));
  const waitForPool = (job: string, pool: string, waitedMs: number): void =>
    jobkit.emit("pool.waited", () => ({ task: "t", pool, waitedMs }), scope(job));
  return { clock, metrics, start, end, retry, waitForPool };
}

describe("metrics of a job", () => {
  test("keep the durations of each outcome apart", () => {
    const { metrics, end } = setup();
    for (let ranMs = 1; ranMs <= 100; ranMs += 1) end("hash", "done", ranMs);
    end("hash", "failed", 60_000);

    const [hash] = metrics.snapshot().jobs;

    expect(Object.keys(hash?.ranMs ?? {})).toEqual(["done", "failed"]);
    expect(hash?.ranMs["done"]).toMatchObject({ count: 100, min: 1, max: 100, mean: 50.5 });
    for (const [q, exact] of [["p50", 50] as const, ["p90", 90] as const, ["p99", 99] as const])
      expect(Math.abs((hash?.ranMs["done"]?.[q] ?? 0) - exact)).toBeLessThanOrEqual(exact * 0.01);
    expect(hash?.ranMs["done"]?.deviation).toBeCloseTo(28.866, 3);
    expect(hash?.ranMs["done"]?.recentMean).toBeGreaterThan(80);
    expect(hash?.ranMs["failed"]).toMatchObject({ count: 1, min: 60_000, max: 60_000, deviation: 0 });
  });

  test("know the success rate without what was cancelled or skipped", () => {
    const { metrics, end } = setup();
    for (const outcome of ["done", "done", "done", "failed", "cancelled", "skipped"] as const)
      end("hash", outcome);

    expect(metrics.snapshot().jobs).toMatchObject([
      {
        job: "hash",
        finished: 6,
        successRate: 0.75,
        outcomes: { done: 3, failed: 1, cancelled: 1, skipped: 1 },
      },
    ]);
  });

  test("know how many attempts a success takes, and count retries of every cause", () => {
    const { metrics, end, retry } = setup();
    end("hash", "done", 1, 1);
    end("hash", "done", 1, 4);
    end("hash", "failed", 1, 9);
    for (const code of ["BUSY", "BUSY", "LOST"]) retry("hash", code);

    expect(metrics.snapshot().jobs).toMatchObject([{ attemptsPerSuccess: 2.5, retries: 3 }]);
  });

  test("say nothing of what never happened", () => {
    const { metrics, start } = setup();
    expect(metrics.snapshot()).toMatchObject({ jobs: [], queue: [], lanes: [], pools: [] });

    start("hash", 5);

    expect(metrics.snapshot().jobs).toMatchObject([
      { job: "hash", started: 1, finished: 0, successRate: null, attemptsPerSuccess: null, ranMs: {} },
    ]);
    expect(metrics.snapshot().jobs[0]?.waitedMs).toMatchObject({ count: 1, mean: 5 });
  });

  test("come by name", () => {
    const { metrics, end } = setup();
    for (const job of ["b", "c", "a"]) end(job, "done");

    expect(metrics.snapshot().jobs.map(({ job }) => job)).toEqual(["a", "b", "c"]);
  });
});

describe("what is recent", () => {
  test("is nothing until time has passed", () => {
    const { metrics, end } = setup();
    end("hash", "done");

    expect(metrics.snapshot().jobs[0]?.recent).toBeNull();
  });

  test("is counted over the time between the looks, and forgets what is older", async () => {
    const { clock, metrics, end } = setup();
    for (let at = 0; at < 20; at += 1) end("hash", "failed");
    await clock.advance(10_000);
    const first = metrics.snapshot().jobs[0]?.recent;
    await clock.advance(60_000);
    for (let at = 0; at < 30; at += 1) end("hash", "done");
    const second = metrics.snapshot().jobs[0]?.recent;

    expect(first).toEqual({ overMs: 10_000, done: 0, failed: 20, finishedPerS: 2, successRate: 0 });
    expect(second).toEqual({ overMs: 60_000, done: 30, failed: 0, finishedPerS: 0.5, successRate: 1 });
  });

  test("begins for a job that is new at the look before, when there was nothing of it", async () => {
    const { clock, metrics, end } = setup();
    await clock.advance(100_000);
    metrics.snapshot();
    await clock.advance(10_000);
    for (let at = 0; at < 5; at += 1) end("late", "done");

    expect(metrics.snapshot().jobs[0]?.recent).toMatchObject({ overMs: 10_000, finishedPerS: 0.5 });
  });
});

describe("what metrics are given", () => {
  test("becomes ages and shares, and pools show who waited for them", () => {
    const { clock, metrics, waitForPool } = setup();
    waitForPool("hash", "disk", 30);
    waitForPool("hash", "net", 50);

    const snapshot = metrics.snapshot({
      queue: [
        { job: "hash", counts: { ready: 3 }, oldestDueAtMs: clock.now() - 5_000 },
        { job: "later", counts: { waiting: 1 }, oldestDueAtMs: null },
      ],
      lanes: [{ name: "main", size: 4, busy: 3 }],
      pools: [
        { name: "disk", size: 2, busy: 1 },
        { name: "gone", size: 0, busy: 1 },
      ],
    });

    expect(snapshot.queue.map(({ oldestAgeMs }) => oldestAgeMs)).toEqual([5_000, 0]);
    expect(snapshot.lanes).toEqual([{ name: "main", size: 4, busy: 3, utilisation: 0.75 }]);
    expect(snapshot.pools).toMatchObject([
      {
        pool: "disk",
        slots: { utilisation: 0.5 },
        waits: [{ job: "hash", waitedMs: { count: 1, mean: 30 } }],
      },
      { pool: "gone", slots: { utilisation: 1 }, waits: [] },
      { pool: "net", slots: null, waits: [{ job: "hash", waitedMs: { mean: 50 } }] },
    ]);
    expect(snapshot.jobs).toEqual([]);
  });

  test("an oldest task that is due in the future has no age, whatever the clock did", () => {
    const { clock, metrics } = setup();

    const { queue } = metrics.snapshot({
      queue: [{ job: "hash", counts: {}, oldestDueAtMs: clock.now() + 5_000 }],
    });

    expect(queue[0]?.oldestAgeMs).toBe(0);
  });

  test("becomes gauges with labels, in base units", () => {
    const { clock, metrics } = setup();
    const snapshot = metrics.snapshot({
      queue: [{ job: "hash", counts: { ready: 3, waiting: 1 }, oldestDueAtMs: clock.now() - 5_000 }],
      lanes: [{ name: "main", size: 4, busy: 3 }],
      pools: [{ name: "disk", size: 2, busy: 1 }],
    });

    expect(gaugesOf(snapshot).map(({ name, samples }) => [name, samples])).toEqual([
      [
        "queue_tasks",
        [
          { labels: { job: "hash", state: "ready" }, value: 3 },
          { labels: { job: "hash", state: "waiting" }, value: 1 },
        ],
      ],
      ["queue_oldest_age_seconds", [{ labels: { job: "hash" }, value: 5 }]],
      ["lane_places", [{ labels: { lane: "main" }, value: 4 }]],
      ["lane_places_busy", [{ labels: { lane: "main" }, value: 3 }]],
      ["pool_slots", [{ labels: { pool: "disk" }, value: 2 }]],
      ["pool_slots_busy", [{ labels: { pool: "disk" }, value: 1 }]],
    ]);
  });

  test("a snapshot is plain JSON", () => {
    const { metrics, start, end } = setup();
    start("hash", 1);
    end("hash", "done");

    const snapshot = metrics.snapshot();

    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
  });
});
