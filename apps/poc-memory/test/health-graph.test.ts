import { describe, expect, test } from "vitest";
import { MemoryGraph } from "../src/graph/memory-graph.ts";
import { graphHealth, type GraphMeasures } from "../src/health/graph-health.ts";
import { judgeGraph } from "../src/health/findings.ts";
import { defaultHealthBounds, healthSettings } from "../src/health/settings.ts";
import type { Change } from "../src/store/memory-store.ts";
import { openMemoryStore } from "../src/store/open.ts";
import { seeded } from "./graph-shapes.ts";
import { applyAll } from "./store-changes.ts";

const clock = () => {
  let ms = 0;
  return { now: () => 1_700_000_000_000, monotonic: () => (ms += 5) };
};
const put = (key: string): Change => ({
  kind: "put",
  key,
  type: key.startsWith("e") ? "session" : "semantic",
  content: key,
  category: "c",
  createdAtMs: 1,
});

const link = (from: string, to: string): Change => ({
  kind: "link",
  from,
  to,
  type: "link",
  strength: 0.5,
});

const good: GraphMeasures = {
  nodes: 1_000,
  links: 4_000,
  communities: 40,
  components: 30,
  orphans: 20,
  avgClustering: 0.3,
  avgPathLength: 5,
  sigma: 20,
  gini: 0.4,
  alpha: 2.6,
  episodicRatio: 0.4,
  maxDegree: 60,
  interference: null,
};
const judge = (more: Partial<GraphMeasures>) => judgeGraph({ ...good, ...more }, defaultHealthBounds);

describe("the graph's health", () => {
  test("has all measures of the contract, with the time and how long they took", () => {
    using store = openMemoryStore({ path: ":memory:", mode: "write" });
    applyAll(store, ...["e1", "a", "b", "c"].map(put), link("a", "b"), link("b", "c"), link("c", "a"));
    const health = graphHealth(MemoryGraph.build(store), { random: seeded(1), clock: clock() });

    expect(health).toMatchObject({ ok: true, reasons: [], findings: [] });
    expect(health.graph).toEqual({
      nodes: 4,
      links: 3,
      communities: 1,
      components: 2,
      orphans: 1,
      avgClustering: 0.75,
      avgPathLength: 1,
      sigma: expect.closeTo(0.75 / (1.5 / 4) / (1 / (Math.log(4) / Math.log(1.5))), 10),
      gini: 0.25,
      alpha: null,
      episodicRatio: 0.25,
      maxDegree: 2,
      interference: null,
      computedAt: "2023-11-14T22:13:20.000Z",
      tookMs: 5,
    });
  });

  test("an empty graph is healthy and has no measures that would need a link", () => {
    using store = openMemoryStore({ path: ":memory:", mode: "write" });
    const health = graphHealth(MemoryGraph.build(store), { random: seeded(1), clock: clock() });

    expect(health.ok).toBe(true);
    expect(health.graph).toMatchObject({
      nodes: 0,
      episodicRatio: 0,
      avgPathLength: null,
      sigma: null,
      alpha: null,
    });
  });

  test("nothing is found within the bounds, nor on them", () => {
    const atBounds = {
      gini: 0.6,
      alpha: 2,
      avgClustering: 0.1,
      orphans: 200,
      episodicRatio: 0.6,
      sigma: 1,
      maxDegree: 200,
    };

    expect(judge({})).toEqual([]);
    expect(judge(atBounds)).toEqual([]);
  });

  test("each measure beyond its bound gives one sentence with the number and the bound", () => {
    const bad = {
      gini: 0.7,
      alpha: 1.8,
      avgClustering: 0.05,
      orphans: 300,
      episodicRatio: 0.9,
      sigma: 0.5,
      maxDegree: 900,
    };
    const found = judge(bad);

    expect(found.map((finding) => finding.measure).toSorted()).toEqual(Object.keys(bad).toSorted());
    expect(found.map((finding) => finding.sentence)).toContain(
      "300 of 1000 memories (30 %, bound 20 %) have no link, so recall finds them by their words only.",
    );
    expect(found.every((finding) => finding.sentence.includes("bound") && !finding.needsPerson)).toBe(true);
  });

  test("a person is needed only where the daily work has evidently failed", () => {
    expect(judge({ orphans: 900 }).map((finding) => finding.needsPerson)).toEqual([true]);
    expect(judge({ gini: 0.9 }).map((finding) => finding.needsPerson)).toEqual([true]);
  });

  test("a graph too small to judge has no findings, however odd its measures", () => {
    expect(judge({ nodes: 49, orphans: 49, gini: 1, avgClustering: 0 })).toEqual([]);
  });

  test("every bound is explained in both directions", () => {
    for (const row of Object.values(healthSettings)) {
      expect(row.larger).toMatch(/\.$/);
      expect(row.smaller).toMatch(/\.$/);
    }
  });
});
