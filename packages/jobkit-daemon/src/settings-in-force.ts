/** The settings of an application and its shell as one table, and the values in force. */
import type { SettingTable } from "jobkit-core";
import type { App } from "./app.ts";
import { loadConfig, type LoadedConfig } from "./config/load-config.ts";
import { type ConfigProblem, sayProblem } from "./config/problem.ts";
import { pathVariables, variablePrefix } from "./paths.ts";
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

/** The daemon's rows and the application's. @throws RangeError where a name is in both. */
export function wholeTable(app: Pick<App<SettingTable>, "settings">): WholeSettings {
  for (const name of Object.keys(app.settings ?? {}))
    if (Object.hasOwn(daemonSettings, name))
      throw new RangeError(`setting ${name}: the name belongs to the shell`);
  return { ...daemonSettings, ...app.settings };
}

/** Everything in force, or everything that is wrong. */
export async function loadSettings(
  app: App<SettingTable>,
  request: SettingsRequest,
): Promise<LoadedConfig<WholeSettings>> {
  const { overrides = {}, env = {}, configFile = null, configOptional = false } = request;
  return await loadConfig({
    table: wholeTable(app),
    file: configFile,
    fileRequired: !configOptional,
    overrides,
    env: { variables: env, prefix: variablePrefix(app.name), known: pathVariables(app.name) },
  });
}

/** The same for those who cannot go on without. @throws CONFIG_INVALID with every mistake on a line of its own. */
export async function settingsOrThrow(
  app: App<SettingTable>,
  request: SettingsRequest,
): Promise<LoadedConfig<WholeSettings> & { readonly ok: true }> {
  const loaded = await loadSettings(app, request);
  if (!loaded.ok)
    throw shellError("CONFIG_INVALID", `reading the configuration:\n${problemLines(loaded.problems)}`);
  return loaded;
}

/** One line for each problem. */
export function problemLines(problems: readonly ConfigProblem[]): string {
  return problems.map((problem) => `  ${sayProblem(problem)}`).join("\n");
}
