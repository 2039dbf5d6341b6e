/** Writing one digest into the store: its text, its links, and what it was made from, all in one transaction. */
import type { Change } from "../store/memory-store.ts";
import type { MemoryNode, NodeOutline, NodeType } from "../store/node.ts";
import type { SqliteMemoryStore } from "../store/sqlite-store.ts";
import { mondayOf } from "../tend/date.ts";
import { gather, type FactSource, type Gathered } from "./gather.ts";
import { digestKey, lastOf, type DigestLevel } from "./level.ts";
import { fingerprintOf, MadeDigests } from "./made.ts";
import { toldFacts } from "./sections.ts";
import { daySources, madeWithin, sourcesOf, type DigestPlace } from "./sources.ts";
import { dayBounds, writeDay } from "./write-day.ts";
import { writeMonth, writeWeek, type SpanPart } from "./write-span.ts";

/** Who writes digests. One that somebody else wrote last is that person's, and keeps its text. */
export const DIGEST_AUTHOR = "tend:digest";

/** Category of every digest. */
export const DIGEST_CATEGORY = "digest";

/** A new digest weighs little: what it repeats is to be found first where it was told first. */
const DIGEST_WEIGHT = 0.2;

/** A digest tells of many things, so it says little about each: its links are weaker than any of provenance. */
const DIGEST_STRENGTH = 0.3;

/**
 * What became of a digest. `written`: new, or its text changed. `unchanged`: its text is still true. `kept`: a person
 * has edited, renamed or forgotten it, and so it stays. `gone`: nothing is left to tell. `unfinished`: too early.
 */
export interface DigestDone {
  readonly outcome: "written" | "unchanged" | "kept" | "gone" | "unfinished";
  readonly key: string;
  readonly sources: number;
  readonly linked: number;
  readonly unlinked: number;
}

/** When it is written: `today` in the calendar of the place, and wall time in ms since 1970 for the revision. */
export interface DigestTime {
  readonly today: string;
  readonly atMs: number;
}

/** Write the digest that begins on `start`. Doing it twice equals doing it once. */
export function writeDigest(
  place: DigestPlace,
  level: DigestLevel,
  start: string,
  { today, atMs }: DigestTime,
): DigestDone {
  const key = digestKey(level, start);
  const nothing = { key, sources: 0, linked: 0, unlinked: 0 };
  if (lastOf(level, start) >= today) return { outcome: "unfinished", ...nothing };
  const { store } = place;
  const made = new MadeDigests(store);
  return store.atomically(`writing ${key}`, () => {
    const sources = sourcesOf(place, level, start);
    const old = store.get(key);
    if (sources.length === 0) {
      const changes: Change[] = old?.author === DIGEST_AUTHOR ? [{ kind: "forget", key }] : [];
      const alongside = (): void => made.note(level, start, null);
      store.apply({ author: DIGEST_AUTHOR, atMs, changes, alongside });
      return { outcome: "gone", ...nothing };
    }
    const { content, linked } = level === "day" ? dayText(place, start) : spanText(place, level, start);
    const isOurs = old === null ? !isTaken(store, key) : old.author === DIGEST_AUTHOR;
    const isNew = old === null ? { weight: DIGEST_WEIGHT } : {};
    const changes = isOurs ? [{ ...putChange(key, level, content, sources), ...isNew }] : [];
    const { written } = store.apply({ author: DIGEST_AUTHOR, atMs, changes });
    const links = linkChanges(store, key, level, linked);
    const alongside = (): void => made.note(level, start, fingerprintOf(sources, place.calendar.timeZone));
    const done = store.apply({ author: DIGEST_AUTHOR, atMs, changes: links, alongside });
    return {
      outcome: isOurs ? (written > 0 ? "written" : "unchanged") : "kept",
      key,
      sources: linked.length,
      linked: done.linked,
      unlinked: done.unlinked,
    };
  });
}

/** Has somebody else forgotten the digest of this key, or given it another one? */
function isTaken(store: SqliteMemoryStore, key: string): boolean {
  const last = store.history(key, 1)[0];
  return last !== undefined && (last.content !== null || last.author !== DIGEST_AUTHOR);
}

/** It stands at its latest source: after what it tells in a list by time, and never in the future. */
function putChange(
  key: string,
  level: DigestLevel,
  content: string,
  sources: readonly NodeOutline[],
): Change {
  const createdAtMs = Math.max(...sources.map((source) => source.createdAtMs));
  return {
    kind: "put",
    key,
    type: level,
    content,
    category: DIGEST_CATEGORY,
    createdAtMs,
    backdate: true,
    // Digests speak of everything: shared links through what they name would say nothing.
    entities: [],
  };
}

interface DigestText {
  readonly content: string;
  /** Keys of the nodes that are linked to it. */
  readonly linked: readonly string[];
}

/** Every session leads to its day. A fact does so over its session, or by itself where it has none on this day. */
function dayText(place: DigestPlace, date: string): DigestText {
  const { gathered, episodes, facts } = gatherDay(place, date);
  const here = new Set(episodes.map(({ id }) => id));
  const told = new Set(toldFacts(gathered, dayBounds).map(({ id }) => id));
  const alone = facts.filter(
    ({ node, episodes: from }) => told.has(node.id) && !from.some((id) => here.has(id)),
  );
  return {
    content: writeDay(date, gathered, place.calendar),
    linked: [...episodes.map(({ key }) => key), ...alone.map(({ node }) => node.key)],
  };
}

function spanText(place: DigestPlace, level: "week" | "month", start: string): DigestText {
  const span = { from: start, last: lastOf(level, start) };
  const days = madeWithin(place, "day", span);
  const parts = [...days.keys()].map((date) => ({ date, gathered: gatherDay(place, date).gathered }));
  if (level === "week")
    return { content: writeWeek(start, parts), linked: [...days.values()].map(({ key }) => key) };
  return {
    content: writeMonth(start, byWeek(parts), parts.length),
    linked: [...madeWithin(place, "week", span).values()].map(({ key }) => key),
  };
}

function byWeek(days: readonly SpanPart[]): readonly SpanPart[] {
  const weeks = Map.groupBy(days, ({ date }) => mondayOf(date));
  return [...weeks].map(([date, parts]) => ({
    date,
    gathered: {
      happenings: parts.flatMap(({ gathered }) => gathered.happenings),
      learned: parts.flatMap(({ gathered }) => gathered.learned),
    },
  }));
}

function gatherDay(
  place: DigestPlace,
  date: string,
): {
  readonly gathered: Gathered;
  readonly episodes: readonly MemoryNode[];
  readonly facts: readonly FactSource[];
} {
  const { store } = place;
  const nodes = store.byIds(daySources(place, date).map(({ id }) => id));
  const episodes = nodes.filter(({ type }) => type === "session");
  const facts = nodes
    .filter(({ type }) => type !== "session")
    .map((node) => ({
      node,
      episodes: store.neighbours(node.id).flatMap(({ id, type }) => (type === "about" ? [id] : [])),
    }));
  return { gathered: gather(episodes, facts), episodes, facts };
}

const sourceTypes: Readonly<Record<DigestLevel, readonly NodeType[]>> = {
  day: ["session", "semantic"],
  week: ["day"],
  month: ["week"],
};

/** What makes the links from below exactly these; the link to the digest above is that one's own. */
function linkChanges(
  store: SqliteMemoryStore,
  key: string,
  level: DigestLevel,
  wanted: readonly string[],
): readonly Change[] {
  const digest = store.get(key);
  if (digest === null) return [];
  const linked = store.neighbours(digest.id).filter(({ type }) => type === "digest");
  const below = store
    .byIds(linked.map(({ id }) => id))
    .filter(({ type }) => sourceTypes[level].includes(type))
    .map((node) => node.key);
  const [are, should] = [new Set(below), new Set(wanted)];
  return [
    ...below
      .filter((from) => !should.has(from))
      .map((from) => ({ kind: "unlink", from, to: key, type: "digest" }) as const),
    ...wanted
      .filter((from) => !are.has(from))
      .map((from) => ({ kind: "link", from, to: key, type: "digest", strength: DIGEST_STRENGTH }) as const),
  ];
}
