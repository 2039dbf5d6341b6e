/** What every memory store promises. Call it once per implementation, from that implementation's test. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Change } from "../src/store/memory-store.ts";
import { applyAll, forget, link, put, type OpenEmptyStore } from "./store-changes.ts";
import { feedCases } from "./store-feed-cases.ts";

/** All cases, under the name of the implementation. `runs`: how often the property of the feed is tried. */
export function memoryStoreConformance(name: string, open: OpenEmptyStore, runs: number): void {
  describe(`${name}: batches`, () => {
    batchCases(open);
  });
  describe(`${name}: nodes and links`, () => {
    nodeCases(open);
  });
  describe(`${name}: words`, () => {
    wordCases(open);
  });
  describe(`${name}: feed`, () => {
    feedCases(open, runs);
  });
}

const fail = (): never => {
  throw new Error("disk of the bookkeeper");
};

function batchCases(open: OpenEmptyStore): void {
  test("a batch that breaks a rule changes nothing, and its bookkeeping does not run", () => {
    using store = open();
    let ran = 0;
    const changes = [put("a"), link("a", "missing")];

    expect(() => store.apply({ author: "test", atMs: 1, changes, alongside: () => (ran += 1) })).toThrow(
      expect.objectContaining({ code: "NODE_UNKNOWN" }),
    );
    expect([store.get("a"), store.revision, ran]).toEqual([null, 0, 0]);
  });

  test("bookkeeping that throws takes the batch with it", () => {
    using store = open();
    expect(() => store.apply({ author: "test", atMs: 1, changes: [put("a")], alongside: fail })).toThrow(
      /bookkeeper/,
    );
    expect([store.get("a"), store.words("about", 5), store.revision]).toEqual([null, [], 0]);
  });

  test("a batch that asks for what is true already takes no revision", () => {
    using store = open();
    const first = applyAll(store, put("a"), put("b"), link("a", "b"));

    const again = applyAll(store, put("A.md", "about a"), link("b", "a"), forget("never"), {
      kind: "unlink",
      from: "a",
      to: "x",
      type: "link",
    });

    expect(first).toEqual({ revision: 1, written: 2, forgotten: 0, linked: 1, unlinked: 0 });
    expect(again).toEqual({ revision: 1, written: 0, forgotten: 0, linked: 0, unlinked: 0 });
  });

  test("numbers that are none are refused with VALUE_INVALID", () => {
    using store = open();
    applyAll(store, put("a"), put("b"));

    expect(() => applyAll(store, link("a", "b", Number.NaN))).toThrow(
      expect.objectContaining({ code: "VALUE_INVALID" }),
    );
    expect(() => applyAll(store, link("a", "a"))).toThrow(expect.objectContaining({ code: "LINK_INVALID" }));
    expect(() => store.apply({ author: "t", atMs: Infinity, changes: [put("c")] })).toThrow(
      expect.objectContaining({ code: "VALUE_INVALID" }),
    );
  });
}

const withEntities = (entities: readonly string[]): Change => ({ ...put("a"), entities }) as Change;
const at = (key: string, type: "session" | "day", createdAtMs: number): Change =>
  ({ ...put(key), type, createdAtMs }) as Change;

function nodeCases(open: OpenEmptyStore): void {
  test("writing again keeps the id and time of creation, and every version stays readable", () => {
    using store = open();
    applyAll(store, put("a", "one"));
    store.apply({ author: "other", atMs: 9, changes: [{ ...put("a", "two"), createdAtMs: 77 } as Change] });

    expect(store.get("a")).toMatchObject({
      id: 1,
      content: "two",
      createdAtMs: 1_000,
      version: 2,
      author: "other",
    });
    expect(store.history("a").map(({ version, content, author }) => [version, content, author])).toEqual([
      [2, "two", "other"],
      [1, "one", "test"],
    ]);
    expect(store.history("a", 1).map(({ version }) => version)).toEqual([2]);
  });

  test("weighing changes the weight alone: no version, no author, but the feed tells of it", () => {
    using store = open();
    applyAll(store, put("a"), put("b"));
    const before = store.get("a");
    const weigh = { kind: "weigh", key: "a", weight: 0.2 } as const;

    const done = store.apply({ author: "scale", atMs: 9, changes: [weigh] });
    const again = store.apply({ author: "scale", atMs: 9, changes: [weigh] });

    expect(store.get("a")).toEqual({ ...before, weight: 0.2, revision: 2 });
    expect(store.history("a")).toHaveLength(1);
    expect(store.facts(1, 10)).toEqual([{ kind: "node", revision: 2, node: store.get("a") }]);
    expect([done.written, again.written, again.revision]).toEqual([1, 0, 2]);
    expect(() => applyAll(store, { ...weigh, weight: Number.NaN })).toThrow(
      expect.objectContaining({ code: "VALUE_INVALID" }),
    );
    expect(() => applyAll(store, { ...weigh, key: "never" })).toThrow(
      expect.objectContaining({ code: "NODE_UNKNOWN" }),
    );
  });

  test("who has written since a revision is told, whoever wrote nothing is not", () => {
    using store = open();
    const by = (author: string, ...changes: readonly Change[]) => store.apply({ author, atMs: 1, changes });
    by("ann", put("a"));
    by("bob", put("b"));
    by("cat", put("b"));
    by("ann", put("c"));

    expect([store.authorsSince(0), store.authorsSince(1), store.authorsSince(3)]).toEqual([
      ["ann", "bob"],
      ["ann", "bob"],
      [],
    ]);
  });

  test("outlines are the nodes of a time without their texts, in its order", () => {
    using store = open();
    applyAll(store, at("late", "day", 30), at("first", "session", 10), at("second", "session", 10));
    applyAll(store, at("last", "session", 40));
    const { content, ...outline } = store.get("late")!;

    expect(store.outlines(["session", "day"], 10, 40).map((node) => node.key)).toEqual([
      "first",
      "second",
      "late",
    ]);
    expect(store.outlines(["day"])).toEqual([outline]);
    expect([content, store.outlines(["day"], 31)]).toEqual(["about late", []]);
  });

  test("forgetting a node forgets its links, shows in its history, and is undone by writing it again", () => {
    using store = open();
    applyAll(store, put("a"), put("b"), link("a", "b"));
    const id = store.get("b")?.id ?? -1;
    applyAll(store, forget("b"));

    expect(store.neighbours(1)).toEqual([]);
    expect(store.words("about", 5).map((hit) => hit.id)).toEqual([1]);
    expect(store.history("b")[0]).toMatchObject({ version: 2, content: null });
    expect(store.counts()).toMatchObject({ nodes: 1, links: 0 });

    applyAll(store, put("b", "back"));

    expect(store.get("b")).toMatchObject({ id, version: 3, content: "back" });
    expect(store.neighbours(id)).toEqual([]);
  });

  test("a link is one, whoever pointed; its strength stays between 0.05 and 1; both ends see it", () => {
    using store = open();
    applyAll(store, put("a"), put("b"), link("b", "a", 7));
    applyAll(store, link("a", "b", -3));

    expect(store.neighbours(1)).toEqual([{ id: 2, type: "link", strength: Math.fround(0.05) }]);
    expect(store.neighbours(2)).toEqual([{ id: 1, type: "link", strength: Math.fround(0.05) }]);
    expect(store.facts(0, 99).filter((fact) => fact.kind === "link")).toMatchObject([{ from: 2, to: 1 }]);
  });

  test("a renamed node keeps its id, links and history, and a living key is not taken", () => {
    using store = open();
    applyAll(store, put("a"), put("b"), link("a", "b"));
    applyAll(store, { kind: "rename", from: "a", to: "C" });

    expect([store.get("a"), store.get("c")?.id]).toEqual([null, 1]);
    expect(store.neighbours(1)).toHaveLength(1);
    expect(store.history("a")).toHaveLength(2);
    expect(() => applyAll(store, { kind: "rename", from: "c", to: "b" })).toThrow(
      expect.objectContaining({ code: "KEY_TAKEN" }),
    );
  });

  test("entities are replaced as a whole, kept where none are given, and gone with the node", () => {
    using store = open();
    applyAll(store, withEntities(["file:x", "file:y"]));
    applyAll(store, put("a", "other words"));
    const kept = store.entities(1);
    applyAll(store, withEntities(["file:y", "error:z"]));

    expect(kept).toEqual(["file:x", "file:y"]);
    expect(store.entities(1)).toEqual(["error:z", "file:y"]);
    applyAll(store, forget("a"));
    expect(store.entities(1)).toEqual([]);
  });

  test("recent gives the asked types, newest first", () => {
    using store = open();
    applyAll(store, at("old", "session", 1), at("new", "day", 3), at("mid", "session", 2), put("fact"));

    expect(store.recent(["session", "day"], 2).map((node) => node.key)).toEqual(["new", "mid"]);
    expect(store.recent([], 5)).toEqual([]);
  });
}

function wordCases(open: OpenEmptyStore): void {
  test("a word is counted in all its forms, up to a bound, and what is no word is held by nobody", () => {
    using store = open();
    applyAll(store, put("a", "tides rise"), put("b", "the tide falls"), put("c", "a tide"), put("d", "calm"));

    expect([
      store.wordSpread("tide", 10),
      store.wordSpread("Tides", 2),
      store.wordSpread("storm", 10),
    ]).toEqual([3, 2, 0]);
    expect([store.wordSpread("", 10), store.wordSpread('"', 10)]).toEqual([0, 0]);
  });

  test("words are found by their stems, without accents, in keys and inside names", () => {
    using store = open();
    applyAll(
      store,
      put("fix/socket-timeout", "The café closes connections early"),
      put("b", "function readTranscriptLines"),
    );

    expect(store.words("connection cafe", 5)[0]?.id).toBe(1);
    expect(store.words("timeouts", 5)[0]?.id).toBe(1);
    expect(store.words("transcript", 5)[0]?.id).toBe(2);
    expect(store.words("readTranscriptLines", 5)[0]?.id).toBe(2);
  });

  test("a short memory that is about the words comes before a long one that mentions them", () => {
    using store = open();
    const filler = "lorem ipsum dolor sit amet consectetur ".repeat(200);
    applyAll(
      store,
      put("long", `${filler} release token ${filler}`),
      put("short", "The release token lives in CI"),
      put("c", "x"),
    );

    expect(store.words("release token", 5).map((hit) => hit.id)).toEqual([2, 1]);
  });

  test("any text is a query: nothing throws, and operators are words", () => {
    using store = open();
    applyAll(store, put("a", "near or not and column title"), put("b", "something else"));
    const hostile = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.string({
        unit: fc.constantFrom(
          '"',
          "'",
          "*",
          "(",
          ")",
          "^",
          ":",
          "-",
          "+",
          "{",
          "}",
          "\0",
          "NEAR",
          " ",
          "AND",
          "a",
        ),
        maxLength: 60,
      }),
    );
    fc.assert(
      fc.property(hostile, (query) => {
        for (const hit of store.words(query, 10)) expect(hit.score).toBeGreaterThan(0);
      }),
      { numRuns: 1_000 },
    );

    expect(store.words('NEAR("near" AND title', 5)[0]?.id).toBe(1);
    expect(store.words("content : near", 5).map((hit) => hit.id)).toEqual([1]);
    expect(store.words("x".repeat(1_000_000), 5)).toEqual([]);
    expect(store.words("near", 0)).toEqual([]);
  });
}
