import { describe, expect, test } from "vitest";
import { type Alert, type AlertState } from "../src/health/alert.ts";
import { BLIND, judge } from "../src/health/judge.ts";
import { healthReport } from "../src/health/report.ts";
import { healthRule } from "../src/health/rule.ts";
import { momentOf } from "./health-kit.ts";

const rule = healthRule({
  name: "of-a-test",
  doc: "A rule of a test.",
  next: "Nothing.",
  level: "warn",
  unit: "count",
  forMs: 1_000,
  clearForMs: 2_000,
  settings: { "health.testMax": { kind: "count", default: 3, doc: "Of a test." } },
  check: (_, settings) => [{ target: "x", why: "always", value: 9, bound: settings["health.testMax"] }],
  summary: (targets) => `${targets} of a test`,
});
const throwing = healthRule({
  ...rule,
  name: "throws",
  check: () => {
    throw new Error("a mistake");
  },
});

describe("judging a moment", () => {
  test("asks every rule with its settings as they are now, and stretches its times by patience", () => {
    const settings = { "health.testMax": 7, "health.patience": 3 };

    const verdicts = judge({ rules: [rule], moment: momentOf(), why: "", settings });

    expect(verdicts).toMatchObject([
      { rule: "of-a-test", level: "warn", forMs: 3_000, clearForMs: 6_000, findings: [{ bound: 7 }] },
      { rule: BLIND.name, findings: [] },
    ]);
  });

  test("knows nothing of a rule that throws, and says which", () => {
    const verdicts = judge({ rules: [throwing, rule], moment: momentOf(), why: "", settings: {} });

    expect(verdicts.map(({ findings }) => findings?.map(({ target }) => target) ?? null)).toEqual([
      null,
      ["x"],
      ["throws"],
    ]);
  });

  test("knows nothing at all without facts, and says why", () => {
    const verdicts = judge({ rules: [rule], moment: null, why: "no store", settings: {} });

    expect(verdicts[0]?.findings).toBe(null);
    expect(verdicts[1]?.findings).toMatchObject([{ why: "the facts could not be gathered: no store" }]);
  });
});

function alert(target: string, level: Alert["level"], state: AlertState, of = rule.name): Alert {
  return { rule: of, target, level, state, why: `${target} is bad`, value: 2, bound: 1 };
}

const firing = (sinceMs: number): AlertState => ({ kind: "firing", sinceMs, quietSinceMs: null });

function levelOf(...alerts: readonly Alert[]): string {
  return healthReport({ alerts, rules: [], looked: null }).level;
}

describe("the report", () => {
  const looked = { nowMs: 1_000_000, monotonicMs: 500 };

  test("has what fires first, then what is pending, then what was; errors first, the latest first", () => {
    const alerts = [
      alert("resolved", "error", { kind: "resolved", sinceMs: 450, lastedMs: 5 }),
      alert("pending", "error", { kind: "pending", sinceMs: 400 }),
      alert("old", "warn", firing(100)),
      alert("new", "warn", firing(300)),
      alert("bad", "error", firing(50)),
    ];

    const report = healthReport({ alerts, rules: [rule], looked });

    expect(report.alerts.map(({ target }) => target)).toEqual(["bad", "new", "old", "pending", "resolved"]);
    expect(report.alerts[1]?.sinceMs).toBe(1_000_000 - 200);
  });

  test("is only as bad as what fires", () => {
    const pending = alert("a", "error", { kind: "pending", sinceMs: 0 });
    const resolved = alert("b", "error", { kind: "resolved", sinceMs: 0, lastedMs: 1 });

    expect(levelOf(pending, resolved)).toBe("ok");
    expect(levelOf(pending, alert("c", "warn", firing(0)))).toBe("warn");
    expect(levelOf(alert("c", "warn", firing(0)), alert("d", "error", firing(0)))).toBe("error");
  });

  test("says of several targets how many and one of them, also where the rule is gone", () => {
    const two = [alert("a", "warn", firing(0)), alert("b", "warn", firing(0))];

    expect(healthReport({ alerts: two, rules: [rule], looked }).reasons).toEqual([
      "2 of a test, such as: a is bad",
    ]);
    expect(healthReport({ alerts: two, rules: [], looked }).reasons).toEqual([
      "of-a-test: 2 targets, such as: a is bad",
    ]);
  });

  test("before the first look says that it has not looked", () => {
    expect(healthReport({ alerts: [], rules: [rule], looked: null })).toEqual({
      ok: true,
      level: "ok",
      reasons: [],
      alerts: [],
      lookedAtMs: null,
    });
  });
});
