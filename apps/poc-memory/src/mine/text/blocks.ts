/**
 * Markdown as people and agents write it, taken apart: code dropped, headings, bullets, table rows and
 * paragraphs told apart, so that a rule can ask where a sentence stood.
 */
import { workLimits } from "../limits.ts";
import { clean } from "./clean.ts";
import { plain } from "./prose.ts";

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
const RULE = /^[-*_]{3,80}\s{0,8}$/u;
const GOES_ON = /^\s{2,24}\S/u;
const DEPTH_MAX = 3;
const CODE_LINES_MAX = 2;
const CODE_CHARS_MAX = 140;

/** Blocks of a text, in order; at most `workLimits.blocks`, of its first `workLimits.entryChars`. */
export function blocks(markdown: string): readonly Block[] {
  const reader = new BlockReader();
  for (const line of clean(markdown).slice(0, workLimits.entryChars).split("\n")) reader.take(line);
  return reader.end();
}

/** Takes lines, gives blocks. Lives as long as one call of `blocks`. */
class BlockReader {
  readonly #found: Block[] = [];
  #heading = "";
  /** What introduces the blocks at each depth, outermost first. */
  #leads: readonly string[] = [];
  #paragraph: readonly string[] = [];
  /** Lines of the fenced block we are in; `null` outside of one. */
  #fenced: readonly string[] | null = null;
  #inItem = false;

  take(line: string): void {
    if (FENCE.test(line)) this.#fence();
    else if (this.#fenced === null) this.#prose(line);
    else if (this.#fenced.length <= CODE_LINES_MAX) this.#fenced = [...this.#fenced, line.trim()];
  }

  end(): readonly Block[] {
    this.#endParagraph();
    return this.#found;
  }

  #fence(): void {
    this.#endParagraph();
    if (this.#fenced !== null && this.#found.at(-1)?.text.endsWith(":") === true)
      this.#add("code", shortCode(this.#fenced), 0);
    this.#fenced = this.#fenced === null ? [] : null;
  }

  #prose(line: string): void {
    const wasItem = this.#inItem;
    const words = line.trim();
    const title = HEADING.exec(line)?.[1] ?? BOLD_LINE.exec(words)?.[1];
    const bullet = BULLET.exec(line);
    const row = ROW.exec(line)?.[1];
    this.#inItem = bullet !== null || (wasItem && words !== "");
    if (title !== undefined) this.#title(title);
    else if (bullet !== null) this.#item(bullet[1] ?? "", bullet[2] ?? "");
    else if (row !== undefined) this.#row(row);
    else if (words === "" || RULE.test(line)) this.#endParagraph();
    else if (wasItem && GOES_ON.test(line) && this.#paragraph.length === 0) this.#itemGoesOn(words);
    else this.#paragraph = [...this.#paragraph, words];
  }

  #title(title: string): void {
    this.#endParagraph();
    this.#leads = [];
    this.#heading = "";
    this.#add("heading", title, 0);
    this.#heading = plain(title);
  }

  #item(indent: string, text: string): void {
    this.#endParagraph();
    const depth = Math.min(DEPTH_MAX, Math.floor(indent.length / 2));
    this.#add("bullet", text, depth);
    const outer = Array.from({ length: depth + 1 }, (_, at) => this.#leads[at] ?? "");
    this.#leads = [...outer, leadOf(text)];
  }

  #itemGoesOn(words: string): void {
    const item = this.#found.at(-1);
    if (item?.kind === "bullet") this.#found.splice(-1, 1, { ...item, text: `${item.text} ${plain(words)}` });
  }

  #row(cells: string): void {
    this.#endParagraph();
    if (!RULE_ROW.test(cells)) this.#add("row", cells, 0);
  }

  #endParagraph(): void {
    if (this.#paragraph.length === 0) return;
    const text = this.#paragraph.join(" ");
    this.#paragraph = [];
    this.#leads = [];
    this.#add("paragraph", text, 0);
    this.#leads = [leadOf(text)];
  }

  #add(kind: Block["kind"], marked: string, depth: number): void {
    const text = plain(marked);
    if (text === "" || this.#found.length >= workLimits.blocks) return;
    const lead = this.#leads.slice(0, depth + 1).findLast((one) => one !== "") ?? "";
    this.#found.push({ kind, text, heading: this.#heading, lead, depth });
  }
}

/** A text that introduces what follows it; "" where it does not. */
function leadOf(text: string): string {
  return text.trimEnd().endsWith(":") ? plain(text) : "";
}

/** At most two short lines as inline code; "" where there is more. */
function shortCode(lines: readonly string[]): string {
  const told = lines.filter((line) => line !== "").join("; ");
  if (told === "" || lines.length > CODE_LINES_MAX || told.length > CODE_CHARS_MAX) return "";
  return `\`${told.replaceAll("`", "'")}\``;
}
