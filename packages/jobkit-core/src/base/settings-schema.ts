import type { Json } from "./json.ts";
import { assertNever } from "./never.ts";
import { settingMax, settingMin } from "./setting-value.ts";
import type { SettingRow, SettingTable } from "./setting-row.ts";

/** Titles of a published schema. */
export interface SettingsSchemaOptions {
  /** The `$id`; left out where the schema has no address. */
  readonly id?: string;
  readonly title: string;
}

const DURATION_PATTERN = "^\\s*(\\d[\\d_]*(\\.\\d+)?|(\\d+(\\.\\d+)?(ms|[smhd]) ?)+)\\s*$";
const BYTES_PATTERN = "^\\s*\\d[\\d_]*(\\.\\d+)?( ?([kKMGT]i?B|B))?\\s*$";
const RATIO_PATTERN = "^\\s*-?\\d[\\d_]*(\\.\\d+)?\\s*%?\\s*$";
const COUNT_PATTERN = "^\\s*\\d[\\d_]*\\s*$";

/**
 * The JSON Schema (draft 2020-12) of a settings file: names nested by their dots, unknown keys refused.
 * Editors use it to complete and check. The resolver stays the judge of ranges given as text ("5m").
 */
export function settingsJsonSchema(table: SettingTable, options: SettingsSchemaOptions): Json {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...(options.id === undefined ? {} : { $id: options.id }),
    title: options.title,
    ...group(Object.entries(table)),
  };
}

function group(rows: readonly (readonly [string, SettingRow])[]): { readonly [key: string]: Json } {
  const inner = new Map<string, (readonly [string, SettingRow])[]>();
  const properties: Record<string, Json> = {};
  for (const [name, row] of rows) {
    const dot = name.indexOf(".");
    if (dot === -1) properties[name] = schemaOf(row);
    else {
      const key = name.slice(0, dot);
      inner.set(key, [...(inner.get(key) ?? []), [name.slice(dot + 1), row]]);
    }
  }
  for (const [key, members] of inner) properties[key] = group(members);
  return { type: "object", additionalProperties: false, properties };
}

function schemaOf(row: SettingRow): Json {
  const words = [
    row.doc,
    row.larger === undefined ? null : `Larger: ${row.larger}`,
    row.smaller === undefined ? null : `Smaller: ${row.smaller}`,
  ];
  return {
    description: words.filter((part) => part !== null).join(" "),
    default: row.default,
    ...valueSchema(row),
  };
}

function valueSchema(row: SettingRow): { readonly [key: string]: Json } {
  switch (row.kind) {
    case "duration":
      return numeric(row, "number", DURATION_PATTERN);
    case "bytes":
      return numeric(row, "integer", BYTES_PATTERN);
    case "count":
      return numeric(row, "integer", COUNT_PATTERN);
    case "ratio":
      return numeric(row, "number", RATIO_PATTERN);
    case "flag":
      return { type: "boolean" };
    case "text":
    case "path":
      return { type: "string", ...choice(row) };
    case "list":
      return { type: "array", items: { type: "string", ...choice(row) } };
    default:
      return assertNever(row.kind);
  }
}

function choice(row: SettingRow): { readonly [key: string]: Json } {
  return row.oneOf === undefined ? {} : { enum: row.oneOf };
}

function numeric(
  row: SettingRow,
  type: "number" | "integer",
  pattern: string,
): { readonly [key: string]: Json } {
  const min = settingMin(row);
  const max = settingMax(row);
  const range = {
    ...(Number.isFinite(min) ? { minimum: min } : {}),
    ...(Number.isFinite(max) ? { maximum: max } : {}),
  };
  return {
    anyOf: [
      { type, ...range },
      { type: "string", pattern },
    ],
  };
}
