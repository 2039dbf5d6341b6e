import { formatSetting, settingMax, settingMin } from "../base/setting-value.ts";
import type { SettingRow, SettingTable } from "../base/setting-row.ts";
import { settingVariable } from "../base/settings.ts";
import { code, markdownTable, pageHead } from "./markdown.ts";

/** One table of the page. */
export interface SettingsChapter {
  readonly title: string;
  /** A sentence or two before the table. May be "". */
  readonly intro: string;
  readonly table: SettingTable;
}

const INTRO = `A flag overrides the environment, the environment the file, the file the default. In the file, dots nest:
\`a.b\` stands as \`a: { b: … }\`. Durations are ms or texts such as \`5m\`, sizes bytes or texts such as \`8MiB\`.
Unknown keys are errors.`;

/**
 * The page of all settings: an overview per table, then each row with its range, unit and both directions.
 * @param prefix Of the environment variables, in upper case, without the joining underscore.
 */
export function settingsMarkdown(chapters: readonly SettingsChapter[], prefix: string): string {
  return [pageHead("Settings", INTRO), ...chapters.map((one) => chapter(one, prefix))].join("\n");
}

function chapter({ title, intro, table }: SettingsChapter, prefix: string): string {
  const rows = Object.entries(table);
  const overview = markdownTable(
    ["setting", "kind", "default", "meaning"],
    rows.map(([name, row]) => [code(name), row.kind, shown(row), row.doc]),
  );
  const sections = rows.map(([name, row]) => section(name, row, prefix));
  return [`## ${title}\n`, ...(intro === "" ? [] : [`${intro}\n`]), overview, "", ...sections].join("\n");
}

function section(name: string, row: SettingRow, prefix: string): string {
  const facts = [
    ["kind", row.kind],
    ["default", shown(row)],
    ["range", range(row)],
    ["one of", row.oneOf?.map(code).join(", ") ?? ""],
    ["environment", code(settingVariable(prefix, name))],
    ["changes", row.reload === true ? "at a reload" : "at the next start"],
    ["larger", row.larger ?? ""],
    ["smaller", row.smaller ?? ""],
  ].filter(([, value]) => value !== "");
  const list = facts.map(([key, value]) => `- ${key}: ${value}`).join("\n");
  return `### ${name}\n\n${row.doc}\n\n${list}\n`;
}

function shown(row: SettingRow): string {
  const text = formatSetting(row, row.default);
  return text === "" ? "empty" : code(text);
}

function range(row: SettingRow): string {
  const [min, max] = [settingMin(row), settingMax(row)];
  if (row.min === undefined && row.max === undefined) return "";
  const least = Number.isFinite(min) ? `from ${code(formatSetting(row, min))}` : "";
  const most = Number.isFinite(max) ? `to ${code(formatSetting(row, max))}` : "";
  return [least, most].filter((part) => part !== "").join(" ");
}
