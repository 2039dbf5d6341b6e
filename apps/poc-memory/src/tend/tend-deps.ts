import type { Clock, Emitter } from "jobkit-core";
import type { MemoryEvents } from "../events.ts";
import type { MemoryGraph } from "../graph/memory-graph.ts";
import type { HealthBounds } from "../health/settings.ts";
import type { SqliteMemoryStore } from "../store/sqlite-store.ts";
import type { LocalCalendar } from "./calendar.ts";
import type { TendSettings } from "./settings.ts";

/** What the jobs of the daily work are handed. One owner: the daemon. */
export interface TendDeps {
  readonly store: SqliteMemoryStore;
  /** The daemon's one graph; brought up to date by whoever measures. */
  readonly graph: MemoryGraph;
  readonly events: Emitter<MemoryEvents>;
  readonly clock: Clock;
  readonly calendar: LocalCalendar;
  /** The live values: a reload is seen by the next attempt. */
  readonly settings: TendSettings & HealthBounds;
}

/** Today's date where the person lives. */
export function today({ calendar, clock }: Pick<TendDeps, "calendar" | "clock">): string {
  return calendar.dateOf(clock.now());
}

/** A date that has not come yet counts as today: the future must not be lived through ahead of time. */
export function notAfterToday(date: string, deps: Pick<TendDeps, "calendar" | "clock">): string {
  const now = today(deps);
  return date < now ? date : now;
}
