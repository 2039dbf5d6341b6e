/** Words shared by episodes and facts: when it was, where, and what a change was. */
import type { Change, Commit, Fix, LinePlace } from "./segment-state.ts";
import type { Receipt } from "./mined.ts";
import { balanced, inline } from "./text/clean.ts";
import { shorten } from "./text/keep.ts";
import { blocks } from "./text/blocks.ts";

const CHANGES_TOLD = 3;

/** A day, as 2026-11-22 (UTC). */
export function day(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** A day and a minute, as 2026-11-22 14:05 (UTC). */
export function minute(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16).replace("T", " ");
}

/** A place as a receipt. */
export function receipt(transcript: string, { line, uuid, atMs }: LinePlace): Receipt {
  return { transcript, line, uuid, atMs };
}

/** Receipts in the order given, each line once, at most `count`. */
export function receipts(
  transcript: string,
  places: readonly (LinePlace | null)[],
  count: number,
): readonly Receipt[] {
  const seen = new Set<number>();
  const found: Receipt[] = [];
  for (const place of places) {
    if (place === null || seen.has(place.line) || found.length >= count) continue;
    seen.add(place.line);
    found.push(receipt(transcript, place));
  }
  return found;
}

/** What was changed to mend something. */
export function changesTold(changes: readonly Change[]): string {
  const byPath = new Map<string, string[]>();
  for (const { path, change } of changes.slice(-CHANGES_TOLD))
    byPath.set(path, [...(byPath.get(path) ?? []), ...(change === "" ? [] : [change])]);
  return [...byPath]
    .map(([path, told]) => (told.length === 0 ? `\`${path}\`` : `\`${path}\` (${told.join(", ")})`))
    .join(" and ");
}

/** A failure and its mending in one or two sentences. */
export function fixTold(fix: Fix, project: string): string {
  const [first = "", second] = fix.errors;
  const error = `"${inline(first)}"${second === undefined ? "" : `, and "${inline(second)}"`}`;
  const failed =
    fix.command === null
      ? `In ${project}, this error was reported: ${error}.`
      : `In ${project}, \`${inline(fix.command)}\` failed with ${error}.`;
  const why = fix.why === "" ? "" : ` ${ended(inline(fix.why))}`;
  const passed = fix.command === null ? "after that the checks passed" : "after that it passed";
  return balanced(`${failed}${why} Fixed in ${changesTold(fix.changes)}; ${passed}.`);
}

/** Subject and reasons of a commit, in prose: whole paragraphs and items up to `chars`. */
export function commitTold(commit: Commit, chars: number): string {
  const told = blocks(commit.body).map((block) =>
    block.kind === "bullet" ? `• ${inline(block.text)}` : inline(block.text),
  );
  let text = told.length === 0 ? commit.subject : ended(commit.subject);
  for (const [n, words] of told.entries()) {
    const isCut = words.endsWith("…") || text.length + words.length + 1 > chars;
    if (isCut && n > 0) break;
    text = shorten(`${text} ${words}`, chars);
  }
  return balanced(text.replace(/\s[^.!?:•]{1,60}:$/u, ""));
}

/** The text as a sentence. */
export function ended(text: string): string {
  return /[.!?…]["')`]?$/u.test(text) ? text : `${text}.`;
}
