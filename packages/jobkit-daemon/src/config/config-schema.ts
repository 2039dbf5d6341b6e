import { settingsJsonSchema, type Json, type SettingTable } from "jobkit-core";
import { routineJsonSchema } from "../routine/routine.ts";

/** The JSON Schema (draft 2020-12) of a configuration file: settings, pipelines and schedules. */
export function configJsonSchema(table: SettingTable, title: string): Json {
  const schema = settingsJsonSchema(table, { title }) as { readonly [key: string]: Json };
  const settings = schema["properties"] as { readonly [key: string]: Json };
  return { ...schema, properties: { ...settings, ...routineJsonSchema } };
}
