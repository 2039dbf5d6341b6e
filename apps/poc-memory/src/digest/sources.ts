/**
 * What each digest is made from. A day: the sessions that began on it and the facts first met on it. A week: the
 * digests of its days. A month: the digests of its days for what it tells, those of its weeks for what leads to it.
 */
import type { NodeOutline, NodeType } from "../store/node.ts";
import type { SqliteMemoryStore } from "../store/sqlite-store.ts";
import type { LocalCalendar } from "../tend/calendar.ts";
import { addDays, DAY_MS, isKnownTime, stampOf } from "../tend/date.ts";
import { digestKey, lastOf, startOf, type DigestLevel } from "./level.ts";
import { fingerprintOf, MadeDigests } from "./made.ts";

/** Where digests lie and whose days they tell. */
export interface DigestPlace {
  readonly store: SqliteMemoryStore;
  readonly calendar: LocalCalendar;
}

const DAY_SOURCES: readonly NodeType[] = ["session", "semantic"];
/** No zone is further from UTC than 14 hours, so a local day lies within a day of the one in UTC. */
const ZONE_MS = DAY_MS;

/** The sources of a day, by time. */
export function daySources({ store, calendar }: DigestPlace, date: string): readonly NodeOutline[] {
  const from = stampOf(date);
  return store
    .outlines(DAY_SOURCES, from - ZONE_MS, from + DAY_MS + ZONE_MS)
    .filter(({ createdAtMs }) => isKnownTime(createdAtMs) && calendar.dateOf(createdAtMs) === date);
}

/** The living digests of a level whose time touches `from` to `last`, by first date. */
export function madeWithin(
  { store }: DigestPlace,
  level: DigestLevel,
  { from, last }: { readonly from: string; readonly last: string },
): ReadonlyMap<string, NodeOutline> {
  const starts = [...new MadeDigests(store).of(level).keys()].filter(
    (start) => lastOf(level, start) >= from && start <= last,
  );
  const living = starts.toSorted().map((start) => [start, store.get(digestKey(level, start))] as const);
  return new Map(living.flatMap(([start, node]) => (node === null ? [] : [[start, node] as const])));
}

/** The sources of a digest, whatever its level. */
export function sourcesOf(place: DigestPlace, level: DigestLevel, start: string): readonly NodeOutline[] {
  if (level === "day") return daySources(place, start);
  const span = { from: start, last: lastOf(level, start) };
  const days = [...madeWithin(place, "day", span).values()];
  if (level === "week" || days.length === 0) return days;
  return [...days, ...madeWithin(place, "week", span).values()];
}

/**
 * First dates of the digests that have to be written or written again, the oldest first: their time is over, and
 * they are missing, or their sources have changed, come late, or gone.
 */
export function dueDigests(place: DigestPlace, level: DigestLevel, today: string): readonly string[] {
  const made = new MadeDigests(place.store).of(level);
  const found = level === "day" ? dayBuckets(place) : spanBuckets(place, level);
  return [...new Set([...found.keys(), ...made.keys()])]
    .filter((start) => lastOf(level, start) < today)
    .filter((start) => {
      const sources = found.get(start) ?? [];
      return (
        made.get(start) !==
        (sources.length === 0 ? undefined : fingerprintOf(sources, place.calendar.timeZone))
      );
    })
    .toSorted();
}

function dayBuckets({ store, calendar }: DigestPlace): ReadonlyMap<string, readonly NodeOutline[]> {
  const days = new Map<string, NodeOutline[]>();
  for (const node of store.outlines(DAY_SOURCES)) {
    if (!isKnownTime(node.createdAtMs)) continue;
    const date = calendar.dateOf(node.createdAtMs);
    const day = days.get(date);
    if (day === undefined) days.set(date, [node]);
    else day.push(node);
  }
  return days;
}

function spanBuckets(
  place: DigestPlace,
  level: "week" | "month",
): ReadonlyMap<string, readonly NodeOutline[]> {
  const spans = new Map<string, NodeOutline[]>();
  const add = (start: string, node: NodeOutline): void => {
    const span = spans.get(start);
    if (span === undefined) spans.set(start, [node]);
    else span.push(node);
  };
  const always = { from: "", last: "9999" };
  for (const [date, node] of madeWithin(place, "day", always)) add(startOf(level, date), node);
  if (level === "month")
    for (const [monday, node] of madeWithin(place, "week", always))
      for (const start of new Set([startOf("month", monday), startOf("month", addDays(monday, 6))]))
        if (spans.has(start)) add(start, node);
  return spans;
}
