import { describe, expect, test } from "vitest";
import { resolveSettings } from "../src/base/settings-resolve.ts";
import { rulesMarkdown } from "../src/docs/rules-markdown.ts";
import { healthRules } from "../src/health/built-in.ts";
import { BLIND } from "../src/health/judge.ts";
import { defineHealthRules, healthRule, type HealthRule } from "../src/health/rule.ts";
import { healthSettings, settingsOfRules } from "../src/health/settings.ts";
import { broken, findings, momentOf } from "./health-kit.ts";

const ownRule = healthRule({
  name: "disk-full",
  doc: "The disk is nearly full.",
  next: "Delete something.",
  level: "error",
  unit: "ratio",
  forMs: 0,
  clearForMs: 0,
  settings: {
    "health.diskShare": { kind: "ratio", default: 0.9, doc: "So much of the disk may be used." },
  },
  check: (_, settings) => [{ target: "", why: "it is full", value: 1, bound: settings["health.diskShare"] }],
  summary: () => "the disk is full",
});

describe("the table of rules", () => {
  test("takes an app's rules beside the built-in ones, with settings of their own", () => {
    const rules = defineHealthRules([...healthRules, ownRule]);
    const settings = settingsOfRules([ownRule]);

    expect(rules).toHaveLength(healthRules.length + 1);
    expect(settings["health.diskShare"].default).toBe(0.9);
    expect(broken(ownRule, {})).toEqual([""]);
  });

  const bad: readonly (readonly [string, Partial<HealthRule>, string])[] = [
    ["a malformed name", { name: "Disk" }, "a name is words joined by hyphens"],
    ["a name that is taken", { name: "queue-old" }, "declared twice"],
    ["a missing sentence", { doc: " " }, "a sentence is missing"],
    ["no advice", { next: "" }, "a sentence is missing"],
    ["another rule's sentence", { doc: healthRules[0].doc }, "same sentence as attempt-silent"],
    ["a negative time", { forMs: -1 }, "its times are negative"],
    [
      "a foreign setting",
      { settings: { "disk.share": ownRule.settings["health.diskShare"] } },
      "is not named",
    ],
    [
      "a setting that is another's",
      { settings: { "health.storeMs": ownRule.settings["health.diskShare"] } },
      "is another rule's",
    ],
  ];

  test.each(bad)("refuses %s", (_, change, words) => {
    expect(() => defineHealthRules([...healthRules, { ...ownRule, ...change }])).toThrow(words);
  });

  test("has a sentence and a summary for each, finds nothing where nothing is the matter, and leaves one name free", () => {
    for (const rule of healthRules) {
      expect(rule.summary(3).length).toBeGreaterThan(5);
      expect(findings(rule, momentOf())).toEqual([]);
    }
    expect(healthRules.map(({ name }) => name)).not.toContain(BLIND.name);
  });
});

describe("the settings of health", () => {
  test("hold every bound of every rule, each with its reason and at least one direction", () => {
    const names = Object.keys(healthSettings);
    const bounds = healthRules.flatMap(({ settings }) => Object.keys(settings));
    const numbers = Object.values(healthSettings).filter(({ kind }) => kind !== "list");

    expect(bounds.filter((name) => !names.includes(name))).toEqual([]);
    expect(names.filter((name) => !name.startsWith("health."))).toEqual([]);
    expect(numbers.filter((row) => !("larger" in row && "smaller" in row))).toEqual([]);
  });

  test("are read as any others, and typed", () => {
    const file = { source: "file", entries: new Map([["health.silentMs", "10m"]]) };
    const resolved = resolveSettings(healthSettings, [file]);

    expect(resolved.ok && resolved.values["health.silentMs"]).toBe(600_000);
    expect(resolved.ok && resolved.values["health.retryShare"]).toBe(0.5);
  });
});

test("the page of rules has every rule with its bounds and what to do, in whole rows", () => {
  const page = rulesMarkdown([
    { title: "jobkit", intro: "Of any daemon.", rules: [...healthRules, ownRule] },
  ]);
  const rows = page.split("\n").filter((line) => line.startsWith("|"));

  for (const { name, next } of healthRules) {
    expect(page).toContain(`| \`${name}\` |`);
    expect(page).toContain(next);
  }
  expect(page).toContain(
    "| `disk-full` | error | 0 ms | 0 ms | `health.diskShare` | The disk is nearly full. |",
  );
  expect(new Set(rows.map((row) => row.split(/(?<!\\)\|/).length)).size).toBe(1);
  expect(page.endsWith("\n")).toBe(true);
});
