import { describe, expect, test } from "vitest";
import type { Change } from "../src/store/memory-store.ts";
import { graphChanged, tendLists, tendPredicates } from "../src/tend/due-work.ts";
import { pruneCandidates } from "../src/tend/prune.ts";
import { decisionAt, mine, sessionAt } from "./digest-store.ts";
import { TendWorld } from "./tend-kit.ts";

const link = (from: string, to: string, type: "link" | "auto" = "link", strength = 0.5): Change => ({
  kind: "link",
  from,
  to,
  type,
  strength,
});

describe("the jobs of the daily work", () => {
  test("fade memories, say how many weigh hardly anything, and do no more when done twice", async () => {
    await using world = await new TendWorld().begin();
    mine(
      world.store,
      sessionAt("old", "2025-01-01T10:00Z"),
      decisionAt("new", "2026-05-19T10:00Z"),
      { ...decisionAt("core", "2025-01-01T10:00Z"), category: "core" } as Change,
      sessionAt("old but between others", "2025-01-01T10:00Z"),
      link("old but between others", "new"),
      link("old but between others", "core"),
    );

    const first = await world.run("decay-weights");
    const again = await world.run("decay-weights");

    expect(first).toEqual({ date: "2026-05-20", looked: 4, faded: 3, prunable: 1, lightest: ["old"] });
    expect(again).toEqual({ ...first, looked: 0, faded: 0 });
    expect(pruneCandidates(world.store, world.deps.graph, 1).map(({ key }) => key)).toEqual(["old", "new"]);
    expect(world.recorder.problems).toEqual([]);
  });

  test("do not live through days that have not come, and refuse what is no date", async () => {
    await using world = await new TendWorld().begin();
    mine(world.store, sessionAt("a", "2026-05-19T10:00Z"));

    expect(await world.run("decay-weights", { date: "2030-01-01" })).toMatchObject({ date: "2026-05-20" });
    expect(await world.run("digest-day", { date: "2030-01-01" })).toMatchObject({ outcome: "unfinished" });
    await expect(world.run("decay-weights", { date: "yesterday" })).rejects.toThrow(/date/);
  });

  test("link what stands alone and keep hubs small, and say how many", async () => {
    await using world = await new TendWorld().begin();
    const leaves = Array.from({ length: 60 }, (_, at) => `leaf-${at}`);
    mine(
      world.store,
      decisionAt("hub", "2026-05-01T10:00Z", "tide"),
      ...leaves.map((key) => decisionAt(key, "2026-05-01T10:00Z", `quiet ${key}`)),
      ...leaves.map((key, at) => link("hub", key, "auto", (at + 1) / 100)),
      ...leaves.map((key, at) => link(key, leaves[(at + 1) % leaves.length] ?? "", "link")),
      decisionAt("alone", "2026-05-01T10:00Z", "quiet leaf-7 is quiet"),
    );

    const linked = await world.run("link-orphans");
    const capped = await world.run("cap-degree");

    expect(linked).toEqual({ date: "2026-05-20", alone: 1, tried: 1, linked: 2 });
    expect(capped).toEqual({ limit: 50, over: 1, stillOver: 0, unlinked: 10, greatest: 60 });
    expect(await world.run("cap-degree")).toMatchObject({ over: 0, unlinked: 0, greatest: 50 });
  });

  test("write digests by any date of their time, and tell what moved in the graph", async () => {
    await using world = await new TendWorld().begin();
    mine(world.store, sessionAt("a", "2026-04-14T10:00Z"), sessionAt("b", "2026-04-15T10:00Z"));

    const before = await world.run("snapshot-health");
    for (const date of ["2026-04-14", "2026-04-15"]) await world.run("digest-day", { date });
    const week = await world.run("digest-week", { date: "2026-04-16" });
    const month = await world.run("digest-month", { date: "2026-04-16" });
    const after = await world.run("compare-health", { date: "2026-05-20", before });

    expect([week, month].map(({ key, date, outcome, linked }) => [key, date, outcome, linked])).toEqual([
      ["digest/week/2026-w16", "2026-04-13", "written", 2],
      ["digest/month/2026-04", "2026-04-01", "written", 1],
    ]);
    expect(after).toMatchObject({ better: 2, worse: 1, ok: true });
    expect(after["difference"]).toContain(
      "The number of memories without a link fell from 2 to 0, which is better.",
    );
    expect(world.recorder.problems).toEqual([]);
  });

  test("tell no difference where nothing was measured before", async () => {
    await using world = await new TendWorld().begin();

    const after = await world.run("compare-health", { date: "2026-05-20", before: null });

    expect(after).toMatchObject({ difference: [], better: 0, worse: 0 });
  });
});

describe("what a pipeline asks", () => {
  test("memory has changed when anybody but the daily work wrote since its end", async () => {
    await using world = await new TendWorld().begin();
    const { store } = world;
    const changed = (): boolean => tendPredicates(world.deps)["graph-changed"]();
    expect(changed()).toBe(false);
    mine(store, sessionAt("a", "2026-04-14T10:00Z"));
    expect(changed()).toBe(true);

    await world.run("compare-health", { date: "2026-05-20", before: null });
    expect(changed()).toBe(false);
    await world.run("decay-weights");
    await world.run("digest-day", { date: "2026-04-14" });
    expect(graphChanged(store)).toBe(false);

    mine(store, sessionAt("b", "2026-04-14T10:00Z"));
    expect(graphChanged(store)).toBe(true);
  });

  test("missing digests are listed from the bottom up, the oldest first, no more than one run asks for", async () => {
    await using world = await new TendWorld().begin();
    mine(
      world.store,
      ...["2026-04-16", "2026-04-14", "2026-03-31", "2026-05-20"].map((date) =>
        sessionAt(date, `${date}T10:00Z`),
      ),
    );
    const lists = tendLists(world.deps);
    const few = tendLists({ ...world.deps, settings: { ...world.deps.settings, "digests.perRun": 1 } });

    expect(lists["days-missing"]()).toEqual(["2026-03-31", "2026-04-14", "2026-04-16"]);
    expect(few["days-missing"]()).toEqual(["2026-03-31"]);
    expect(lists["weeks-missing"]()).toEqual([]);

    for (const date of lists["days-missing"]()) await world.run("digest-day", { date });
    expect(lists["weeks-missing"]()).toEqual(["2026-03-30", "2026-04-13"]);
    for (const date of lists["weeks-missing"]()) await world.run("digest-week", { date });
    expect(lists["months-missing"]()).toEqual(["2026-03-01", "2026-04-01"]);
    expect(lists["days-missing"]()).toEqual([]);
  });
});
