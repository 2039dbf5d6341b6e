import { formatSetting, type SettingTable, type SettingValues } from "jobkit-core";

/** One setting that two configurations value differently. */
export interface SettingDifference {
  readonly name: string;
  /** As they would be written in a file. */
  readonly before: string;
  readonly after: string;
  /** May take effect without a restart. */
  readonly reload: boolean;
}

/** What differs between two sets of values of one table, in the order of its rows. */
export function diffSettings<T extends SettingTable>(
  table: T,
  before: SettingValues<T>,
  after: SettingValues<T>,
): readonly SettingDifference[] {
  return Object.entries(table).flatMap(([name, row]) => {
    const [old, now] = [before[name], after[name]].map((value) =>
      value === undefined ? "" : formatSetting(row, value),
    );
    return old === now ? [] : [{ name, before: old ?? "", after: now ?? "", reload: row.reload === true }];
  });
}
