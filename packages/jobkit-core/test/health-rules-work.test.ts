/** The rules about attempts, waiting and outcomes: each with facts that break it and facts that do not. */
import { describe, expect, test } from "vitest";
import { attemptSilent } from "../src/health/rules/attempt-silent.ts";
import { attemptSlow } from "../src/health/rules/attempt-slow.ts";
import { attemptsAbandoned } from "../src/health/rules/attempts-abandoned.ts";
import { backlogGrowing } from "../src/health/rules/backlog-growing.ts";
import { deadlinesMissed } from "../src/health/rules/deadlines-missed.ts";
import { failuresPiled } from "../src/health/rules/failures-piled.ts";
import { laneStarving } from "../src/health/rules/lane-starving.ts";
import { pauseForgotten } from "../src/health/rules/pause-forgotten.ts";
import { poolSmall } from "../src/health/rules/pool-small.ts";
import { poolStarving } from "../src/health/rules/pool-starving.ts";
import { poolStuck } from "../src/health/rules/pool-stuck.ts";
import { queueOld } from "../src/health/rules/queue-old.ts";
import { retriesMany } from "../src/health/rules/retries-many.ts";
import { schedulerStalled } from "../src/health/rules/scheduler-stalled.ts";
import { successLow } from "../src/health/rules/success-low.ts";
import { taskPoisonous } from "../src/health/rules/task-poisonous.ts";
import { timeoutsMany } from "../src/health/rules/timeouts-many.ts";
import type { HeldFact } from "../src/health/facts.ts";
import {
  attempt,
  broken,
  DAY,
  easing,
  findings,
  HOUR,
  MINUTE,
  momentOf,
  SECOND,
  totals,
} from "./health-kit.ts";

describe("an attempt", () => {
  test("is silent when it has said nothing for long, and its job is one that speaks", () => {
    const running = [
      attempt({ task: "speaks", silentMs: 4 * MINUTE }),
      attempt({ task: "silent", silentMs: 6 * MINUTE }),
      attempt({ task: "dumb", silentMs: null, ranMs: HOUR }),
      attempt({ task: "worse", silentMs: HOUR }),
    ];

    expect(broken(attemptSilent, { running })).toEqual(["worse", "silent"]);
    expect(broken(attemptSilent, { running }, { "health.silentMs": 2 * HOUR })).toEqual([]);
  });

  test("is slow by the history of its job", () => {
    const durations = [{ job: "read", count: 100, p50Ms: 5 * SECOND, p99Ms: 20 * SECOND }];
    const running = [
      attempt({ task: "usual", ranMs: 59 * SECOND }),
      attempt({ task: "slow", ranMs: 61 * SECOND }),
      attempt({ task: "unknown", job: "other", ranMs: HOUR }),
    ];

    expect(broken(attemptSlow, { running, durations })).toEqual(["slow"]);
    expect(findings(attemptSlow, momentOf({ running, durations }))[0]?.bound).toBe(60 * SECOND);
  });

  test("is not slow where little is known of its job, nor within the least time", () => {
    const young = [{ job: "read", count: 49, p50Ms: 1, p99Ms: 2 }];
    const quick = [{ job: "read", count: 5_000, p50Ms: 1, p99Ms: 2 }];

    expect(broken(attemptSlow, { running: [attempt({ ranMs: HOUR })], durations: young })).toEqual([]);
    expect(broken(attemptSlow, { running: [attempt({ ranMs: 9 * SECOND })], durations: quick })).toEqual([]);
    expect(broken(attemptSlow, { running: [attempt({ ranMs: 11 * SECOND })], durations: quick })).toEqual([
      "t1",
    ]);
  });

  test("that does not stop is told of under its job", () => {
    expect(broken(attemptsAbandoned, { recent: { totals: [totals({ abandoned: 1 })] } })).toEqual(["read"]);
    expect(broken(attemptsAbandoned, { recent: { totals: [totals({ timedOut: 9 })] } })).toEqual([]);
  });
});

const held = (kind: HeldFact["reason"]["kind"], heldMs: number, job = "read"): HeldFact => ({
  job,
  heldMs,
  reason: kind === "no slot" || kind === "pool too small" ? { kind, pool: "disk" } : { kind },
});

describe("a waiting task", () => {
  test("is old after long, unless a pause or a check explains it", () => {
    const waiting = [
      { job: "fresh", waitedMs: MINUTE },
      { job: "old", waitedMs: HOUR },
      { job: "paused", waitedMs: DAY },
      { job: "unready", waitedMs: DAY },
      { job: "crowded", waitedMs: 2 * HOUR },
    ];
    const reasons = [
      held("paused", DAY, "paused"),
      held("not ready", DAY, "unready"),
      held("no lane", HOUR, "crowded"),
    ];

    expect(broken(queueOld, { waiting, held: reasons })).toEqual(["crowded", "old"]);
    expect(findings(queueOld, momentOf({ waiting, held: reasons }))[0]?.why).toContain("(no lane)");
  });

  test("eases when it has waited for a little less", () => {
    expect(easing(queueOld, { waiting: [{ job: "read", waitedMs: 13 * MINUTE }] })).toEqual(["read"]);
    expect(easing(queueOld, { waiting: [{ job: "read", waitedMs: 11 * MINUTE }] })).toEqual([]);
  });

  test("that nothing holds up must start", () => {
    const waiting = [{ job: "read", waitedMs: 2 * MINUTE }];

    expect(broken(schedulerStalled, { waiting })).toEqual(["read"]);
    expect(broken(schedulerStalled, { waiting, held: [held("no lane", MINUTE)] })).toEqual([]);
    expect(broken(schedulerStalled, { waiting: [{ job: "read", waitedMs: 50 * SECOND }] })).toEqual([]);
  });
});

describe("a job that lacks slots", () => {
  const lacking = [held("no slot", 10 * MINUTE)];
  const inDisk = { slots: { disk: 1 } };

  test("is starved where another job got some meanwhile", () => {
    const running = [attempt({ job: "greedy", ranMs: MINUTE, ...inDisk })];

    expect(broken(poolStarving, { held: lacking, running })).toEqual(["read"]);
    expect(broken(poolStuck, { held: lacking, running })).toEqual([]);
    expect(findings(poolStarving, momentOf({ held: lacking, running }))[0]?.why).toContain("greedy got some");
  });

  test("waits for a stuck pool where those that hold it have held it all the time", () => {
    const running = [
      attempt({ job: "long", ranMs: HOUR, ...inDisk }),
      attempt({ job: "elsewhere", ranMs: MINUTE, slots: { net: 1 } }),
      attempt({ job: "read", ranMs: HOUR, ...inDisk }),
    ];

    expect(broken(poolStuck, { held: lacking, running })).toEqual(["read"]);
    expect(broken(poolStarving, { held: lacking, running })).toEqual([]);
  });

  test("is served where attempts of it begin, or have ended lately: its queue is only long", () => {
    const greedy = attempt({ job: "greedy", ranMs: MINUTE, ...inDisk });
    const own = attempt({ task: "t2", ranMs: MINUTE, ...inDisk });
    const ended = { totals: [totals({ done: 9 })] };

    expect(broken(poolStarving, { held: lacking, running: [greedy, own] })).toEqual([]);
    expect(broken(poolStarving, { held: lacking, running: [greedy], recent: ended })).toEqual([]);
    expect(broken(poolStuck, { held: lacking, recent: ended })).toEqual([]);
    expect(broken(laneStarving, { held: [held("no lane", HOUR)], recent: ended })).toEqual([]);
  });

  test("may lack them for a while", () => {
    const shortly = [held("no slot", MINUTE)];

    expect(broken(poolStuck, { held: shortly })).toEqual([]);
    expect(broken(poolStarving, { held: shortly, running: [attempt({ job: "x", ...inDisk })] })).toEqual([]);
  });

  test("can never start where the pool is too small", () => {
    expect(broken(poolSmall, { held: [held("pool too small", SECOND)] })).toEqual(["read"]);
    expect(broken(poolSmall, { held: lacking })).toEqual([]);
  });
});

test("a job finds no lane for too long", () => {
  expect(broken(laneStarving, { held: [held("no lane", 6 * MINUTE)] })).toEqual(["read"]);
  expect(broken(laneStarving, { held: [held("no lane", MINUTE), held("paused", DAY, "b")] })).toEqual([]);
});

test("a pause is forgotten after a day", () => {
  expect(broken(pauseForgotten, { held: [held("paused", 2 * DAY)] })).toEqual(["read"]);
  expect(broken(pauseForgotten, { held: [held("paused", HOUR), held("not ready", 2 * DAY, "b")] })).toEqual(
    [],
  );
});

test("a backlog grows where it grew in both halves of the window, not where much came at once", () => {
  const backlog = [
    { job: "floods", was: [0, 2_000, 5_000] as const },
    { job: "batch", was: [0, 9_000, 8_000] as const },
    { job: "just-now", was: [0, 0, 5_000] as const },
    { job: "small", was: [0, 400, 900] as const },
    { job: "shrinks", was: [9_000, 5_000, 2_000] as const },
  ];

  expect(broken(backlogGrowing, { recent: { backlog } })).toEqual(["floods"]);
});

const recently = (...all: Partial<Parameters<typeof totals>[0]>[]) => ({
  recent: { totals: all.map(totals) },
});

describe("the outcomes of a job", () => {
  test("are mostly retries", () => {
    expect(broken(retriesMany, recently({ done: 10, retried: 11 }))).toEqual(["read"]);
    expect(broken(retriesMany, recently({ done: 11, retried: 10 }))).toEqual([]);
    expect(easing(retriesMany, recently({ done: 11, retried: 10 }))).toEqual(["read"]);
    expect(broken(retriesMany, recently({ retried: 19 }))).toEqual([]);
  });

  test("are too often failures, worst job first", () => {
    const found = recently({ job: "bad", done: 15, failed: 5 }, { job: "worse", done: 1, failed: 19 });

    expect(broken(successLow, found)).toEqual(["worse", "bad"]);
    expect(broken(successLow, recently({ done: 17, failed: 3 }))).toEqual([]);
    expect(easing(successLow, recently({ done: 81, failed: 19 }))).toEqual(["read"]);
    expect(broken(successLow, recently({ failed: 19 }))).toEqual([]);
  });

  test("are too often timeouts", () => {
    expect(broken(timeoutsMany, recently({ done: 17, retried: 3, timedOut: 3 }))).toEqual(["read"]);
    expect(broken(timeoutsMany, recently({ done: 19, retried: 1, timedOut: 1 }))).toEqual([]);
  });

  test("are missed deadlines", () => {
    expect(broken(deadlinesMissed, recently({ failed: 1, expired: 1 }))).toEqual(["read"]);
    expect(broken(deadlinesMissed, recently({ failed: 1 }))).toEqual([]);
  });
});

test("failed tasks pile up", () => {
  const queue = [
    { job: "read", state: "failed", count: 101 },
    { job: "few", state: "failed", count: 5 },
    { job: "fine", state: "done", count: 5_000 },
  ] as const;

  expect(broken(failuresPiled, { queue })).toEqual(["read"]);
});

test("a task is poisonous where its process died at a later attempt, or at the first if that is asked for", () => {
  const lost = [
    { task: "once", job: "read", attempts: 1 },
    { task: "twice", job: "read", attempts: 2 },
  ];

  expect(broken(taskPoisonous, { lost })).toEqual(["twice"]);
  expect(broken(taskPoisonous, { lost }, { "health.lostAttemptsMax": 0 })).toEqual(["twice", "once"]);
});
