import { describe, expect, test } from "vitest";
import { randomnessPatterns } from "../src/redact/randomness.ts";
import { secretRules } from "../src/redact/redactor.ts";
import { wrappedPatterns } from "../src/redact/wrapped.ts";
import { countSteps, quantifiers, readExpression, samples, shortest } from "./hostile/expression.ts";

const ruled = secretRules.flatMap((rule) => rule.patterns.map((pattern) => ({ kind: rule.kind, pattern })));
const judging = [...randomnessPatterns, ...wrappedPatterns].map((pattern) => ({
  kind: "randomness",
  pattern,
}));
const unique = [...new Map([...ruled, ...judging].map((row) => [String(row.pattern), row])).values()];

/** One attempt at one place may cost what its bounds allow, and no more for a longer text. */
const STEPS_MAX = 150_000;

describe("the expressions that look for secrets", () => {
  test("the reader of expressions sees what makes one dangerous", () => {
    expect(quantifiers(readExpression(/^(a+)+$/)).some((one) => one.nested)).toBe(true);
    expect(quantifiers(readExpression(/a{2,}/))[0]?.max).toBe(Infinity);
    expect(() => countSteps(readExpression(/(?:a{1,40}){1,40}b/), "a".repeat(60), 0, 3)).toThrow(RangeError);
  });

  test.each(unique)("$kind: $pattern has bounded quantifiers and none inside another", ({ pattern }) => {
    for (const one of quantifiers(readExpression(pattern))) {
      expect(one.max).toBeLessThanOrEqual(20_000);
      expect(one.nested && !one.fixed).toBe(false);
    }
  });

  test.each(unique)("$kind: $pattern takes no more steps when a hostile text doubles", ({ pattern }) => {
    const part = readExpression(pattern);
    const begin = shortest(part);
    const runs = samples(part);
    const pairs = runs.flatMap((one) => runs.slice(0, 6).map((other) => one + other));
    for (const run of [...runs, ...pairs])
      for (const prefix of [begin, begin.slice(0, -1), ""]) {
        const text = (length: number): string => prefix + run.repeat(Math.ceil(length / run.length));
        const steps = countSteps(part, text(30_000), 0, STEPS_MAX);
        expect(countSteps(part, text(60_000), 0, STEPS_MAX)).toBeLessThanOrEqual(steps + 100);
      }
  });

  test("every rule names its kind as a label and its keywords in lower case", () => {
    for (const rule of secretRules) {
      expect(rule.kind).toMatch(/^[a-z0-9-]{1,40}$/);
      for (const keyword of rule.keywords) expect(keyword).toBe(keyword.toLowerCase());
    }
    expect(new Set(secretRules.map((rule) => rule.kind)).size).toBeGreaterThanOrEqual(25);
  });
});
