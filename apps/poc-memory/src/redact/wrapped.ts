/**
 * Tokens that a terminal or an editor has broken over lines. The rule is tried once more on the text with the
 * breaks taken out, and only believed where what follows a break cannot be the next sentence: the line before
 * is as long as wrapped lines are, and what stands on the next one looks as random as the token.
 */
import type { Found, SecretRule } from "./rule.ts";

/** The rest of a line as far as it can belong to a token. */
const RUN = /[A-Za-z0-9_.+/=%-]{1,2048}/y;
/** A break with what diffs, quotations and indentation put behind it. */
const BREAK = /(?:\r?\n|\\n)[ \t+>|]{0,8}/y;
/** A line must be at least this long to have been wrapped, counted from its start or, in one line, from the token. */
const LINE_CHARS = 40;
const BREAKS_MAX = 16;
/** What stands before more words of a sentence must be this long to be more of a token. */
const RUN_CHARS = 12;
/** The last line of a token may hold a few letters that show nothing. */
const REST_CHARS = 6;
const WORDS_FOLLOW = /^[ \t]{1,4}[A-Za-z]/;

/** Every expression of this file, for the test that proves them harmless. */
export const wrappedPatterns: readonly RegExp[] = [RUN, BREAK, WORDS_FOLLOW];

/**
 * The token at `at` across line breaks; `direct` where it is not wrapped.
 * @param direct what the rule finds on the first line, or `null`.
 */
export function findWrapped(rule: SecretRule, text: string, at: number, direct: Found | null): Found | null {
  const firstEnd = behind(RUN, text, at);
  if (direct !== null && direct.end < firstEnd) return direct;
  if (behind(BREAK, text, firstEnd) === firstEnd || firstEnd - lineStart(text, at) < LINE_CHARS)
    return direct;
  const { joined, ends } = join(text, at, firstEnd);
  if (ends.length === 0) return direct;
  const found = rule.find(joined, 0);
  if (found === null) return direct;
  // The end of the token in the joined text, back in the text with its breaks.
  let before = firstEnd - at;
  for (const { start, end } of ends) {
    if (found.end <= before) break;
    const used = Math.min(found.end - before, end - start);
    before += end - start;
    if (found.end <= before) return { start: at + found.start, end: start + used };
  }
  return direct;
}

/** The runs of the following lines, as long as they look like more of the token. */
function join(
  text: string,
  at: number,
  firstEnd: number,
): { readonly joined: string; readonly ends: readonly Found[] } {
  const ends: Found[] = [];
  let joined = text.slice(at, firstEnd);
  for (let from = firstEnd; ends.length < BREAKS_MAX;) {
    const start = behind(BREAK, text, from);
    const end = behind(RUN, text, start);
    const run = text.slice(start, end);
    if (start === from || end === start || !isMore(run, WORDS_FOLLOW.test(text.slice(end, end + 5)))) break;
    joined += run;
    ends.push({ start, end });
    from = end;
  }
  return { joined, ends };
}

/** Can this run be more of a token? A plain word cannot, unless it is the short rest of one. */
function isMore(run: string, wordsFollow: boolean): boolean {
  const isMixed = /[0-9]/.test(run) ? /[A-Za-z]/.test(run) : /[a-z][A-Z]/.test(run);
  return wordsFollow ? isMixed && run.length >= RUN_CHARS : isMixed || run.length <= REST_CHARS;
}

/** Start of the line of `at`, looking back no further than a line needs to be long. */
function lineStart(text: string, at: number): number {
  const from = Math.max(0, at - LINE_CHARS);
  const newline = text.slice(from, at).lastIndexOf("\n");
  return newline === -1 ? from : from + newline + 1;
}

function behind(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
