import type { ErrorTable } from "../base/errors.ts";
import { code, markdownTable, pageHead } from "./markdown.ts";

/** One table of the page: whose codes they are, and the rows. */
export interface ErrorsChapter {
  readonly title: string;
  /** A sentence or two before the table. May be "". */
  readonly intro: string;
  readonly table: ErrorTable;
}

const INTRO = `Every error has a code, says what was being done to what, and what to do next. Codes are stable and never
reused; words may change. A task that fails with a code marked "no" under *retry* is not tried again.`;

/** The page of all error codes, alphabetical within each table. */
export function errorsMarkdown(chapters: readonly ErrorsChapter[]): string {
  return [pageHead("Errors", INTRO), ...chapters.map(chapter)].join("\n");
}

function chapter({ title, intro, table }: ErrorsChapter): string {
  const rows = Object.entries(table).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const page = markdownTable(
    ["code", "retry", "meaning", "what to do"],
    rows.map(([name, row]) => [code(name), row.retry ? "yes" : "no", row.doc, row.next]),
  );
  return [`## ${title}\n`, ...(intro === "" ? [] : [`${intro}\n`]), `${page}\n`].join("\n");
}
