import { taskId } from "../src/base/ids.ts";
import type { SettingValue } from "../src/base/setting-value.ts";
import { noFacts, type RunningFact, type TotalsFact } from "../src/health/facts.ts";
import { type HealthMoment, nothingRecent, type Recent } from "../src/health/moment.ts";
import type { Finding, HealthRule } from "../src/health/rule.ts";
import { valuesOf } from "../src/health/settings.ts";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A moment in which nothing is the matter but what is given. */
export function momentOf(
  given: Partial<Omit<HealthMoment, "recent">> & { readonly recent?: Partial<Recent> } = {},
): HealthMoment {
  const recent = { ...nothingRecent, ...given.recent };
  return { ...noFacts, nowMs: 1_767_225_600_000, monotonicMs: 0, lateMs: 0, ...given, recent };
}

/** What a rule finds, with the default of every setting but those given. */
export function findings(
  rule: HealthRule,
  moment: HealthMoment,
  settings: Readonly<Record<string, SettingValue>> = {},
): readonly Finding[] {
  return rule.check(moment, valuesOf(rule.settings, settings));
}

/** The targets of which the rule is broken, easing ones left out. */
export function broken(
  rule: HealthRule,
  given: Parameters<typeof momentOf>[0],
  settings: Readonly<Record<string, SettingValue>> = {},
): readonly string[] {
  return findings(rule, momentOf(given), settings)
    .filter((finding) => finding.easing !== true)
    .map(({ target }) => target);
}

/** The targets that are between the bounds. */
export function easing(rule: HealthRule, given: Parameters<typeof momentOf>[0]): readonly string[] {
  return findings(rule, momentOf(given))
    .filter((finding) => finding.easing === true)
    .map(({ target }) => target);
}

/** A running attempt of which all is well. */
export function attempt(given: Omit<Partial<RunningFact>, "task"> & { readonly task?: string }): RunningFact {
  return {
    job: "read",
    ranMs: 10,
    silentMs: null,
    timeoutMs: 10 * MINUTE,
    slots: {},
    apart: false,
    ...given,
    task: taskId(given.task ?? "t1"),
  };
}

/** How attempts of a job ended. */
export function totals(given: Partial<TotalsFact>): TotalsFact {
  return { job: "read", done: 0, failed: 0, retried: 0, timedOut: 0, abandoned: 0, expired: 0, ...given };
}
