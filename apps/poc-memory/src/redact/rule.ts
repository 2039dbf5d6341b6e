/**
 * What a rule is. A rule is tried only where one of its keywords stands, with a pattern anchored there, so
 * the work is bounded by the number of keywords in the text times the bounds written in the pattern.
 * Patterns have no unbounded quantifier and no quantifier inside another; a test reads them and proves it.
 */

/** A secret in a text: from `start` up to, not including, `end`. */
export interface Found {
  readonly start: number;
  readonly end: number;
}

/** One kind of secret and how it is known. */
export interface SecretRule {
  /** Label: lower-case letters, digits and hyphens, at most 40. Stands in the marker. */
  readonly kind: string;
  /** ASCII, lower case; matched in any case. */
  readonly keywords: readonly string[];
  /** Every expression the rule uses, for the test that proves them harmless. */
  readonly patterns: readonly RegExp[];
  /** The secret that goes with the keyword whose first character stands at `at`, `null` where there is none. */
  find(text: string, at: number): Found | null;
}

/** A rule that is one pattern. */
export interface PatternRow {
  readonly kind: string;
  readonly keywords: readonly string[];
  /** Begins with the keyword. Either no groups, or two: `(what stands before)(the secret)`. */
  readonly pattern: string;
  /** Compare letters in any case. */
  readonly anyCase?: true;
  /** A last look at what the pattern took for a secret. */
  readonly accept?: (secret: string) => boolean;
}

/** Make a rule of a pattern row. */
export function patternRule(row: PatternRow): SecretRule {
  const pattern = new RegExp(row.pattern, row.anyCase === true ? "iy" : "y");
  return {
    kind: row.kind,
    keywords: row.keywords,
    patterns: [pattern],
    find(text, at) {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      if (match === null) return null;
      const before = match[2] === undefined ? 0 : (match[1] ?? "").length;
      const start = at + before;
      const end = match[2] === undefined ? at + match[0].length : start + match[2].length;
      return row.accept === undefined || row.accept(text.slice(start, end)) ? { start, end } : null;
    },
  };
}

/**
 * Nothing that could belong to the same word stands before: not a letter, digit or underscore, unless it is
 * the end of an escape (`\n`, `%3D`, a terminal colour) that stands for a separator.
 */
export const WORD_START = "(?:(?<![A-Za-z0-9_])|(?<=\\\\[nrtbf])|(?<=%[0-9A-Fa-f]{2})|(?<=\\[[0-9;]{0,12}m))";
/** The word ends here. */
export const WORD_END = "(?![A-Za-z0-9_])";
