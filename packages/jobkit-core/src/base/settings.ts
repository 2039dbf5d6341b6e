/**
 * Settings as a table: one row per number or switch a person may turn, with its unit, default, reason
 * and both directions. The parser, the JSON Schema, the docs page and `config explain` are derived.
 * Pure: reading files and environment is the shell's business.
 */
import type { SettingRow, SettingTable } from "./setting-row.ts";
import { readSetting } from "./setting-value.ts";

const NAME = /^[a-z][a-zA-Z0-9]*(\.[a-z][a-zA-Z0-9]*)*$/;

/**
 * Declare settings. What types cannot check is checked here, at load.
 * @throws RangeError naming the row whose name is malformed or clashes with another (as a group, or as a
 *   variable of the environment), whose sentence is missing, or whose default it would itself refuse.
 */
export function defineSettings<const T extends SettingTable>(table: T): T {
  const variables = new Map<string, string>();
  for (const [name, row] of Object.entries<SettingRow>(table)) {
    if (!NAME.test(name)) throw new RangeError(`setting ${name}: a name is words joined by dots`);
    if (row.doc.trim() === "") throw new RangeError(`setting ${name}: its sentence is missing`);
    if ((row.min ?? -Infinity) > (row.max ?? Infinity))
      throw new RangeError(`setting ${name}: its range ${row.min} to ${row.max} is empty`);
    const reading = readSetting(row, row.default);
    if (!reading.ok)
      throw new RangeError(`setting ${name}: default ${String(row.default)} is not ${reading.expected}`);
    const variable = settingVariable("", name);
    const twin = variables.get(variable);
    if (twin !== undefined) throw new RangeError(`setting ${name}: same environment variable as ${twin}`);
    variables.set(variable, name);
    refuseGroup(table, name);
  }
  return table;
}

/**
 * The environment variable of a setting: `events.segmentBytes` under "POC" is `POC_EVENTS_SEGMENT_BYTES`.
 * @param prefix Upper case, without the joining underscore; "" for none.
 */
export function settingVariable(prefix: string, name: string): string {
  const snake = name
    .replaceAll(/([A-Z])/g, "_$1")
    .replaceAll(".", "_")
    .toUpperCase();
  return prefix === "" ? snake : `${prefix}_${snake}`;
}

function refuseGroup(table: SettingTable, name: string): void {
  for (let dot = name.indexOf("."); dot !== -1; dot = name.indexOf(".", dot + 1))
    if (Object.hasOwn(table, name.slice(0, dot)))
      throw new RangeError(
        `setting ${name}: ${name.slice(0, dot)} is a setting, so it cannot be a group too`,
      );
}
