import { join } from "node:path";
import type { Counter, EventHistory } from "jobkit-core";
import { countsSince, keptCounters } from "../counters.ts";
import { readEvents } from "../event-log/read-events.ts";
import { dataNames } from "../paths.ts";
import { eventRows } from "../rows.ts";
import type { Cli } from "./cli.ts";
import { readWritten } from "./written-status.ts";

/** A counter as commands give it: over all lives of the daemon. */
export type CounterNow = Omit<Counter, "sinceStart">;

/** Every counter of every table, by id, up to the last event in the log. */
export async function readCountersNow(cli: Cli): Promise<readonly CounterNow[]> {
  const { dataDir } = (await cli.place()).paths;
  const rows = eventRows(cli.app.events);
  const file = await readWritten(cli);
  const folder = join(dataDir, dataNames.events);
  const history: EventHistory = { read: (sinceSeq) => readEvents({ folder, sinceSeq }) };
  const counts = await countsSince(keptCounters(file?.status ?? null), history, rows);
  return [...rows]
    .map(([name, { id, unit, doc }]) => ({ name, id, unit, value: counts[name] ?? 0, doc }))
    .toSorted((a, b) => a.id - b.id);
}
