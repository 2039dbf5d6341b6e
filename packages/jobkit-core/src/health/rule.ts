/**
 * Health rules as a table: one value per rule, with its bounds as rows of settings, its words and what to do.
 * The alerts, the settings of the daemon and the page of rules are derived from it.
 */
import type { SettingTable, SettingValues } from "../base/setting-row.ts";
import type { HealthMoment } from "./moment.ts";

/** How bad a broken rule is: something to look at, or something to mend now. */
export type HealthLevel = "warn" | "error";

/** One thing of which a rule does not hold. */
export interface Finding {
  /** Job, task, pool, schedule … ; "" for the whole. An alert is about one rule and one target. */
  readonly target: string;
  /** One sentence for people about this target. */
  readonly why: string;
  /** What was measured, and the bound it broke, in the unit of the rule. */
  readonly value: number;
  readonly bound: number;
  /**
   * Present where the value is back within the bound, but not yet within a second one further in: it begins
   * no alert, and keeps one that has fired. So an alert does not flap while its value does.
   */
  readonly easing?: true;
}

/** One rule. Pure: the same moment and settings give the same findings. */
export interface HealthRule<S extends SettingTable = SettingTable> {
  /** Kebab-case; the name of the alert. */
  readonly name: string;
  /** One sentence from the reader's side: what is wrong when it does not hold. */
  readonly doc: string;
  /** What to do about it. */
  readonly next: string;
  readonly level: HealthLevel;
  /** Unit of `value` and `bound`. */
  readonly unit: "ms" | "count" | "ratio";
  /** It must be broken for so long, in ms, before the alert fires. */
  readonly forMs: number;
  /** It must hold again for so long, in ms, before the alert is resolved. */
  readonly clearForMs: number;
  /** Its bounds; all named `health.…`. Rules may share a row. */
  readonly settings: S;
  /** What does not hold now, worst first; none where all is well. */
  check(moment: HealthMoment, settings: SettingValues<S>): readonly Finding[];
  /** All targets in a few words. */
  summary(targets: number): string;
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * One rule, with the types of its settings. An app's own rules are made by this, too; what it measures comes
 * in by what the rule closes over.
 * @example
 * const diskFull = (disk: Disk) =>
 *   healthRule({
 *     name: "disk-full",
 *     doc: "The disk is nearly full.",
 *     next: "Delete what is not needed, or raise health.diskShare.",
 *     level: "error",
 *     unit: "ratio",
 *     forMs: 60_000,
 *     clearForMs: 60_000,
 *     settings: { "health.diskShare": { kind: "ratio", default: 0.95, doc: "So much of the disk may be used." } },
 *     check: (_, settings) =>
 *       aboveBound({ target: "", value: disk.usedShare, bound: settings["health.diskShare"], why: "…" }),
 *     summary: () => "the disk is nearly full",
 *   });
 */
export function healthRule<const S extends SettingTable>(rule: HealthRule<S>): HealthRule<S> {
  return rule;
}

/**
 * Declare the rules of a program: usually `[...healthRules, ...its own]`.
 * @throws RangeError naming the rule whose name is malformed or taken, whose sentences are missing or stand
 *   twice, whose times are negative, or whose settings are not named `health.…` or clash with another's.
 */
export function defineHealthRules<const R extends readonly HealthRule[]>(rules: R): R {
  const names = new Set<string>();
  const sentences = new Map<string, string>();
  const rows = new Map<string, unknown>();
  for (const { name, doc, next, forMs, clearForMs, settings } of rules) {
    if (!NAME.test(name)) throw new RangeError(`health rule ${name}: a name is words joined by hyphens`);
    if (names.has(name)) throw new RangeError(`health rule ${name}: declared twice`);
    names.add(name);
    if (doc.trim() === "" || next.trim() === "")
      throw new RangeError(`health rule ${name}: a sentence is missing`);
    const twin = sentences.get(doc);
    if (twin !== undefined) throw new RangeError(`health rule ${name}: same sentence as ${twin}`);
    sentences.set(doc, name);
    if (!(forMs >= 0 && clearForMs >= 0)) throw new RangeError(`health rule ${name}: its times are negative`);
    for (const [setting, row] of Object.entries(settings)) {
      if (!setting.startsWith("health."))
        throw new RangeError(`health rule ${name}: setting ${setting} is not named health.…`);
      if ((rows.get(setting) ?? row) !== row)
        throw new RangeError(`health rule ${name}: setting ${setting} is another rule's`);
      rows.set(setting, row);
    }
  }
  return rules;
}
