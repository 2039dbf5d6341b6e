/**
 * Counters live as long as the data folder: the status file holds them up to an event, and the log holds
 * the events after it. So a daemon that was killed between two writes of the status loses no count.
 */
import type { EventHistory, EventRow } from "jobkit-core";

/** Counts as a status file holds them. */
export interface KeptCounters {
  /** Everything up to this event is counted. */
  readonly seq: number;
  readonly values: Readonly<Record<string, number>>;
}

const NONE: KeptCounters = { seq: 0, values: {} };

/** The counters in a status, or none where it has no well-formed ones. */
export function keptCounters(status: unknown): KeptCounters {
  const counters = field(status, "counters");
  const seq = field(counters, "seq");
  const values = field(counters, "values");
  if (typeof seq !== "number" || values === null || typeof values !== "object") return NONE;
  const counts = Object.entries(values).filter(
    (entry): entry is [string, number] => typeof entry[1] === "number",
  );
  return { seq, values: Object.fromEntries(counts) };
}

/**
 * The counts of `kept` and of the events the log holds after it. Rows that count amounts, and transient
 * rows, are exact only up to the last status: their events do not say how much.
 */
export async function countsSince(
  kept: KeptCounters,
  history: EventHistory,
  rows: ReadonlyMap<string, EventRow>,
): Promise<Readonly<Record<string, number>>> {
  const counts = new Map(Object.entries(kept.values));
  for await (const { ev, seq } of history.read(kept.seq))
    if (seq > kept.seq && rows.get(ev)?.unit === "count") counts.set(ev, (counts.get(ev) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function field(value: unknown, name: string): unknown {
  return value !== null && typeof value === "object"
    ? (value as Readonly<Record<string, unknown>>)[name]
    : null;
}
