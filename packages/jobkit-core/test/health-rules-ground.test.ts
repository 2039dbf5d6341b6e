/** The rules about what all work stands on: the loop, the clock, schedules, readers, the store, checks. */
import { describe, expect, test } from "vitest";
import type { CheckFact } from "../src/health/facts.ts";
import { clockJumped } from "../src/health/rules/clock-jumped.ts";
import { jobUnready } from "../src/health/rules/job-unready.ts";
import { jobUnwell } from "../src/health/rules/job-unwell.ts";
import { loopBlocked } from "../src/health/rules/loop-blocked.ts";
import { readerBehind } from "../src/health/rules/reader-behind.ts";
import { readerLosing } from "../src/health/rules/reader-losing.ts";
import { scheduleMissed } from "../src/health/rules/schedule-missed.ts";
import { scheduleOverdue } from "../src/health/rules/schedule-overdue.ts";
import { storeFailing } from "../src/health/rules/store-failing.ts";
import { storeSlow } from "../src/health/rules/store-slow.ts";
import { attempt, broken, easing, findings, HOUR, MINUTE, momentOf, SECOND } from "./health-kit.ts";

describe("a blocked event loop", () => {
  test("is laid at the door of the only job that ran", () => {
    const running = [attempt({ job: "spins" }), attempt({ task: "t2", job: "in-a-thread", apart: true })];

    expect(broken(loopBlocked, { running, loopBlockedMs: 3 * SECOND })).toEqual(["spins"]);
  });

  test("is nobody's where several jobs ran, or none", () => {
    const running = [attempt({ job: "a" }), attempt({ task: "t2", job: "b" })];

    expect(broken(loopBlocked, { running, loopBlockedMs: 3 * SECOND })).toEqual([""]);
    expect(broken(loopBlocked, { lateMs: 3 * SECOND })).toEqual([""]);
  });

  test("is none where it yields", () => {
    expect(broken(loopBlocked, { running: [attempt({})], loopBlockedMs: 200, lateMs: 900 })).toEqual([]);
    expect(broken(loopBlocked, { running: [attempt({})] })).toEqual([]);
  });
});

test("the clock has jumped, in either direction, by more than a time service corrects", () => {
  expect(findings(clockJumped, momentOf({ recent: { clockJumpMs: -HOUR } }))[0]?.why).toContain("1 h back");
  expect(broken(clockJumped, { recent: { clockJumpMs: HOUR } })).toEqual([""]);
  expect(broken(clockJumped, { recent: { clockJumpMs: 900 } })).toEqual([]);
});

test("a schedule is overdue, or has missed its times", () => {
  const schedules = [
    { name: "nightly", overdueMs: 3 * MINUTE, missed: 0 },
    { name: "hourly", overdueMs: SECOND, missed: 0 },
  ];

  expect(broken(scheduleOverdue, { schedules })).toEqual(["nightly"]);
  expect(broken(scheduleMissed, { recent: { missed: [{ name: "nightly", count: 2 }] } })).toEqual([
    "nightly",
  ]);
  expect(broken(scheduleMissed, { schedules })).toEqual([]);
});

test("a reader is always behind, or loses events", () => {
  const readers = [
    { name: "screen", behindMs: MINUTE, dropped: 0 },
    { name: "log", behindMs: 20, dropped: 0 },
  ];

  expect(broken(readerBehind, { readers })).toEqual(["screen"]);
  expect(broken(readerLosing, { recent: { dropped: [{ name: "screen", count: 5 }] } })).toEqual(["screen"]);
  expect(broken(readerLosing, { readers })).toEqual([]);
});

test("the store fails again and again, or is slow", () => {
  expect(broken(storeFailing, { store: { failuresInARow: 3, slowMs: null } })).toEqual([""]);
  expect(broken(storeFailing, { store: { failuresInARow: 2, slowMs: 9_000 } })).toEqual([]);
  expect(broken(storeSlow, { store: { failuresInARow: 9, slowMs: 600 } })).toEqual([""]);
  expect(broken(storeSlow, { store: { failuresInARow: 9, slowMs: null } })).toEqual([]);
  expect(easing(storeSlow, { store: { failuresInARow: 0, slowMs: 450 } })).toEqual([""]);
  expect(broken(storeFailing, {})).toEqual([]);
});

const check = (name: CheckFact["check"], state: CheckFact["state"], sinceMs: number): CheckFact => ({
  job: "read",
  check: name,
  state,
  sinceMs,
  why: "no route",
});

describe("the checks of a job", () => {
  test("say for too long that it is not ready", () => {
    expect(broken(jobUnready, { checks: [check("ready", "unwell", 2 * MINUTE)] })).toEqual(["read"]);
    expect(broken(jobUnready, { checks: [check("startup", "unknown", 2 * MINUTE)] })).toEqual(["read"]);
    expect(broken(jobUnready, { checks: [check("ready", "unwell", SECOND)] })).toEqual([]);
    expect(broken(jobUnready, { checks: [check("ready", "well", HOUR)] })).toEqual([]);
  });

  test("say that it is not alive, which is told at once", () => {
    expect(broken(jobUnwell, { checks: [check("live", "unwell", 1)] })).toEqual(["read"]);
    expect(broken(jobUnwell, { checks: [check("live", "well", 1), check("live", "unknown", HOUR)] })).toEqual(
      [],
    );
    expect(broken(jobUnready, { checks: [check("live", "unwell", HOUR)] })).toEqual([]);
  });
});
