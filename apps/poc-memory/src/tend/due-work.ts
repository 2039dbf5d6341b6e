/** What a pipeline asks before it works: whether memory has changed, and which digests are due. Nothing is changed here. */
import type { PhaseFunctions } from "jobkit-core";
import { dueDigests } from "../digest/sources.ts";
import type { DigestLevel } from "../digest/level.ts";
import { DIGEST_AUTHOR } from "../digest/write.ts";
import type { SqliteMemoryStore } from "../store/sqlite-store.ts";
import { CAP_AUTHOR } from "./cap.ts";
import { DECAY_AUTHOR } from "./fade.ts";
import { ORPHANS_AUTHOR } from "./orphans.ts";
import { today, type TendDeps } from "./tend-deps.ts";

const CURSOR = "tend.revision";

/** What the daily work writes is no reason to do it again. */
const OURS: ReadonlySet<string> = new Set([DECAY_AUTHOR, ORPHANS_AUTHOR, CAP_AUTHOR, DIGEST_AUTHOR]);

/** Remember up to which revision the daily work has tended memory. */
export function noteTended(store: SqliteMemoryStore, revision: number): void {
  store.progress.setCursor(CURSOR, String(revision));
}

/** Has anybody but the daily work itself changed memory since it was last done to its end? */
export function graphChanged(store: SqliteMemoryStore): boolean {
  const tended = Number(store.progress.cursor(CURSOR) ?? 0);
  return store.authorsSince(tended).some((author) => !OURS.has(author));
}

/** First dates of the digests that are due, the oldest first, at most as many as one run asks for. */
export function missingDigests(
  deps: Pick<TendDeps, "store" | "calendar" | "clock" | "settings">,
  level: DigestLevel,
): readonly string[] {
  return dueDigests(deps, level, today(deps)).slice(0, deps.settings["digests.perRun"]);
}

/** The predicates that a pipeline may name. */
export function tendPredicates({ store }: Pick<TendDeps, "store">) {
  return { "graph-changed": () => graphChanged(store) } as const satisfies PhaseFunctions["predicates"];
}

/** The lists that a pipeline may name: dates for `digest-day`, `digest-week` and `digest-month`. */
export function tendLists(deps: Pick<TendDeps, "store" | "calendar" | "clock" | "settings">) {
  return {
    "days-missing": () => missingDigests(deps, "day"),
    "weeks-missing": () => missingDigests(deps, "week"),
    "months-missing": () => missingDigests(deps, "month"),
  } as const satisfies PhaseFunctions["lists"];
}
