import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemoryGraph } from "../src/graph/memory-graph.ts";
import type { Change } from "../src/store/memory-store.ts";
import type { NodeType } from "../src/store/node.ts";
import { openMemoryStore } from "../src/store/open.ts";
import { remember } from "../src/store/remember.ts";
import type { SqliteMemoryStore } from "../src/store/sqlite-store.ts";
import { LikenessIndex } from "../src/tend/likeness.ts";
import { linkOrphans } from "../src/tend/orphans.ts";
import { defaultTendSettings } from "../src/tend/settings.ts";

const open = () => openMemoryStore({ path: ":memory:", mode: "write" });
const put = (key: string, content: string, type: NodeType = "semantic"): Change => ({
  kind: "put",
  key,
  type,
  content,
  category: "x",
  createdAtMs: 1,
});
const link = (from: string, to: string): Change => ({ kind: "link", from, to, type: "link", strength: 1 });
const apply = (store: SqliteMemoryStore, ...changes: readonly Change[]) =>
  store.apply({ author: "t", atMs: 1, changes });

function run(store: SqliteMemoryStore, date = "2026-03-01", more: Partial<typeof defaultTendSettings> = {}) {
  const settings = { ...defaultTendSettings, ...more };
  const steps = [...linkOrphans(store, new MemoryGraph(), { date, atMs: 1, settings })];
  return { tried: steps.at(-1)?.total ?? 0, linked: steps.reduce((sum, step) => sum + step.linked, 0) };
}

const partners = (store: SqliteMemoryStore, key: string): readonly string[] =>
  store
    .byIds(
      store
        .neighbours(store.get(key)?.id ?? -1)
        .filter(({ type }) => type === "auto")
        .map(({ id }) => id),
    )
    .map((node) => node.key);

const mined = (key: string, content: string, episode: string | null) => ({
  key,
  type: episode === null ? ("session" as const) : ("semantic" as const),
  content,
  category: "x",
  createdAtMs: 1,
  entities: [],
  receipts: [{ transcript: "t", line: 1, uuid: null, atMs: 1 }],
  episode,
});

/** A connected triangle about three things, and filler so that words have a rarity. */
function triangle(store: SqliteMemoryStore): void {
  apply(
    store,
    put("tides", "high tide table of the harbour with moon phases"),
    put("seeds", "seed catalogue order with germination rates of beans"),
    put("clock", "clock drift of the quartz crystal in winter cold"),
    ...[["tides", "seeds"] as const, ["seeds", "clock"] as const, ["clock", "tides"] as const].map(([a, b]) =>
      link(a, b),
    ),
  );
}

describe("what stands alone", () => {
  test("is linked with the likest that is connected, as automatic and weak, and not with what is unlike", () => {
    using store = open();
    triangle(store);
    apply(store, put("alone", "the tide table misses moon phases"), put("other", "nothing of the sort"));

    const done = run(store);

    expect(done).toEqual({ tried: 2, linked: 1 });
    expect([partners(store, "alone"), partners(store, "other")]).toEqual([["tides"], []]);
    expect(store.neighbours(store.get("alone")?.id ?? 0)[0]?.strength).toBeLessThanOrEqual(0.5);
  });

  test("is not linked with what stands alone itself, with a digest, or with a hub at its cap", () => {
    using store = open();
    triangle(store);
    apply(
      store,
      put("alone", "moon phases of the tide"),
      put("twin", "moon phases of the tide again"),
      put("digest", "moon phases of the tide, told by the day", "day"),
      link("digest", "tides"),
      link("digest", "seeds"),
    );

    run(store, "2026-03-01", { "degree.max": 3 });

    expect([partners(store, "alone"), partners(store, "twin"), partners(store, "digest")]).toEqual([
      [],
      [],
      [],
    ]);
    run(store, "2026-03-02", { "degree.max": 4 });
    expect([partners(store, "alone"), partners(store, "twin")]).toEqual([["tides"], []]);
  });

  test("is tried once for a date, and those that waited longest come first", () => {
    using store = open();
    triangle(store);
    apply(store, ...["a", "b", "c"].map((key) => put(key, `unlike ${key}`)));
    const two = { "orphans.perRun": 2 };

    const tried = ["2026-03-01", "2026-03-01", "2026-03-01", "2026-03-02"].map(
      (date) => run(store, date, two).tried,
    );

    expect(tried).toEqual([2, 1, 0, 2]);
  });

  test("has its way to memories of its own segment already, and gets one to another's", () => {
    using store = open();
    const words = "the tide table misses moon phases";
    for (const [index, name] of ["one", "two"].entries())
      remember(store, {
        segment: { root: "/", transcript: name, generation: 0, index },
        author: "m",
        atMs: 1,
        memories: [
          mined(`episode/${name}`, `what happened in ${name}`, null),
          mined(`fix/${name}-a`, `${words} for ${name}`, `episode/${name}`),
          mined(`fix/${name}-b`, `${words} of ${name}`, `episode/${name}`),
        ],
      });
    apply(store, link("fix/two-a", "fix/two-b"));

    run(store);

    expect(partners(store, "fix/one-a").toSorted()).toEqual(["fix/two-a", "fix/two-b"]);
  });
});

describe("likeness", () => {
  test("is 1 for the same words, nearer to it the rarer what is shared, and nothing for common words alone", () => {
    using store = open();
    const everyday = Array.from({ length: 300 }, (_, at) => put(`n${at}`, `build passes again ${at}x`));
    apply(
      store,
      put("a", "the zeolite build passes"),
      put("same", "Passes: build, zeolite!"),
      put("rare", "zeolite arrived"),
      put("common", "build passes"),
      ...everyday,
    );

    const likest = new LikenessIndex(store).likest(store.get("a")!);

    expect(likest.map(({ node }) => node.key)).toEqual(["same", "rare"]);
    expect(likest[0]?.similarity).toBeCloseTo(1, 10);
    expect(likest[1]?.similarity).toBeGreaterThan(0.5);
    expect(new LikenessIndex(store).likest(store.get("common")!)).toEqual([]);
  });

  test("of any texts: no memory gets more links than it may, none is linked with itself, no second run draws more", () => {
    const text = fc.array(fc.constantFrom("tide", "moon", "bean", "seed", "clock", "cold"), { maxLength: 5 });
    const pairs = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 10 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 8, maxLength: 8 }), pairs, (texts, drawn) => {
        using store = open();
        apply(store, ...texts.map((words, at) => put(`n${at}`, words.join(" "))));
        apply(store, ...drawn.filter(([a, b]) => a !== b).map(([a, b]) => link(`n${a}`, `n${b}`)));
        const degrees = (): readonly number[] =>
          texts.map((_, at) => new Set(store.neighbours(at + 1).map(({ id }) => id)).size);
        const before = degrees();
        run(store, "2026-03-01", { "orphans.similarityMin": 0.1, "degree.max": 5 });
        const after = degrees();

        for (const [at, degree] of before.entries()) {
          const most = degree < 2 ? degree + 2 : Math.max(5, degree);
          expect(after[at]).toBeLessThanOrEqual(most);
        }
        expect(run(store)).toEqual({ tried: 0, linked: 0 });
      }),
      { numRuns: 100 },
    );
  });
});
