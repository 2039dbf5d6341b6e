import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MinedMemory } from "../src/mine/mined.ts";
import { ABOUT_MAX } from "../src/store/mined-yields.ts";
import { openMemoryStore } from "../src/store/open.ts";
import { remember } from "../src/store/remember.ts";
import type { SqliteMemoryStore } from "../src/store/sqlite-store.ts";

const AUTHOR = "miner:segment";
const open = () => openMemoryStore({ path: ":memory:", mode: "write" });
const place = (index: number, transcript = "t.jsonl") => ({ root: "/t", transcript, generation: 0, index });

function memory(key: string, atMs: number, more: Partial<MinedMemory> = {}): MinedMemory {
  const receipts = [{ transcript: "t.jsonl", line: atMs, uuid: `u-${atMs}`, atMs }];
  const isEpisode = key.startsWith("episode");
  return {
    key,
    type: isEpisode ? "session" : "semantic",
    content: `${key} as of ${atMs}`,
    category: isEpisode ? "episode" : "fix",
    createdAtMs: atMs,
    entities: [],
    receipts,
    episode: null,
    ...more,
  };
}

function tell(
  store: SqliteMemoryStore,
  index: number,
  memories: readonly MinedMemory[],
  transcript = "t.jsonl",
) {
  return remember(store, { segment: place(index, transcript), author: AUTHOR, atMs: 1, memories });
}

/** All that must not depend on the order: by key, without ids, versions and revisions. */
function picture(store: SqliteMemoryStore) {
  const nodes = store.recent(["session", "semantic"], 1_000);
  const keys = new Map(nodes.map((node) => [node.id, node.key]));
  return nodes
    .map((node) => ({
      key: node.key,
      content: node.content,
      createdAtMs: node.createdAtMs,
      type: node.type,
      entities: store.entities(node.id),
      receipts: store.receipts(node.id),
      links: store
        .neighbours(node.id)
        .map((link) => `${keys.get(link.id)} ${link.type} ${link.strength}`)
        .toSorted(),
    }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/** Links of one fact that the sessions of these numbers all hold, told in this order. */
function linksOfFact(order: readonly number[]): readonly string[] {
  using store = open();
  for (const at of order) {
    const episode = memory(`episode/${at}`, 100 + at);
    tell(store, 0, [episode, memory("fix/x", 200 + at, { episode: episode.key })], `t${at}.jsonl`);
  }
  return picture(store).find(({ key }) => key === "fix/x")?.links ?? [];
}

const alongside = (): never => {
  throw new RangeError("no");
};

describe("remember", () => {
  test("links a fact of many sessions to its earliest episodes only, whatever order they come in", () => {
    const sessions = Array.from({ length: ABOUT_MAX + 5 }, (_, at) => at);
    const earliest = sessions.slice(0, ABOUT_MAX).map((at) => `episode/${at} about ${Math.fround(0.8)}`);

    expect(linksOfFact(sessions)).toEqual(earliest.toSorted());
    fc.assert(
      fc.property(fc.shuffledSubarray(sessions, { minLength: sessions.length }), (order) => {
        expect(linksOfFact(order)).toEqual(earliest.toSorted());
      }),
      { numRuns: 15 },
    );
  });

  test("links a fact to its episode and an episode to the next, over segments that yielded nothing", () => {
    using store = open();
    tell(store, 2, [memory("episode/c", 30)]);
    tell(store, 0, [memory("episode/a", 10), memory("fix/x", 11, { episode: "episode/a" })]);
    tell(store, 1, []);

    expect(picture(store).map(({ key, links }) => [key, links])).toEqual([
      ["episode/a", [`episode/c next ${Math.fround(0.8)}`, `fix/x about ${Math.fround(0.8)}`]],
      ["episode/c", [`episode/a next ${Math.fround(0.8)}`]],
      ["fix/x", [`episode/a about ${Math.fround(0.8)}`]],
    ]);
    tell(store, 1, [memory("episode/b", 20)]);
    expect(picture(store).map(({ links }) => links.filter((link) => link.includes("next")).length)).toEqual([
      1, 2, 1, 0,
    ]);
  });

  test("the same again writes nothing", () => {
    using store = open();
    const memories = [memory("episode/a", 10), memory("fix/x", 11, { episode: "episode/a" })];
    const first = tell(store, 0, memories);

    expect(first).toMatchObject({ written: 2, linked: 1 });
    expect(tell(store, 0, memories)).toEqual({
      revision: first.revision,
      written: 0,
      forgotten: 0,
      linked: 0,
      unlinked: 0,
    });
  });

  test("a fact of many segments gives its earliest receipts, not all", () => {
    using store = open();
    for (let segment = 0; segment < 120; segment += 1)
      tell(store, segment, [memory("fix/x", 1000 - segment)]);

    const lines = store.receipts(1).map((receipt) => receipt.line);
    expect(lines).toEqual(Array.from({ length: 100 }, (_, n) => 881 + n));
  });

  test("of two segments that yield one memory the earlier says what it holds, until it no longer yields it", () => {
    using store = open();
    tell(store, 5, [memory("fix/x", 50)]);
    tell(store, 1, [memory("fix/x", 10)]);

    expect(store.get("fix/x")).toMatchObject({ content: "fix/x as of 10", createdAtMs: 10 });
    expect(store.receipts(1).map((receipt) => receipt.line)).toEqual([10, 50]);
    expect(store.receipts(1, 1).map((receipt) => receipt.line)).toEqual([10]);
    tell(store, 1, []);
    expect(store.get("fix/x")).toMatchObject({ content: "fix/x as of 50", createdAtMs: 50 });
    expect(tell(store, 5, [])).toMatchObject({ forgotten: 1 });
    expect(store.get("fix/x")).toBeNull();
  });

  test("what a person edited, renamed or forgot stays as the person left it", () => {
    using store = open();
    const all = [memory("fix/edited", 1), memory("fix/renamed", 2), memory("fix/gone", 3)];
    tell(store, 0, all);
    const put = {
      kind: "put",
      key: "fix/edited",
      type: "semantic",
      content: "mine",
      category: "fix",
      createdAtMs: 9,
    } as const;
    const rename = { kind: "rename", from: "fix/renamed", to: "fix/better" } as const;
    store.apply({
      author: "person:cli",
      atMs: 2,
      changes: [put, rename, { kind: "forget", key: "fix/gone" }],
    });

    tell(
      store,
      0,
      all.map((one) => memory(one.key, one.createdAtMs, { content: "mined anew" })),
    );
    expect(picture(store).map(({ key, content }) => [key, content])).toEqual([
      ["fix/better", "fix/renamed as of 2"],
      ["fix/edited", "mine"],
    ]);
    expect(store.receipts(2)).toHaveLength(1);
    tell(store, 0, []);
    expect(picture(store).map(({ key }) => key)).toEqual(["fix/better", "fix/edited"]);
  });

  test("bookkeeping that fails leaves nothing of it", () => {
    using store = open();
    const input = { segment: place(0), author: AUTHOR, atMs: 1, memories: [memory("fix/x", 1)], alongside };

    expect(() => remember(store, input)).toThrow("no");
    expect([store.revision, store.counts().nodes, store.yields.keysOf(place(0))]).toEqual([0, 0, []]);
  });

  test("in whatever order segments come and in however many steps each grows, the same is remembered", () => {
    const yields = fc.array(
      fc.record({
        segment: fc.nat(3),
        transcript: fc.constantFrom("t.jsonl", "u.jsonl"),
        key: fc.constantFrom("fix/a", "fix/b", "Fix/B", "decision/c"),
        atMs: fc.nat(4),
        entities: fc.subarray(["file:a", "file:b"]),
        withEpisode: fc.boolean(),
      }),
      { maxLength: 12 },
    );
    const steps = fc.array(fc.tuple(fc.nat(7), fc.nat(3)), { maxLength: 12 });
    fc.assert(
      fc.property(
        yields,
        steps,
        fc.array(fc.nat(100), { minLength: 8, maxLength: 8 }),
        (all, growth, order) => {
          const segments = ["t.jsonl", "u.jsonl"].flatMap((transcript) =>
            [0, 1, 2, 3].map((index) => ({
              transcript,
              index,
              memories: memoriesOf(all, transcript, index),
            })),
          );
          using once = open();
          for (const { transcript, index, memories } of segments) tell(once, index, memories, transcript);
          using grown = open();
          for (const [which, upTo] of growth) {
            const { transcript, index, memories } = segments[which]!;
            tell(grown, index, memories.slice(0, upTo), transcript);
          }
          const shuffled = segments.toSorted(
            (a, b) => order[segments.indexOf(a)]! - order[segments.indexOf(b)]!,
          );
          for (const { transcript, index, memories } of shuffled) tell(grown, index, memories, transcript);

          expect(picture(grown)).toEqual(picture(once));
          expect(grown.checkIntegrity()).toEqual([]);
        },
      ),
      { numRuns: 120 },
    );
  });
});

interface Yield {
  readonly segment: number;
  readonly transcript: string;
  readonly key: string;
  readonly atMs: number;
  readonly entities: readonly string[];
  readonly withEpisode: boolean;
}

function memoriesOf(all: readonly Yield[], transcript: string, index: number): readonly MinedMemory[] {
  const episode = `episode/${transcript}-${index}`;
  const mine = all.filter((one) => one.transcript === transcript && one.segment === index);
  if (mine.length === 0) return [];
  const facts = mine.map((one, at) =>
    memory(one.key, one.atMs, {
      content: `${one.key} in ${transcript} ${index} ${at}`,
      entities: one.entities,
      episode: one.withEpisode ? episode : null,
      receipts: [{ transcript, line: at, uuid: null, atMs: one.atMs }],
    }),
  );
  return mine.some((one) => one.withEpisode) ? [...facts, memory(episode, index)] : facts;
}
