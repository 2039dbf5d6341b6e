/** The settings of an application and its shell as one table, and the values in force. */
import type { KnownNames, SettingTable, SettingValues } from "jobkit-core";
import type { App } from "./app.ts";
import { loadConfig, type FileSections, type LoadedConfig } from "./config/load-config.ts";
import { type ConfigProblem, problemOf, sayProblem } from "./config/problem.ts";
import { pathVariables, variablePrefix } from "./paths.ts";
import { readRoutine, type Routine, routineSections } from "./routine/routine.ts";
import type { RoutineProblem } from "./routine/spot.ts";
import { daemonSettings, type DaemonSettings } from "./settings.ts";
import { shellError } from "./shell-errors.ts";

/** The daemon's rows and, unseen by the shell's types, an application's. */
export type WholeSettings = SettingTable & DaemonSettings;

/** Where values may come from. Strongest first: overrides, environment, file, defaults. */
export interface SettingsRequest {
  readonly overrides?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: no file is read. */
  readonly configFile?: string | null;
  /** The file need not exist. Default: it must. */
  readonly configOptional?: boolean;
}

/** What a configuration comes to: settings and routine, whole, or everything that is wrong. */
export type InForce =
  | (LoadedConfig<WholeSettings> & { readonly ok: true } & { readonly routine: Routine })
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** The daemon's rows and the application's. @throws RangeError where a name is in both. */
export function wholeTable(app: Pick<App<SettingTable>, "settings">): WholeSettings {
  for (const name of Object.keys(app.settings ?? {})) {
    const isSection = routineSections.some((section) => name === section || name.startsWith(`${section}.`));
    if (Object.hasOwn(daemonSettings, name) || isSection)
      throw new RangeError(`setting ${name}: the name belongs to the shell`);
  }
  return { ...daemonSettings, ...app.settings };
}

/**
 * Everything in force, or everything that is wrong.
 * @param known what the routine may name, where the application is open and knows better than it declared.
 */
export async function loadSettings(
  app: App<SettingTable>,
  request: SettingsRequest,
  known?: KnownNames,
): Promise<InForce> {
  const { overrides = {}, env = {}, configFile = null, configOptional = false } = request;
  const table = wholeTable(app);
  const loaded = await loadConfig({
    table,
    file: configFile,
    fileRequired: !configOptional,
    sections: routineSections,
    overrides,
    env: { variables: env, prefix: variablePrefix(app.name), known: pathVariables(app.name) },
  });
  // Where settings are wrong the routine is read with defaults, so that its mistakes are told in the same answer.
  const values = loaded.ok ? loaded.settings.values : defaultsOf(table);
  const { sections } = loaded;
  const reading = await readRoutine({
    declared: app.routine?.(values) ?? {},
    sections: sections.values,
    known,
    zone: values["work.zone"],
  });
  if (loaded.ok && reading.ok) return { ...loaded, routine: reading.routine };
  const ofRoutine = reading.ok ? [] : reading.problems.map((problem) => placed(problem, sections));
  return { ok: false, problems: [...(loaded.ok ? [] : loaded.problems), ...ofRoutine] };
}

/** The same for those who cannot go on without. @throws CONFIG_INVALID with every mistake on a line of its own. */
export async function settingsOrThrow(
  app: App<SettingTable>,
  request: SettingsRequest,
  known?: KnownNames,
): Promise<InForce & { readonly ok: true }> {
  const loaded = await loadSettings(app, request, known);
  if (!loaded.ok)
    throw shellError("CONFIG_INVALID", `reading the configuration:\n${problemLines(loaded.problems)}`);
  return loaded;
}

/** What holds where nobody says otherwise. */
export function defaultsOf(table: WholeSettings): SettingValues<WholeSettings> {
  const values = Object.entries(table).map(([name, row]) => [name, row.default]);
  return Object.fromEntries(values) as SettingValues<WholeSettings>;
}

/** At the key it is about, or the nearest one around it that stands in the file. */
function placed({ keys, error }: RoutineProblem, { source, places }: FileSections): ConfigProblem {
  const name = keys.join(".");
  for (let depth = keys.length; depth > 0; depth -= 1) {
    const place = places.get(keys.slice(0, depth).join("."));
    if (place !== undefined) return problemOf(error, { source, name, place: place.key });
  }
  // It stands in no file: the application declares it so, or the environment says it.
  return problemOf(error, { source: source === "" ? "routine" : source, name, place: null });
}

/** One line for each problem. */
export function problemLines(problems: readonly ConfigProblem[]): string {
  return problems.map((problem) => `  ${sayProblem(problem)}`).join("\n");
}
