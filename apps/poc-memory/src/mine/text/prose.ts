/**
 * Markdown as people and agents write it, read for its sentences: code dropped, headings, bullets, table
 * rows and paragraphs told apart, so that a rule can ask where a sentence stood.
 */
import { workLimits } from "../limits.ts";
import { clean } from "./clean.ts";

/** One block of prose, without emphasis marks; inline code keeps its backticks. */
export interface Block {
  /** `code`: a short fenced block that a line ending in a colon introduces. Other code is dropped. */
  readonly kind: "heading" | "paragraph" | "bullet" | "row" | "code";
  readonly text: string;
  /** The nearest heading above, or a line in bold that acts as one; "" where there is none. */
  readonly heading: string;
  /** The line that introduces it: a paragraph or outer bullet that ends in a colon; "" where there is none. */
  readonly lead: string;
  /** Depth of a bullet, 0 for the outermost and for everything else. */
  readonly depth: number;
}

const FENCE = /^\s{0,12}(?:`{3,}|~{3,})/u;
const HEADING = /^#{1,6}\s{1,4}(.{1,400})$/u;
const BOLD_LINE = /^\*\*([^*\n]{2,200})\*\*:?$/u;
const BULLET = /^(\s{0,24})(?:[-*+•]|\d{1,3}[.)])\s{1,4}(\S.{0,2000})$/u;
const ROW = /^\s{0,4}\|(.{1,2000})\|\s{0,4}$/u;
const RULE_ROW = /^[\s|:-]{1,2000}$/u;

const CODE_LINES_MAX = 2;
const CODE_CHARS_MAX = 140;

/** At most two short lines as inline code; "" where there is more. */
function shortCode(lines: readonly string[]): string {
  const told = lines.filter((line) => line !== "").join("; ");
  return told === "" || lines.length > CODE_LINES_MAX || told.length > CODE_CHARS_MAX
    ? ""
    : `\`${told.replaceAll("`", "'")}\``;
}

/** Blocks of a text, in order; at most `workLimits.blocks`. */
export function blocks(markdown: string): readonly Block[] {
  const found: Block[] = [];
  let heading = "";
  let leads: readonly string[] = [];
  let paragraph: string[] = [];
  let fenced = false;
  let inside: string[] = [];
  let inItem = false;
  const add = (kind: Block["kind"], text: string, depth: number): void => {
    const plainText = plain(text);
    if (plainText !== "" && found.length < workLimits.blocks)
      found.push({
        kind,
        text: plainText,
        heading,
        lead: leads.slice(0, depth + 1).findLast((lead) => lead !== "") ?? "",
        depth,
      });
  };
  const endParagraph = (): void => {
    if (paragraph.length === 0) return;
    const text = paragraph.join(" ");
    paragraph = [];
    leads = [];
    add("paragraph", text, 0);
    leads = [text.trimEnd().endsWith(":") ? plain(text) : ""];
  };
  for (const line of clean(markdown).slice(0, workLimits.entryChars).split("\n")) {
    if (FENCE.test(line)) {
      endParagraph();
      const code = fenced && found.at(-1)?.text.endsWith(":") === true ? shortCode(inside) : "";
      if (code !== "") add("code", code, 0);
      inside = [];
      fenced = !fenced;
      continue;
    }
    if (fenced) {
      if (inside.length <= CODE_LINES_MAX) inside.push(line.trim());
      continue;
    }
    const wasItem: boolean = inItem;
    inItem = BULLET.test(line) || (wasItem && line.trim() !== "");
    const title = HEADING.exec(line)?.[1] ?? BOLD_LINE.exec(line.trim())?.[1];
    const bullet = BULLET.exec(line);
    const row = ROW.exec(line);
    if (
      title !== undefined ||
      bullet !== null ||
      row !== null ||
      line.trim() === "" ||
      /^[-*_]{3,}\s*$/u.test(line)
    )
      endParagraph();
    if (title !== undefined) {
      leads = [];
      heading = "";
      add("heading", title, 0);
      heading = plain(title);
    } else if (bullet !== null) {
      const depth = Math.min(3, Math.floor((bullet[1] ?? "").length / 2));
      const text = bullet[2] ?? "";
      add("bullet", text, depth);
      leads = leads.slice(0, depth + 1);
      while (leads.length <= depth) leads = [...leads, ""];
      leads = [...leads, text.trimEnd().endsWith(":") ? plain(text) : ""];
    } else if (
      /^\s{2,24}\S/u.test(line) &&
      paragraph.length === 0 &&
      found.at(-1)?.kind === "bullet" &&
      wasItem
    ) {
      // The item goes on in the next line.
      const item = found.pop();
      if (item !== undefined) found.push({ ...item, text: `${item.text} ${plain(line)}` });
    } else if (row !== null) {
      if (!RULE_ROW.test(row[1] ?? "")) add("row", row[1] ?? "", 0);
    } else if (line.trim() !== "" && !/^[-*_]{3,}\s*$/u.test(line)) {
      paragraph.push(line.trim());
    }
  }
  endParagraph();
  return found;
}

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

const ABBREVIATION = /(?:\b(?:e\.g|i\.e|vs|etc|cf|approx|incl|no|resp|dr|mr|mrs|st)|\b[A-Z])\.$/iu;

/** Sentences of one block, in order. Inline code, file names and abbreviations do not end one. */
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
    if (character === "." && ABBREVIATION.test(text.slice(Math.max(0, at - 7), at + 1))) continue;
    const end = /^["')\]]/u.test(rest) ? at + 2 : at + 1;
    found.push(text.slice(start, Math.min(end, start + workLimits.sentenceChars)).trim());
    start = end;
    at = end - 1;
  }
  const last = text.slice(start, start + workLimits.sentenceChars).trim();
  return last === "" || found.length >= workLimits.sentencesPerBlock ? found : [...found, last];
}
