import type { SettingTable, SettingValues } from "jobkit-core";
import { diffSettings, type SettingDifference } from "./config/diff-settings.ts";

/** Settings that may change while they are held, and the one way to change them. */
export interface LiveSettings<T extends SettingTable> {
  /** Reads give the value of now. Every property is read-only. */
  readonly view: SettingValues<T>;
  /** Take the new values of the rows marked `reload`; what differs is answered. */
  replace(next: SettingValues<T>): SettingsChange;
}

/** What differs between the values held and newly read ones. */
export interface SettingsChange {
  /** In force from now on. */
  readonly applied: readonly SettingDifference[];
  /** Differ in the file, but the row cannot change while the daemon lives. */
  readonly needRestart: readonly SettingDifference[];
}

/** Hold the values of `table`, beginning with `first`. */
export function liveSettings<T extends SettingTable>(table: T, first: SettingValues<T>): LiveSettings<T> {
  const held = new Map<string, unknown>(Object.entries(first));
  const properties = Object.keys(table).map((name) => [
    name,
    { enumerable: true, get: () => held.get(name) },
  ]);
  // The properties are made from the table that gives the type its keys.
  const view = Object.defineProperties(
    {},
    Object.fromEntries(properties) as PropertyDescriptorMap,
  ) as SettingValues<T>;
  return {
    view,
    replace: (next) => {
      const differences = diffSettings(table, view, next);
      const applied = differences.filter(({ reload }) => reload);
      for (const { name } of applied) held.set(name, next[name]);
      return { applied, needRestart: differences.filter(({ reload }) => !reload) };
    },
  };
}
