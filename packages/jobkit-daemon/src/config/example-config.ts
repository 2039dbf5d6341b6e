import { formatSetting, type SettingRow, type SettingTable } from "jobkit-core";

/** Titles of an example file. */
export interface ExampleOptions {
  /** First line, for people. */
  readonly title: string;
  /** Path or address of the JSON Schema, for editors. */
  readonly schema?: string;
}

const WIDTH = 100;

/**
 * A configuration file with every row as a comment: what it does, both directions, its default. As it stands
 * it changes nothing; taking the `# ` from a line that has a key (and from its group) sets that row.
 */
export function exampleConfig(table: SettingTable, options: ExampleOptions): string {
  const groups = Map.groupBy(Object.entries(table), ([name]) =>
    name.slice(0, Math.max(0, name.indexOf("."))),
  );
  const lines = options.schema === undefined ? [] : [`# yaml-language-server: $schema=${options.schema}`];
  lines.push(`## ${options.title}`);
  for (const [group, rows] of groups) {
    lines.push("");
    if (group !== "") lines.push(`# ${group}:`);
    const indent = group === "" ? "" : "  ";
    for (const [name, row] of rows) lines.push(...rowLines(name.slice(name.indexOf(".") + 1), row, indent));
  }
  return `${lines.join("\n")}\n`;
}

function rowLines(key: string, row: SettingRow, indent: string): readonly string[] {
  const words = [row.doc, prefixed("Larger: ", row.larger), prefixed("Smaller: ", row.smaller), rangeOf(row)];
  return [
    ...words.flatMap((text) => (text === null ? [] : wrap(text).map((line) => `${indent}## ${line}`))),
    `# ${indent}${key}: ${yamlValue(row)}`,
  ];
}

function prefixed(word: string, text: string | undefined): string | null {
  return text === undefined ? null : `${word}${text}`;
}

function rangeOf(row: SettingRow): string | null {
  if (row.oneOf !== undefined) return `One of: ${row.oneOf.join(", ")}.`;
  const [min, max] = [row.min, row.max].map((bound) =>
    bound === undefined ? null : formatSetting(row, bound),
  );
  if (min === null && max === null) return null;
  return max === null ? `At least ${min}.` : min === null ? `At most ${max}.` : `From ${min} to ${max}.`;
}

/** JSON is YAML: texts and lists are written as JSON, so that nothing in them has to be escaped otherwise. */
function yamlValue(row: SettingRow): string {
  const quoted = row.kind === "text" || row.kind === "path" || row.kind === "list";
  return quoted ? JSON.stringify(row.default) : formatSetting(row, row.default);
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length >= WIDTH) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
