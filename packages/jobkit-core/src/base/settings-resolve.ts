/**
 * Layers of given values to the effective ones, or to everything that is wrong with them at once.
 * Pure: whoever reads flags, environment and files hands the layers in, strongest first.
 */
import type { CodedError } from "./errors.ts";
import { jobkitError } from "./error-table.ts";
import { formatSetting, readSetting, settingUnit, type SettingValue } from "./setting-value.ts";
import type { SettingKind, SettingRow, SettingTable, SettingValues } from "./setting-row.ts";
import { settingVariable } from "./settings.ts";
import { nearestName } from "./suggest.ts";

/** What one source says. Layers are handed in strongest first: flags, environment, file. */
export interface SettingLayer {
  /** Named in errors and by {@link explainSetting}: "flag", "env", "file" or the name of a file. */
  readonly source: string;
  /** By dotted name. Values as they were given: text of a flag, anything a file can hold. */
  readonly entries: ReadonlyMap<string, unknown>;
}

/** The source of a value that no layer gives. */
export const DEFAULT_SOURCE = "default";

/** One thing that is wrong. `error` is SETTING_UNKNOWN or SETTING_INVALID. */
export interface SettingProblem {
  readonly source: string;
  /** The dotted name as it was given. */
  readonly name: string;
  readonly error: CodedError;
}

/** The effective values and where each comes from, or all problems; never a part of both. */
export type ResolvedSettings<T extends SettingTable> =
  | {
      readonly ok: true;
      readonly values: SettingValues<T>;
      /** Dotted name to the source of its value. */
      readonly sources: Readonly<Record<keyof T & string, string>>;
    }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] };

/** Everything there is to say about one setting. */
export interface SettingExplanation {
  readonly name: string;
  readonly kind: SettingKind;
  readonly value: SettingValue;
  /** The value as it would be written in a file or a flag. */
  readonly text: string;
  readonly source: string;
  readonly default: SettingValue;
  readonly defaultText: string;
  readonly unit: "ms" | "bytes" | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly oneOf: readonly string[] | null;
  readonly doc: string;
  readonly larger: string | null;
  readonly smaller: string | null;
  readonly reload: boolean;
}

/**
 * Resolve `layers`, strongest first, against `table`. A value that a stronger layer hides is checked too:
 * it is wrong all the same, and would bite on the day the flag is left out.
 */
export function resolveSettings<T extends SettingTable>(
  table: T,
  layers: readonly SettingLayer[],
): ResolvedSettings<T> {
  const problems: SettingProblem[] = [];
  const found = new Map<string, { value: SettingValue; source: string }>();
  for (const { source, entries } of layers)
    for (const [name, given] of entries) {
      const row = rowOf(table, name);
      if (row === null) {
        problems.push({ source, name, error: unknown(table, source, name) });
        continue;
      }
      const reading = readSetting(row, given);
      if (!reading.ok) problems.push({ source, name, error: invalid(source, name, given, reading.expected) });
      else if (!found.has(name)) found.set(name, { value: reading.value, source });
    }
  if (problems.length > 0) return { ok: false, problems };
  const names = Object.keys(table);
  const values = Object.fromEntries(
    names.map((name) => [name, found.get(name)?.value ?? table[name]?.default]),
  );
  const sources = Object.fromEntries(names.map((name) => [name, found.get(name)?.source ?? DEFAULT_SOURCE]));
  return {
    ok: true,
    values: values as SettingValues<T>,
    sources: sources as Record<keyof T & string, string>,
  };
}

/**
 * Say everything about one setting.
 * @throws SETTING_UNKNOWN with the nearest name where `name` is not in the table.
 */
export function explainSetting<T extends SettingTable>(
  table: T,
  resolved: ResolvedSettings<T> & { ok: true },
  name: string,
): SettingExplanation {
  const row = rowOf(table, name);
  if (row === null) throw unknown(table, null, name);
  const value = resolved.values[name] as SettingValue;
  return {
    name,
    kind: row.kind,
    value,
    text: formatSetting(row, value),
    source: resolved.sources[name as keyof T & string],
    default: row.default,
    defaultText: formatSetting(row, row.default),
    unit: settingUnit(row.kind),
    min: row.min ?? null,
    max: row.max ?? null,
    oneOf: row.oneOf ?? null,
    doc: row.doc,
    larger: row.larger ?? null,
    smaller: row.smaller ?? null,
    reload: row.reload === true,
  };
}

/**
 * The layer of the environment. A variable with the prefix that belongs to no row is handed on under its
 * own name, so that a misspelt one is an error and not silence.
 * @param prefix Upper case, without the joining underscore, for example the application's name.
 * @param known Variables with that prefix that mean something else, for example the data folder's.
 */
export function environmentLayer(
  table: SettingTable,
  prefix: string,
  environment: Readonly<Record<string, string | undefined>>,
  known: readonly string[] = [],
): SettingLayer {
  const names = new Map(Object.keys(table).map((name) => [settingVariable(prefix, name), name]));
  const entries = new Map<string, unknown>();
  for (const [variable, text] of Object.entries(environment))
    if (text !== undefined && variable.startsWith(`${prefix}_`) && !known.includes(variable))
      entries.set(names.get(variable) ?? variable, text);
  return { source: "env", entries };
}

/**
 * The layer of a parsed file: `{ events: { segmentBytes: 1 } }` becomes `events.segmentBytes`. Whatever is
 * not an object of settings is handed on as it stands and judged by {@link resolveSettings}.
 * @param source Appears in errors: the name of the file.
 */
export function treeLayer(
  table: SettingTable,
  source: string,
  tree: Readonly<Record<string, unknown>>,
): SettingLayer {
  const entries = new Map<string, unknown>();
  const walk = (prefix: string, at: Readonly<Record<string, unknown>>, depth: number): void => {
    for (const [key, value] of Object.entries(at)) {
      const name = prefix === "" ? key : `${prefix}.${key}`;
      const isGroup = value !== null && typeof value === "object" && !Array.isArray(value);
      if (isGroup && !Object.hasOwn(table, name) && depth > 0)
        walk(name, value as Readonly<Record<string, unknown>>, depth - 1);
      else entries.set(name, value);
    }
  };
  walk("", tree, GROUP_DEPTH_MAX);
  return { source, entries };
}

const GROUP_DEPTH_MAX = 16;
const SHOWN_MAX = 80;

function rowOf(table: SettingTable, name: string): SettingRow | null {
  return Object.hasOwn(table, name) ? (table[name] ?? null) : null;
}

function unknown(table: SettingTable, source: string | null, name: string): CodedError {
  const doing = `reading setting ${shown(name)}${source === null ? "" : ` (${source})`}`;
  const inside = Object.keys(table).filter((key) => key.startsWith(`${name}.`));
  if (inside.length > 0)
    return jobkitError("SETTING_UNKNOWN", `${doing}, which is a group`, {
      next: `Set one of its keys: ${inside.slice(0, 8).join(", ")}${inside.length > 8 ? ", …" : ""}.`,
    });
  const near = nearestName(name, candidates(table, name));
  if (near === null) return jobkitError("SETTING_UNKNOWN", doing);
  return jobkitError("SETTING_UNKNOWN", `${doing}: did you mean "${near}"?`, {
    next: `Use "${near}", or list all keys.`,
  });
}

/** The names of the table; as variables with the prefix of `name` where `name` looks like a variable. */
function candidates(table: SettingTable, name: string): readonly string[] {
  const names = Object.keys(table);
  if (!/^[A-Z][A-Z0-9_]*$/.test(name)) return names;
  const words = name.split("_");
  return words.flatMap((_, at) => names.map((one) => settingVariable(words.slice(0, at).join("_"), one)));
}

function invalid(source: string, name: string, given: unknown, expected: string): CodedError {
  return jobkitError(
    "SETTING_INVALID",
    `reading setting ${name} (${source}): ${shown(given)} is not ${expected}`,
    {
      next: `Give ${name} ${expected}.`,
    },
  );
}

/** A given value in an error: short, on one line. */
function shown(given: unknown): string {
  const text = typeof given === "string" ? JSON.stringify(given) : (JSON.stringify(given) ?? String(given));
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}
