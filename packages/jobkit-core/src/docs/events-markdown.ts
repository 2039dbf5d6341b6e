import type { EventRow, EventTable, Field } from "../events/define.ts";
import { eventAttrsSchema } from "./events-json-schema.ts";
import { code, markdownTable, pageHead } from "./markdown.ts";

/** One table of the page: whose rows they are, and the rows. */
export interface EventsChapter {
  readonly title: string;
  /** A sentence or two before the table. May be "". */
  readonly intro: string;
  readonly table: EventTable;
}

const INTRO = `Every event is one line of JSON: \`seq\` (number in the durable stream), \`ts\` (ms since 1970), \`ev\`,
\`sev\`, \`trace\` (the run), \`span\` (the attempt), \`job\`, \`attempt\` and \`attrs\`, the fields below. Each row
also has a counter of the same name. Rows marked *transient* are counted and shown live, but neither numbered
nor kept. A field marked *histogram* feeds one, for each job; one marked *metric label* keeps counter and
histograms of its row apart by its values.`;

/** The page of all events: an overview per table, then each row with its fields and the schema of its \`attrs\`. */
export function eventsMarkdown(chapters: readonly EventsChapter[]): string {
  return [pageHead("Events", INTRO), ...chapters.map(chapter)].join("\n");
}

function chapter({ title, intro, table }: EventsChapter): string {
  const rows = Object.entries(table).toSorted(([, a], [, b]) => a.id - b.id);
  const overview = markdownTable(
    ["id", "event", "severity", "counts", "meaning"],
    rows.map(([name, row]) => [
      String(row.id),
      `[${code(name)}](#${anchor(name)})`,
      row.sev,
      row.unit === "count" ? "occurrences" : row.unit,
      row.doc,
    ]),
  );
  return [`## ${title}\n`, ...(intro === "" ? [] : [`${intro}\n`]), overview, "", ...rows.map(section)].join(
    "\n",
  );
}

function section([name, row]: readonly [string, EventRow]): string {
  const fields = Object.entries(row.fields);
  const table = markdownTable(
    ["field", "kind", "values", "use"],
    fields.map(([key, field]) => [code(key), field.kind, choices(field), use(row, key, field)]),
  );
  return [
    `### ${name}\n`,
    `${row.doc}${marks(row)}\n`,
    ...(fields.length === 0 ? ["No fields.\n"] : [table, ""]),
    `<details><summary>JSON Schema of attrs</summary>\n`,
    `\`\`\`json\n${JSON.stringify(eventAttrsSchema(row), null, 2)}\n\`\`\`\n`,
    "</details>\n",
  ].join("\n");
}

function marks(row: EventRow): string {
  const found = [row.transient === true ? "transient" : "", row.obsolete === true ? "obsolete" : ""];
  const words = found.filter((word) => word !== "");
  return words.length === 0 ? "" : ` (*${words.join(", ")}*)`;
}

function choices({ values }: Field<unknown>): string {
  return values === undefined ? "" : values.map(code).join(", ");
}

/** What a reader may do with a field. Only the labels that the row names become labels of a metric. */
function use(row: EventRow, key: string, { kind }: Field<unknown>): string {
  if (row.hist?.includes(key) === true) return "histogram";
  if (row.by?.includes(key) === true) return "metric label, filter";
  return kind === "label" ? "filter" : kind === "id" ? "search" : "";
}

/** The anchor that GitHub gives a heading. */
function anchor(name: string): string {
  return name.toLowerCase().replaceAll(".", "");
}
