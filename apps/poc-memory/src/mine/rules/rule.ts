/**
 * What a rule is: a pattern with a name and with sentences it takes and leaves, which are its tests.
 * Patterns are bounded: no quantifier without an upper limit over a class that overlaps its neighbour.
 *
 * The rules know English. In another language the story of a session still stands (requests, files,
 * commands, commits, failures and fixes come from tools, not from words), and so do commands and commits
 * as facts; preferences and decisions that are only said in prose are not found.
 */

/** A named pattern and its own examples. */
export interface Rule {
  readonly name: string;
  readonly pattern: RegExp;
  /** Sentences it takes. */
  readonly yes: readonly string[];
  /** Sentences it leaves. */
  readonly no: readonly string[];
}

/** The first rule that takes the text, `null` where none does. */
export function firstRule(rules: readonly Rule[], text: string): Rule | null {
  return rules.find((rule) => rule.pattern.test(text)) ?? null;
}
