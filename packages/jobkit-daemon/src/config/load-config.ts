/** Flags, environment, file and defaults to the effective settings: whole, or not at all. */
import { open } from "node:fs/promises";
import {
  environmentLayer,
  resolveSettings,
  treeLayer,
  type ResolvedSettings,
  type SettingLayer,
  type SettingProblem,
  type SettingTable,
} from "jobkit-core";
import { daemonError } from "../errors.ts";
import { isCode } from "../platform/disk.ts";
import { parseConfig, type SettingPlace } from "./parse-config.ts";
import { problemOf, type ConfigProblem } from "./problem.ts";

/** Where settings come from. Strongest first: overrides, environment, file, defaults. */
export interface ConfigRequest<T extends SettingTable> {
  readonly table: T;
  /** Absolute path; `null`: no file is read. */
  readonly file: string | null;
  /** The file was named by a person, so it must exist. */
  readonly fileRequired: boolean;
  /** Keys of the file that are no settings; somebody else reads what stands under them. Default: none. */
  readonly sections?: readonly string[];
  /** Values from the command line, by dotted name. */
  readonly overrides?: Readonly<Record<string, unknown>>;
  /** Default: nothing is read from the environment. */
  readonly env?: {
    readonly variables: Readonly<Record<string, string | undefined>>;
    /** Upper case, without the joining underscore. */
    readonly prefix: string;
    /** Variables with that prefix that are no settings. */
    readonly known: readonly string[];
  };
}

/** The effective settings, or everything that is wrong. */
export type LoadedConfig<T extends SettingTable> =
  | {
      readonly ok: true;
      readonly settings: ResolvedSettings<T> & { readonly ok: true };
      /** The file that was read; `null` where there was none. */
      readonly file: string | null;
      readonly sections: FileSections;
    }
  | {
      readonly ok: false;
      readonly problems: readonly ConfigProblem[];
      /** Those of a file that could be parsed, so that what is wrong in them is told as well. */
      readonly sections: FileSections;
    };

/** What stands in a file beside its settings. */
export interface FileSections {
  /** Path for people; "" where there is no file. */
  readonly source: string;
  /** By key. Checked by nobody yet. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Places of every key, by dotted name. */
  readonly places: ReadonlyMap<string, SettingPlace>;
}

/** The sections of no file. */
export const noSections: FileSections = { source: "", values: {}, places: new Map() };

/** A file larger than this is no configuration. */
export const CONFIG_BYTES_MAX = 1024 * 1024;

/** Read and resolve. Everything that is wrong is answered at once, each with its place; never throws for it. */
export async function loadConfig<T extends SettingTable>(
  request: ConfigRequest<T>,
): Promise<LoadedConfig<T>> {
  const { table, file, overrides, env } = request;
  const read = file === null ? null : await readFileLayer(request, file);
  if (read !== null && !read.ok) return { ok: false, problems: read.problems, sections: noSections };
  const sections = read?.sections ?? noSections;
  const layers: SettingLayer[] = [{ source: "flag", entries: new Map(Object.entries(overrides ?? {})) }];
  if (env !== undefined) layers.push(environmentLayer(table, env.prefix, env.variables, env.known));
  if (read !== null) layers.push(read.layer);
  const settings = resolveSettings(table, layers);
  if (settings.ok) return { ok: true, settings, file: read === null || read.absent ? null : file, sections };
  const problems = settings.problems.map((problem) => placed(problem, file, sections.places));
  return { ok: false, problems, sections };
}

type FileLayer =
  | {
      readonly ok: true;
      readonly layer: SettingLayer;
      readonly sections: FileSections;
      readonly absent: boolean;
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

async function readFileLayer<T extends SettingTable>(
  { table, fileRequired, sections = [] }: ConfigRequest<T>,
  file: string,
): Promise<FileLayer> {
  const text = await readText(file, fileRequired);
  if (typeof text === "object") return { ok: false, problems: [text] };
  const parsed = parseConfig(text ?? "", file);
  if (!parsed.ok) return parsed;
  const { tree, places } = parsed;
  const [apart, settings] = [true, false].map((wanted) =>
    Object.fromEntries(Object.entries(tree).filter(([key]) => sections.includes(key) === wanted)),
  );
  return {
    ok: true,
    layer: treeLayer(table, file, settings ?? {}),
    sections: { source: file, values: apart ?? {}, places },
    absent: text === undefined,
  };
}

/** The text, `undefined` where there is no file and none is required, or what is wrong. */
async function readText(path: string, required: boolean): Promise<string | undefined | ConfigProblem> {
  const refuse = (
    code: "CONFIG_MISSING" | "CONFIG_UNREADABLE",
    doing: string,
    cause?: unknown,
  ): ConfigProblem =>
    problemOf(daemonError(code, doing, { cause }), { source: path, name: null, place: null });
  try {
    await using file = await open(path, "r");
    const { size } = await file.stat();
    if (size > CONFIG_BYTES_MAX)
      return refuse("CONFIG_UNREADABLE", `it has ${size} bytes, more than ${CONFIG_BYTES_MAX}`);
    const bytes = await file.readFile();
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (!isCode(error, "ENOENT")) return refuse("CONFIG_UNREADABLE", `reading it: ${String(error)}`, error);
    return required ? refuse("CONFIG_MISSING", "there is no such file") : undefined;
  }
}

function placed(
  { source, name, error }: SettingProblem,
  file: string | null,
  places: ReadonlyMap<string, SettingPlace>,
): ConfigProblem {
  const place = source === file ? places.get(name) : undefined;
  const at = error.code === "SETTING_UNKNOWN" ? place?.key : place?.value;
  return problemOf(error, { source, name, place: at ?? null });
}
