import { isDeepStrictEqual } from "node:util";
import type { MinedMemory, Receipt } from "../mine/mined.ts";
import { normaliseKey } from "./key.ts";
import type { Applied, Change } from "./memory-store.ts";
import type { AboutPair } from "./mined-yields.ts";
import type { MemoryNode } from "./node.ts";
import type { SegmentPlace } from "./progress.ts";
import type { SqliteMemoryStore } from "./sqlite-store.ts";

/** What one segment yields now. */
export interface SegmentMemories {
  readonly segment: SegmentPlace;
  /** The miner's name. A node whose latest version another author wrote is a person's, and is left as it is. */
  readonly author: string;
  /** Wall time in ms since 1970. */
  readonly atMs: number;
  readonly memories: readonly MinedMemory[];
  /** Bookkeeping to commit with it. Runs inside the transaction, last; must not await. */
  readonly alongside?: () => void;
}

/** Strength of the link of a fact and its episode: one all but means the other. */
export const ABOUT_STRENGTH = 0.8;

/** Strength of the link of an episode and the next of its session, and of all neighbours in time: the same work went on. */
export const NEXT_STRENGTH = 0.8;

/**
 * This segment's memories are now exactly these, all or nothing. A memory that several segments yield is one node
 * that holds what its earliest receipt says (by time, then transcript, then line), so the order in which segments
 * arrive, and in how many steps each grew, makes no difference. What no segment yields any more is forgotten.
 * Nodes that a person has edited or forgotten stay as the person left them. Links: a fact to its episode, and
 * episodes that follow each other in one transcript.
 * @throws what `MemoryStore.apply` throws; RangeError for a memory without receipts.
 */
export function remember(store: SqliteMemoryStore, input: SegmentMemories): Applied {
  return store.atomically(`remembering segment ${input.segment.index} of ${input.segment.transcript}`, () => {
    const { segment, author, atMs } = input;
    const wanted = byKey(input.memories);
    const changed = changedKeys(store, segment, wanted);
    const aboutBefore = changed.flatMap((key) => store.yields.aboutPairs(key));
    const absent = new Set(changed.filter((key) => livingNode(store, key) === null));
    const nextBefore = chainAround(store, segment);
    for (const key of changed) {
      const node = store.yields.nodeOf(key);
      store.yields.remove(segment, key);
      const memory = wanted.get(key);
      if (memory !== undefined) store.yields.put(segment, memory, node);
    }
    const nodes = store.apply({
      author,
      atMs,
      changes: changed.flatMap((key) => nodeChange(store, author, key)),
    });
    for (const key of changed) assignNode(store, key);
    const changes = [
      ...aboutChanges(store, changed, aboutBefore, absent),
      ...nextChanges(store, [...nextBefore, ...chainAround(store, segment)]),
    ];
    const alongside = input.alongside === undefined ? {} : { alongside: input.alongside };
    const links = store.apply({ author, atMs, changes, ...alongside });
    return {
      revision: links.revision,
      written: nodes.written,
      forgotten: nodes.forgotten,
      linked: links.linked,
      unlinked: nodes.unlinked + links.unlinked,
    };
  });
}

/** The memories by normalised key; two of one key are one, with the receipts of both. */
function byKey(memories: readonly MinedMemory[]): ReadonlyMap<string, MinedMemory> {
  const found = new Map<string, MinedMemory>();
  for (const memory of memories) {
    const key = normaliseKey(memory.key);
    const old = found.get(key);
    const receipts = [...(old?.receipts ?? []), ...memory.receipts].toSorted(byPlace);
    const first = old === undefined || receipts[0] !== old.receipts[0] ? memory : old;
    const episode = first.episode === null ? null : normaliseKey(first.episode);
    found.set(key, { ...first, key, receipts, episode });
  }
  return found;
}

function byPlace(a: Receipt, b: Receipt): number {
  if (a.atMs !== b.atMs) return a.atMs - b.atMs;
  if (a.transcript !== b.transcript) return a.transcript < b.transcript ? -1 : 1;
  return a.line - b.line;
}

/** Keys that the segment yields for the first time, no longer, or otherwise than it did. */
function changedKeys(
  store: SqliteMemoryStore,
  segment: SegmentPlace,
  wanted: ReadonlyMap<string, MinedMemory>,
): readonly string[] {
  const keys = new Set([...store.yields.keysOf(segment), ...wanted.keys()]);
  return [...keys].filter(
    (key) => !isDeepStrictEqual(store.yields.stored(segment, key), storable(wanted.get(key))),
  );
}

/** A memory with the fields that are stored and no others. */
function storable(memory: MinedMemory | undefined): MinedMemory | null {
  if (memory === undefined) return null;
  const { key, type, content, category, createdAtMs, entities, receipts, episode } = memory;
  return { key, type, content, category, createdAtMs, entities, receipts, episode };
}

/** What has to happen to the node of a key so that it holds what the key's earliest yield says. */
function nodeChange(store: SqliteMemoryStore, author: string, key: string): readonly Change[] {
  const node = livingNode(store, key);
  if (node !== null && node.author !== author) return [];
  const earliest = store.yields.earliest(key);
  if (earliest === null) return node === null ? [] : [{ kind: "forget", key: node.key }];
  if (node === null && takenByOther(store, author, key)) return [];
  const { type, content, category, createdAtMs, entities } = earliest;
  return [{ kind: "put", key, type, content, category, createdAtMs, entities, backdate: true }];
}

/** Has somebody else forgotten the node of this key, or given it another one? */
function takenByOther(store: SqliteMemoryStore, author: string, key: string): boolean {
  const last = store.history(key, 1)[0];
  return last !== undefined && (last.content !== null || last.author !== author);
}

/** The living node of a mined key, under whatever key a person has given it since. */
function livingNode(store: SqliteMemoryStore, key: string): MemoryNode | null {
  const id = store.yields.nodeOf(key);
  return (id === null ? undefined : store.byIds([id])[0]) ?? store.get(key);
}

function assignNode(store: SqliteMemoryStore, key: string): void {
  const node = livingNode(store, key);
  // All yields of a key name one node, so asking one of them is enough.
  if (node !== null && store.yields.nodeOf(key) !== node.id) store.yields.assign(key, node.id);
}

/** Links of facts and episodes that came or went with the changed keys; `absent` had no node to link before. */
function aboutChanges(
  store: SqliteMemoryStore,
  changed: readonly string[],
  before: readonly AboutPair[],
  absent: ReadonlySet<string>,
): readonly Change[] {
  const now = changed.flatMap((key) => store.yields.aboutPairs(key));
  const [were, are] = [new Set(before.map(pairName)), new Set(now.map(pairName))];
  const gone = before.filter((pair) => !are.has(pairName(pair)));
  const come = now.filter(
    (pair) => !were.has(pairName(pair)) || absent.has(pair.fact) || absent.has(pair.episode),
  );
  return [
    ...gone.flatMap((pair) => joined(store, pair.fact, pair.episode, "about", false)),
    ...come.flatMap((pair) => joined(store, pair.fact, pair.episode, "about", true)),
  ];
}

function pairName(pair: AboutPair): string {
  return `${pair.fact}\n${pair.episode}`;
}

/** The pairs of neighbouring episodes around a segment, as the yields stand now. */
function chainAround(store: SqliteMemoryStore, place: SegmentPlace): readonly (readonly [string, string])[] {
  const here = store.yields.episodeOf(place);
  const before = store.yields.episodeBeside(place, "before");
  const after = store.yields.episodeBeside(place, "after");
  const chain = [before, here, after].filter((key) => key !== null);
  return chain.slice(1).map((key, at) => [chain[at] ?? key, key]);
}

function nextChanges(
  store: SqliteMemoryStore,
  pairs: readonly (readonly [string, string])[],
): readonly Change[] {
  return pairs.flatMap(([from, to]) => joined(store, from, to, "next", followsNow(store, from, to)));
}

function followsNow(store: SqliteMemoryStore, from: string, to: string): boolean {
  const places = store.yields.placesOfEpisode(from).filter((place) => store.yields.episodeOf(place) === from);
  return places.some((place) => store.yields.episodeBeside(place, "after") === to);
}

/** The change that makes a link of this type there, or not there. A link that is there keeps its strength. */
function joined(
  store: SqliteMemoryStore,
  fromKey: string,
  toKey: string,
  type: "about" | "next",
  wanted: boolean,
): readonly Change[] {
  const [from, to] = [livingNode(store, fromKey), livingNode(store, toKey)];
  if (from === null || to === null || from.id === to.id) return [];
  const there = store
    .neighbours(from.id)
    .some((neighbour) => neighbour.id === to.id && neighbour.type === type);
  if (there === wanted) return [];
  const ends = { from: from.key, to: to.key, type };
  const strength = type === "about" ? ABOUT_STRENGTH : NEXT_STRENGTH;
  return [wanted ? { kind: "link", ...ends, strength } : { kind: "unlink", ...ends }];
}
