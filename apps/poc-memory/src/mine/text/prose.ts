/** Prose without its marks, and cut into sentences. */
import { workLimits } from "../limits.ts";

/** Text without emphasis, link targets, quote marks and pictographs. */
export function plain(text: string): string {
  return text
    .replaceAll(/!?\[([^[\]\n]{0,200})\]\(([^()\s]{0,400})\)/gu, "$1")
    .replaceAll(/\*\*|__(?=\S)|(?<=\S)__/gu, "")
    .replaceAll(/(?<![\w*`])\*(?=[^\s*])([^*`\n]{1,200}?)(?<=\S)\*(?![\w*])/gu, "$1")
    .replaceAll(/\p{Extended_Pictographic}\ufe0f?/gu, (mark) => (/[0-9#*©®™]/u.test(mark) ? mark : ""))
    .replace(/^\s{0,8}>{1,4}\s{0,4}/u, "")
    .replaceAll(/\s{1,400}/gu, " ")
    .trim();
}

const ABBREVIATION =
  /(?:\b(?:[Ee]\.g|[Ii]\.e|vs|etc|cf|approx|incl|[Nn]o|resp|[Dd]r|[Mm]rs?|[Ss]t)|\b[A-Z])\.$/u;
/** The number of an item in a list that is told in one line: "1. …; 2. …". It begins a sentence and ends none. */
const ITEM_NUMBER = /(?:^|[.!?:;)]\s)\d{1,2}\.$/u;

/** Sentences of one block, in order. Inline code, file names, abbreviations and item numbers do not end one. */
export function sentences(text: string): readonly string[] {
  const found: string[] = [];
  let start = 0;
  let coded = false;
  for (let at = 0; at < text.length && found.length < workLimits.sentencesPerBlock; at += 1) {
    const character = text.charAt(at);
    if (character === "`") coded = !coded;
    if (coded || !/[.!?]/u.test(character)) continue;
    const rest = text.slice(at + 1, at + 4);
    if (rest !== "" && !/^["')\]]?\s/u.test(rest)) continue;
    const before = text.slice(Math.max(0, at - 7), at + 1);
    if (character === "." && (ABBREVIATION.test(before) || ITEM_NUMBER.test(before))) continue;
    const end = /^["')\]]/u.test(rest) ? at + 2 : at + 1;
    found.push(text.slice(start, Math.min(end, start + workLimits.sentenceChars)).trim());
    start = end;
    at = end - 1;
  }
  const last = text.slice(start, start + workLimits.sentenceChars).trim();
  return last === "" || found.length >= workLimits.sentencesPerBlock ? found : [...found, last];
}
