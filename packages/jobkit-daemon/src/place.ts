/** Where an instance is and what holds there: its paths and its settings. */
import type { ResolvedSettings, SettingTable, SettingValues } from "jobkit-core";
import type { App } from "./app.ts";
import { type Paths, type PathsRequest, resolvePaths } from "./paths.ts";
import type { Routine } from "./routine/routine.ts";
import { settingsOrThrow, type WholeSettings, wholeTable } from "./settings-in-force.ts";

/** What {@link openPlace} goes by. */
export interface PlaceRequest extends Omit<PathsRequest, "app"> {
  readonly app: App<SettingTable>;
  readonly overrides: Readonly<Record<string, unknown>>;
}

/** An instance seen from outside. Nothing is made or locked by knowing it. */
export interface Place {
  readonly paths: Paths;
  /** Every row there is. */
  readonly table: WholeSettings;
  readonly resolved: ResolvedSettings<WholeSettings> & { readonly ok: true };
  readonly settings: SettingValues<WholeSettings>;
  /** The file that was read; `null` where there is none. */
  readonly configFile: string | null;
  /** Its pipelines and schedules. */
  readonly routine: Routine;
}

/** Find out. @throws CONFIG_INVALID, HOME_UNKNOWN, PATH_INVALID. */
export async function openPlace(request: PlaceRequest): Promise<Place> {
  const { app, overrides, env } = request;
  const paths = resolvePaths({ ...request, app: app.name });
  const loaded = await settingsOrThrow(app, {
    overrides,
    env,
    configFile: paths.configFile,
    configOptional: !paths.configNamed,
  });
  const { settings: resolved, file: configFile, routine } = loaded;
  return { paths, table: wholeTable(app), resolved, settings: resolved.values, configFile, routine };
}
