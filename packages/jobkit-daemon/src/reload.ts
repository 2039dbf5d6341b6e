/** SIGHUP: read the configuration again, whole or not at all. */
import { describeError } from "jobkit-core";
import type { SettingDifference } from "./config/diff-settings.ts";
import type { SettingsChange } from "./live-settings.ts";
import { loadSettings, problemLines, type SettingsRequest } from "./settings-in-force.ts";
import type { Shell } from "./shell.ts";

/** What a reload came to. */
export type Reloaded =
  | ({ readonly kind: "applied" } & SettingsChange)
  | { readonly kind: "refused"; readonly why: string };

/** Read the settings again from where they came from. A mistake in them changes nothing and is told. Never throws. */
export async function reload(
  { app, settings, events }: Pick<Shell, "app" | "settings" | "events">,
  request: SettingsRequest,
): Promise<Reloaded> {
  const refuse = (why: string): Reloaded => {
    events.emit("config.refused", () => ({ why }));
    return { kind: "refused", why };
  };
  try {
    const loaded = await loadSettings(app, request);
    if (!loaded.ok) return refuse(problemLines(loaded.problems));
    const change = settings.replace(loaded.settings.values);
    events.emit("config.reloaded", () => ({
      changed: listed(change.applied),
      needsRestart: listed(change.needRestart),
    }));
    return { kind: "applied", ...change };
  } catch (error) {
    return refuse(describeError(error).message);
  }
}

/** What a reload came to, in lines for people. */
export function reloadedLines(told: Reloaded): readonly string[] {
  if (told.kind === "refused")
    return ["Configuration refused; everything stays as it was:", ...told.why.split("\n")];
  const { applied, needRestart } = told;
  return [
    `Configuration read again; changed: ${listed(applied)}.`,
    ...(needRestart.length === 0 ? [] : [`Only after a restart: ${listed(needRestart)}.`]),
  ];
}

function listed(differences: readonly SettingDifference[]): string {
  if (differences.length === 0) return "nothing";
  return differences.map(({ name, before, after }) => `${name} from ${before} to ${after}`).join(", ");
}
