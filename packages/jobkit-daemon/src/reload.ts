/** SIGHUP: read the configuration again, whole or not at all. */
import { describeError } from "jobkit-core";
import type { SettingDifference } from "./config/diff-settings.ts";
import type { SettingsChange } from "./live-settings.ts";
import { poolSizes } from "./open-work.ts";
import { changedIn } from "./routine/changed-in.ts";
import { loadSettings, problemLines, type SettingsRequest } from "./settings-in-force.ts";
import type { Shell } from "./shell.ts";

/** What a reload came to. */
export type Reloaded =
  | ({
      readonly kind: "applied";
      /** Pipelines and schedules that are others now, or came, or went: "pipeline daily". */
      readonly routine: readonly string[];
    } & SettingsChange)
  | { readonly kind: "refused"; readonly why: string };

/**
 * Read the configuration again from where it came from: settings, sizes of pools, pipelines and schedules. A mistake
 * in it changes nothing and is told. Never throws.
 */
export async function reload(
  { app, settings, events, routine, scheduler, parts }: ReloadedShell,
  request: SettingsRequest,
): Promise<Reloaded> {
  const refuse = (why: string): Reloaded => {
    events.emit("config.refused", () => ({ why }));
    return { kind: "refused", why };
  };
  try {
    const loaded = await loadSettings(app, request, routine.known);
    if (!loaded.ok) return refuse(problemLines(loaded.problems));
    const changed = changedIn(routine.now, loaded.routine);
    // First what a store may refuse: then nothing has changed.
    if (changed.length > 0) await routine.replace(loaded.routine);
    const change = settings.replace(loaded.settings.values);
    for (const { name, size } of scheduler.snapshot().pools) {
      const wanted = poolSizes(parts)[name] ?? size;
      if (wanted !== size) scheduler.resizePool(name, wanted);
    }
    events.emit("config.reloaded", () => ({
      changed: listed(change.applied, changed),
      needsRestart: listed(change.needRestart),
    }));
    return { kind: "applied", ...change, routine: changed };
  } catch (error) {
    return refuse(describeError(error).message);
  }
}

/** What of a shell a reload touches. */
type ReloadedShell = Pick<Shell, "app" | "settings" | "events" | "routine" | "scheduler" | "parts">;

/** What a reload came to, in lines for people. */
export function reloadedLines(told: Reloaded): readonly string[] {
  if (told.kind === "refused")
    return ["Configuration refused; everything stays as it was:", ...told.why.split("\n")];
  const { applied, needRestart, routine } = told;
  return [
    `Configuration read again; changed: ${listed(applied, routine)}.`,
    ...(needRestart.length === 0 ? [] : [`Only after a restart: ${listed(needRestart)}.`]),
  ];
}

function listed(differences: readonly SettingDifference[], more: readonly string[] = []): string {
  const words = [
    ...differences.map(({ name, before, after }) => `${name} from ${before} to ${after}`),
    ...more,
  ];
  return words.length === 0 ? "nothing" : words.join(", ");
}
