/** Every rule, asked about one moment. Pure; a rule that throws harms no other. */
import { describeError } from "../base/errors.ts";
import type { SettingValue } from "../base/setting-value.ts";
import type { RuleVerdict } from "./alert-book.ts";
import type { HealthMoment } from "./moment.ts";
import type { Finding, HealthRule } from "./rule.ts";
import { monitorSettings, valuesOf } from "./settings.ts";

/** The rule that tells of rules and facts that could not be had. Not one of the table: it has nothing to ask. */
export const BLIND = {
  name: "health-blind",
  doc: "A rule could not be asked, or the facts for all of them could not be gathered.",
  next: "Read the reason: this is a mistake in the rule, or trouble in what the facts are asked of.",
  summary: (targets: number) => `${targets} rules cannot be asked`,
} as const;

export interface Judging {
  readonly rules: readonly HealthRule[];
  /** `null` where the facts could not be gathered. */
  readonly moment: HealthMoment | null;
  /** Why not; "" where they could. */
  readonly why: string;
  readonly settings: Readonly<Record<string, SettingValue>>;
}

/** What the rules come to; those that are turned off are left out. */
export function judge({ rules, moment, why, settings }: Judging): readonly RuleVerdict[] {
  const { "health.off": off, "health.patience": patience } = valuesOf(monitorSettings, settings);
  const broken: Finding[] =
    moment === null
      ? [{ target: "facts", why: `the facts could not be gathered: ${why}`, value: 1, bound: 0 }]
      : [];
  const verdicts = rules
    .filter(({ name }) => !off.includes(name))
    .map((rule): RuleVerdict => {
      const { name, level, forMs, clearForMs } = rule;
      const findings = moment === null ? null : ask(rule, moment, settings, broken);
      return { rule: name, level, forMs: forMs * patience, clearForMs: clearForMs * patience, findings };
    });
  return [...verdicts, { rule: BLIND.name, level: "error", forMs: 0, clearForMs: 0, findings: broken }];
}

function ask(
  rule: HealthRule,
  moment: HealthMoment,
  settings: Readonly<Record<string, SettingValue>>,
  broken: Finding[],
): readonly Finding[] | null {
  try {
    return rule.check(moment, valuesOf(rule.settings, settings));
  } catch (error) {
    const { message } = describeError(error);
    broken.push({ target: rule.name, why: `rule ${rule.name} threw: ${message}`, value: 1, bound: 0 });
    return null;
  }
}
