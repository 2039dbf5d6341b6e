import { plainLine } from "./plain-text.ts";

/** Length of a snippet in characters, without the dots at its ends. */
export const SNIPPET_LENGTH = 240;

/** Text before the first term of a window, so that it can be read. */
const LEAD = 40;

/** Content beyond this is not searched for the best window. */
const SEARCHED_MAX = 64 * 1024;

const TOKEN = /[\p{L}\p{M}\p{N}]+/gu;
const SUFFIX = /(?:ations?|ings?|ies|ied|edly|ed|es|ers?|ly|ments?|s|e|y)$/;
const STEM_MIN = 3;

/** A word reduced roughly as the word index does, only to point at what matched; ranking does not use it. */
export function roughStem(word: string): string {
  const lower = word.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  const stem = lower.replace(SUFFIX, "");
  return stem.length >= STEM_MIN ? stem : lower;
}

/** Those of the terms that occur in a text, in the order of the terms. */
export function matchedTerms(text: string, terms: readonly string[]): readonly string[] {
  const stems = new Set([...text.slice(0, SEARCHED_MAX).matchAll(TOKEN)].map(([token]) => roughStem(token)));
  return terms.filter((term) => stems.has(roughStem(term)));
}

/**
 * The part of a text that holds most of the terms, as one plain line of about SNIPPET_LENGTH characters with dots
 * where something was left out; the beginning where no term occurs.
 */
export function snippet(text: string, terms: readonly string[]): string {
  const line = plainLine(text.slice(0, SEARCHED_MAX));
  if (line.length <= SNIPPET_LENGTH) return line;
  const start = wordStart(line, Math.max(0, bestWindow(line, terms) - LEAD));
  const end = wordEnd(line, start + SNIPPET_LENGTH);
  const part = line.slice(start, end).toWellFormed().trim();
  return `${start > 0 ? "… " : ""}${part}${end < line.length ? " …" : ""}`;
}

/** Where the window with most different terms begins: the first of the best. */
function bestWindow(line: string, terms: readonly string[]): number {
  const wanted = new Set(terms.map(roughStem));
  const found = [...line.matchAll(TOKEN)]
    .map((match) => ({ at: match.index, stem: roughStem(match[0]) }))
    .filter(({ stem }) => wanted.has(stem));
  const inside = new Map<string, number>();
  let [best, most, end] = [0, 0, 0];
  for (const first of found) {
    for (
      let next = found[end];
      next !== undefined && next.at < first.at + SNIPPET_LENGTH - LEAD;
      next = found[end]
    ) {
      inside.set(next.stem, (inside.get(next.stem) ?? 0) + 1);
      end += 1;
    }
    if (inside.size > most) [best, most] = [first.at, inside.size];
    const count = (inside.get(first.stem) ?? 1) - 1;
    if (count === 0) inside.delete(first.stem);
    else inside.set(first.stem, count);
  }
  return best;
}

/** The start of the word at a place, unless the word is so long that it must be cut. */
function wordStart(line: string, at: number): number {
  const blank = line.lastIndexOf(" ", at);
  return at - blank < LEAD ? blank + 1 : at;
}

function wordEnd(line: string, at: number): number {
  const blank = line.lastIndexOf(" ", at);
  return at >= line.length ? line.length : at - blank < LEAD ? blank : at;
}
