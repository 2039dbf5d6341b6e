import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemoryGraph } from "../src/graph/memory-graph.ts";
import { graphNeighbourhood, storeNeighbourhood } from "../src/recall/neighbourhood.ts";
import { recall, type RecallOptions } from "../src/recall/recall.ts";
import { defaultRecallWeights } from "../src/recall/settings.ts";
import { matchedTerms, snippet, SNIPPET_LENGTH } from "../src/recall/snippet.ts";
import { spread } from "../src/recall/spread.ts";
import type { Change, Neighbour } from "../src/store/memory-store.ts";
import type { NodeType } from "../src/store/node.ts";
import { openMemoryStore } from "../src/store/open.ts";
import { remember } from "../src/store/remember.ts";
import type { SqliteMemoryStore } from "../src/store/sqlite-store.ts";
import { applyAll } from "./store-changes.ts";

const open = () => openMemoryStore({ path: ":memory:", mode: "write" });
const put = (key: string, content: string, weight = 0.5, type: NodeType = "semantic"): Change => ({
  kind: "put",
  key,
  type,
  content,
  category: "c",
  weight,
  createdAtMs: 1,
});
const link = (from: string, to: string, strength = 0.8): Change => ({
  kind: "link",
  from,
  to,
  type: "next",
  strength,
});
const ask = (store: SqliteMemoryStore, query: string, options?: RecallOptions) =>
  recall(store, storeNeighbourhood(store), query, options);

describe("recall", () => {
  test("brings up what has none of the words but stands beside what has them, and says why", () => {
    using store = open();
    applyAll(
      store,
      put("turn/1", "Where did you put the release token?"),
      put("turn/2", "It lives in the vault of the CI."),
      put("turn/3", "Nothing to do with it."),
      link("turn/1", "turn/2"),
    );
    const found = ask(store, "release token", { explain: true });

    expect(found.map((one) => one.key)).toEqual(["turn/1", "turn/2"]);
    expect(found[0]?.why?.[0]).toEqual({ kind: "words", words: ["release", "token"], share: 1 });
    expect(found[1]?.why).toEqual([
      { kind: "link", type: "next", from: "turn/1", share: expect.closeTo(0.48, 5) },
    ]);
    expect(ask(store, "release token")[0]).not.toHaveProperty("why");
  });

  test("an episode with many facts does not bury what matches under them", () => {
    using store = open();
    const facts = Array.from({ length: 30 }, (_, at) => `fact/${at}`);
    applyAll(
      store,
      put("episode/a", "We moved the socket code and its timeout.", 0.5, "session"),
      ...facts.map((key) => put(key, "Unrelated knowledge.")),
      put("fix/socket", "The socket needs a timeout of five seconds."),
      put("note/timeout", "A timeout was discussed."),
      ...[...facts, "fix/socket"].map((key): Change => ({
        kind: "link",
        from: key,
        to: "episode/a",
        type: "about",
        strength: 0.8,
      })),
    );

    expect(
      ask(store, "socket timeout", { limit: 3 })
        .map((one) => one.key)
        .toSorted(),
    ).toEqual(["episode/a", "fix/socket", "note/timeout"]);
  });

  test("tells where a memory was found first", () => {
    using store = open();
    const receipts = [{ transcript: "p/s.jsonl\u001b[2J", line: 4, uuid: "u", atMs: 9 }];
    const memory = {
      key: "fix/x",
      type: "semantic",
      content: "the socket",
      category: "fix",
      createdAtMs: 9,
      entities: [],
      receipts,
      episode: null,
    } as const;
    remember(store, {
      segment: { root: "/", transcript: "t", generation: 0, index: 0 },
      author: "m",
      atMs: 1,
      memories: [memory],
    });
    applyAll(store, put("note/y", "a socket"));

    const sources = ask(store, "socket").map((one) => [one.key, one.source]);
    expect(Object.fromEntries(sources)).toEqual({
      "fix/x": { transcript: "p/s.jsonl [2J", line: 4, uuid: "u" },
      "note/y": null,
    });
  });

  test("a query that is a key gives that memory first", () => {
    using store = open();
    applyAll(store, put("notes/plan", "zzz"), put("b", "notes plan notes plan"), put("c", "notes"));

    expect(ask(store, "notes/plan", { explain: true })[0]).toMatchObject({
      key: "notes/plan",
      why: [{ kind: "key" }, {}],
    });
  });

  test("weight decides between equals, types are kept apart, and the limit holds", () => {
    using store = open();
    applyAll(
      store,
      put("light", "same words here", 0.1),
      put("heavy", "same words here", 0.9),
      put("day", "same words", 0.5, "day"),
    );

    expect(ask(store, "same words here", { types: ["semantic"] }).map((one) => one.key)).toEqual([
      "heavy",
      "light",
    ]);
    expect(ask(store, "same words here", { limit: 1 }).map((one) => one.key)).toEqual(["heavy"]);
    expect(ask(store, "same words here", { types: ["week"] })).toEqual([]);
  });

  test("empty, odd, huge and hostile queries are answered", () => {
    using store = open();
    applyAll(store, put("a", "plain words"));
    const odd = [
      "",
      "   ",
      "\0",
      "🤷",
      '"',
      "NEAR(",
      "*",
      "plain* OR",
      "the of and",
      "../../etc/passwd",
      "plain ".repeat(200_000),
      "\ud800",
    ];

    expect(odd.map((query) => ask(store, query).length)).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0]);
    expect(ask(store, "plain", { limit: Number.NaN })).toHaveLength(1);
  });

  test("gives the same answer with links from the graph and from the store", () => {
    const keys = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    const anyLink = fc.record({
      kind: fc.constant("link" as const),
      from: fc.constantFrom(...keys),
      to: fc.constantFrom(...keys),
      type: fc.constantFrom("next" as const, "about" as const, "shared" as const, "link" as const),
      strength: fc.double({ min: 0.05, max: 1, noNaN: true }),
    });
    const words = fc.array(fc.constantFrom("socket", "timeout", "release", "token", "vault"), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        fc.array(words, { minLength: 10, maxLength: 10 }),
        fc.array(anyLink, { maxLength: 25 }),
        words,
        (texts, links, query) => {
          using store = open();
          applyAll(store, ...keys.map((key, at) => put(key, texts[at]!.join(" "))));
          const graph = MemoryGraph.build(store);
          applyAll(store, ...links.filter((one) => one.from !== one.to));
          graph.follow(store);
          const options = { explain: true, limit: 5 };
          const lazy = ask(store, query.join(" "), options);

          expect(recall(store, graphNeighbourhood(graph), query.join(" "), options)).toEqual(lazy);
          graph.adjacency();
          expect(recall(store, graphNeighbourhood(graph), query.join(" "), options)).toEqual(lazy);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("spreading", () => {
  const chain: Readonly<Record<number, readonly Neighbour[]>> = {
    1: [{ id: 2, type: "next", strength: 1 }],
    2: [
      { id: 1, type: "next", strength: 1 },
      { id: 3, type: "next", strength: 1 },
    ],
    3: [{ id: 2, type: "next", strength: 1 }],
  };
  const neighbourhood = { linksOf: (id: number) => chain[id] ?? [] };
  const weights = { ...defaultRecallWeights, decay: 0.5 };
  const totals = (hits: readonly { id: number; score: number }[], hops: number) =>
    spread(hits, neighbourhood, { ...weights, hops }).map(({ id, words, links }) => [id, words, links]);

  test("passes on the decay at each step and never comes back", () => {
    expect(totals([{ id: 1, score: 8 }], 2)).toEqual([
      [1, 1, 0],
      [2, 0, 0.5],
      [3, 0, 0.25],
    ]);
    expect(totals([{ id: 1, score: 8 }], 0)).toEqual([[1, 1, 0]]);
  });

  test("adds up what several hits reach", () => {
    const hits = [
      { id: 1, score: 4 },
      { id: 3, score: 2 },
    ];

    expect(totals(hits, 1)).toEqual([
      [1, 1, 0],
      [3, 0.5, 0],
      [2, 0, 0.75],
    ]);
    expect(totals([], 2)).toEqual([]);
  });
});

describe("snippets", () => {
  test("show the place that holds most of the words, with dots where something is left out", () => {
    const filler = "lorem ipsum dolor ".repeat(60);
    const shown = snippet(`socket ${filler} the timeouts of the socket layer ${filler}`, [
      "socket",
      "timeout",
    ]);

    expect(shown).toContain("the timeouts of the socket layer");
    expect(shown.startsWith("… ") && shown.endsWith(" …")).toBe(true);
    expect(snippet("short text", ["nothing"])).toBe("short text");
  });

  test("are one bounded line without controls, marks of direction and halves of characters", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 2_000 }),
        fc.string({ maxLength: 5 }),
        (text, term) => {
          const shown = snippet(text, [term]);
          expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
          expect(shown.isWellFormed()).toBe(true);
          expect(shown.length).toBeLessThanOrEqual(SNIPPET_LENGTH + 50);
        },
      ),
    );
    expect(snippet("a\u001b[31mred\u202e\u0007 b\nc", [])).toBe("a [31mred b c");
  });

  test("point at words that differ in their ends only", () => {
    expect(matchedTerms("Connections were released", ["connection", "release", "vault"])).toEqual([
      "connection",
      "release",
    ]);
  });
});
