import { defineSettings } from "../base/settings.ts";
import type { SettingTable, SettingValues } from "../base/setting-row.ts";
import type { SettingValue } from "../base/setting-value.ts";
import { healthRules } from "./built-in.ts";
import type { HealthRule } from "./rule.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How health is looked at. The bounds of the rules stand with the rules. */
export const monitorSettings = defineSettings({
  "health.intervalMs": {
    kind: "duration",
    default: 5 * SECOND,
    min: 100,
    max: HOUR,
    doc: "Time between two looks while there is something to watch: something runs, waits, or is not well.",
    larger: "Fewer looks; every alert fires and is resolved later.",
    smaller:
      "Trouble is noticed sooner; a look at 200 jobs takes less than a millisecond, and its facts two reads of the store.",
    reload: true,
  },
  "health.idleIntervalMs": {
    kind: "duration",
    default: MINUTE,
    min: 100,
    max: DAY,
    doc: "Time between two looks while there is nothing to watch.",
    larger: "The machine sleeps deeper; the first trouble after a rest is noticed later.",
    smaller: "The first trouble after a rest is noticed sooner.",
    reload: true,
  },
  "health.windowMs": {
    kind: "duration",
    default: 10 * MINUTE,
    min: 10 * SECOND,
    max: DAY,
    doc: "Shares and counts that rules judge are those of so long a while until now.",
    larger: "Shares are steadier; what is mended stays visible longer.",
    smaller: "Rules follow what happens more closely, and judge by less.",
    reload: true,
  },
  "health.patience": {
    kind: "ratio",
    default: 1,
    min: 0,
    max: 1_000,
    doc: "All times for which a rule must be broken before its alert fires, and hold before it is resolved, are so many times as long.",
    larger: "Fewer false alarms; every alarm comes later.",
    smaller: "Alarms come sooner, and more of them are false.",
    reload: true,
  },
  "health.off": {
    kind: "list",
    default: [],
    doc: "Names of rules that are not asked, because what they find is meant to be so here.",
    reload: true,
  },
  "health.targetsMax": {
    kind: "count",
    default: 20,
    min: 1,
    max: 1_000,
    doc: "One rule has alerts of its own for so many targets; one more stands for the rest. More than twenty of a kind are one trouble.",
    larger: "Each target is named; more events at once when much goes wrong.",
    smaller: "Less to read; some targets are only counted.",
    reload: true,
  },
  "health.resolvedKeepMs": {
    kind: "duration",
    default: HOUR,
    min: 0,
    max: 30 * DAY,
    doc: "A resolved alert is shown for so long, for whoever comes later to look.",
    larger: "Longer memory in the report.",
    smaller: "A shorter report. The event log has them all the same.",
    reload: true,
  },
});

/** How the checks of jobs are asked. */
export const checkSettings = defineSettings({
  "health.checkIntervalMs": {
    kind: "duration",
    default: 30 * SECOND,
    min: 100,
    max: DAY,
    doc: "Time between two questions of a job's ready and live checks.",
    larger: "What a job depends on is asked less often; its absence is noticed later.",
    smaller: "Absence and return are noticed sooner; what is asked has more to answer.",
    reload: true,
  },
  "health.checkRetryMs": {
    kind: "duration",
    default: 2 * SECOND,
    min: 100,
    max: HOUR,
    doc: "Time to the next question while a check is not well: soon, because work waits for it.",
    larger: "What is down is asked less often.",
    smaller: "Work goes on sooner.",
    reload: true,
  },
  "health.checkTimeoutMs": {
    kind: "duration",
    default: 10 * SECOND,
    min: 10,
    max: HOUR,
    doc: "A check that has not answered after so long has answered no.",
    larger: "Slow services count as there.",
    smaller: "A service that hangs is noticed sooner.",
    reload: true,
  },
  "health.checkFailures": {
    kind: "count",
    default: 3,
    min: 1,
    max: 1_000,
    doc: "A check that was well counts as unwell after so many bad answers in a row. A single one is often an accident; a single good answer is enough to be well again.",
    larger: "Accidents are forgiven; a real absence is noticed later.",
    smaller: "Absence is noticed sooner; a single lost answer stops work.",
    reload: true,
  },
});

type Merged<U> = (U extends unknown ? (table: U) => void : never) extends (table: infer I) => void
  ? I
  : never;

/** The settings of rules, as one table. */
export type SettingsOfRules<R extends readonly HealthRule[]> = Merged<R[number]["settings"]>;

/** The bounds of those rules as one table, for the settings of a program. */
export function settingsOfRules<const R extends readonly HealthRule[]>(rules: R): SettingsOfRules<R> {
  const tables: readonly SettingTable[] = rules.map(({ settings }) => settings);
  return Object.assign({}, ...tables) as SettingsOfRules<R>;
}

/** Every setting of health: how it is looked at, how checks are asked, and the bounds of the built-in rules. */
export const healthSettings = defineSettings({
  ...monitorSettings,
  ...checkSettings,
  ...settingsOfRules(healthRules),
});

/** The type of the settings of health. */
export type HealthSettings = typeof healthSettings;

/** Values by dotted name, of whatever settings a program has; those of health are found by name. */
export type SettingsNow = () => Readonly<Record<string, SettingValue>>;

/** The values of a table: what is given, else the default. */
export function valuesOf<T extends SettingTable>(
  table: T,
  given: Readonly<Record<string, SettingValue>>,
): SettingValues<T> {
  const values = Object.entries(table).map(([name, row]) => [name, given[name] ?? row.default]);
  return Object.fromEntries(values) as SettingValues<T>;
}
