import { type EventRow, type EventTable, jobkitEvents } from "jobkit-core";
import { daemonEvents } from "./events.ts";

/** Every row that a daemon of an application with this table can emit, by name. */
export function eventRows(own: EventTable | undefined): ReadonlyMap<string, EventRow> {
  const tables: readonly EventTable[] = [jobkitEvents, daemonEvents, own ?? {}];
  return new Map(tables.flatMap((table) => Object.entries<EventRow>(table)));
}
