/** One value against one row: reading it from whatever it was given as, writing it back, saying what fits. */
import { assertNever } from "./never.ts";
import type { SettingKind, SettingRow, SettingTypes } from "./setting-row.ts";
import { formatBytes, formatDuration, parseBytes, parseDuration, parseNumber } from "./units.ts";

/** A value as its row types it. */
export type SettingValue = SettingTypes[SettingKind];

/** Either the value, or the words that complete "NAME must be …". */
export type SettingReading =
  | { readonly ok: true; readonly value: SettingValue }
  | { readonly ok: false; readonly expected: string };

/** A list given as text holds its entries apart by commas; more than so many entries are refused. */
const SETTING_LIST_MAX = 1_000;
/** No text, path or list entry is longer, in characters. */
const SETTING_TEXT_MAX = 65_536;

const YES: ReadonlySet<string> = new Set(["true", "yes", "on", "1"]);
const NO: ReadonlySet<string> = new Set(["false", "no", "off", "0"]);

/**
 * Read `given` (from a file: any JSON value; from flags and environment: text) as a value of `row`.
 * Never throws: what does not fit is answered with what would.
 */
export function readSetting(row: SettingRow, given: unknown): SettingReading {
  const value = read(row, given);
  return value === null || !inRange(row, value)
    ? { ok: false, expected: expectedOf(row) }
    : { ok: true, value };
}

/** The value as text that {@link readSetting} reads back to the same value: 300000 ms is "5m". */
export function formatSetting(row: SettingRow, value: SettingValue): string {
  if (typeof value === "object") return value.join(",");
  if (row.kind === "duration" && typeof value === "number") return formatDuration(value);
  if (row.kind === "bytes" && typeof value === "number") return formatBytes(value);
  return String(value);
}

/** The unit a number of that kind is counted in, or `null` for the kinds that have none. */
export function settingUnit(kind: SettingKind): "ms" | "bytes" | null {
  return kind === "duration" ? "ms" : kind === "bytes" ? "bytes" : null;
}

/** Least value of a numeric row: its own, else 0 where a negative one has no meaning. */
export function settingMin(row: SettingRow): number {
  return row.min ?? (row.kind === "ratio" ? Number.NEGATIVE_INFINITY : 0);
}

/** Greatest value of a numeric row. */
export function settingMax(row: SettingRow): number {
  return row.max ?? Number.POSITIVE_INFINITY;
}

function read(row: SettingRow, given: unknown): SettingValue | null {
  switch (row.kind) {
    case "duration":
      return number(given, parseDuration);
    case "bytes":
      return whole(number(given, parseBytes));
    case "count":
      return whole(number(given, parseNumber));
    case "ratio":
      return number(given, parseRatio);
    case "flag":
      return flag(given);
    case "text":
    case "path":
      return text(given);
    case "list":
      return list(given);
    default:
      return assertNever(row.kind);
  }
}

function number(given: unknown, parse: (text: string) => number | null): number | null {
  const value = typeof given === "string" ? parse(given.trim()) : given;
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function whole(value: number | null): number | null {
  return value !== null && Number.isSafeInteger(value) ? value : null;
}

function parseRatio(given: string): number | null {
  if (!given.endsWith("%")) return parseNumber(given);
  const percent = parseNumber(given.slice(0, -1).trimEnd());
  return percent === null ? null : percent / 100;
}

function flag(given: unknown): boolean | null {
  if (typeof given === "boolean") return given;
  if (typeof given !== "string") return null;
  const word = given.trim().toLowerCase();
  return YES.has(word) ? true : NO.has(word) ? false : null;
}

function text(given: unknown): string | null {
  return typeof given === "string" && given.length <= SETTING_TEXT_MAX && !given.includes("\0")
    ? given
    : null;
}

function list(given: unknown): readonly string[] | null {
  const entries: unknown = typeof given === "string" ? splitList(given) : given;
  if (!Array.isArray(entries) || entries.length > SETTING_LIST_MAX) return null;
  const texts = entries.map(text);
  return texts.every((entry) => entry !== null) ? texts : null;
}

function splitList(given: string): string[] {
  return given
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

function inRange(row: SettingRow, value: SettingValue): boolean {
  if (typeof value === "number") return value >= settingMin(row) && value <= settingMax(row);
  const allowed = row.oneOf;
  if (allowed === undefined || typeof value === "boolean") return true;
  return typeof value === "string"
    ? allowed.includes(value)
    : value.every((entry) => allowed.includes(entry));
}

const kindWords: Readonly<Record<SettingKind, string>> = {
  duration: 'a duration such as "250ms" or "5m", or a number of ms',
  bytes: 'a size such as "64KiB" or "8MiB", or a whole number of bytes',
  count: "a whole number",
  ratio: 'a number such as 0.5, or "50%"',
  text: "a text",
  path: "a path",
  flag: "true or false",
  list: "a list of texts",
};

function expectedOf(row: SettingRow): string {
  const choice = row.oneOf?.join(", ");
  if (choice !== undefined) return row.kind === "list" ? `a list of ${choice}` : `one of ${choice}`;
  if (row.kind === "text" || row.kind === "path" || row.kind === "flag" || row.kind === "list")
    return kindWords[row.kind];
  const min = settingMin(row);
  const max = settingMax(row);
  const least = Number.isFinite(min) ? `at least ${formatSetting(row, min)}` : null;
  const most = Number.isFinite(max) ? `at most ${formatSetting(row, max)}` : null;
  return [kindWords[row.kind], least, most].filter((part) => part !== null).join(", ");
}
