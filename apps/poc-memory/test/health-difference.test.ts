import { expect, test } from "vitest";
import { healthDifference, movedMeasures } from "../src/health/difference.ts";
import type { GraphMeasures } from "../src/health/graph-health.ts";

const measures: GraphMeasures = {
  nodes: 2_310,
  links: 4_000,
  communities: 40,
  components: 130,
  orphans: 120,
  avgClustering: 0.31,
  avgPathLength: 4.2,
  sigma: null,
  gini: 0.71,
  alpha: 2.1,
  episodicRatio: 0.25,
  maxDegree: 212,
  interference: null,
};

test("tells each measure that moved, from what to what, and whether that is better", () => {
  const after = {
    ...measures,
    nodes: 2_340,
    orphans: 34,
    gini: 0.55,
    maxDegree: 50,
    alpha: 1.9,
    episodicRatio: 0.26,
  };

  expect(healthDifference(measures, after)).toEqual([
    "The number of memories rose from 2,310 to 2,340.",
    "The number of memories without a link fell from 120 to 34, which is better.",
    "The greatest number of links of one memory fell from 212 to 50.",
    "The inequality of links (Gini index) fell from 0.71 to 0.55, which is better.",
    "The exponent of the degrees fell from 2.10 to 1.90, which is worse.",
    "The share of sessions and their digests rose from 25.0 % to 26.0 %.",
  ]);
});

test("what moves less than is shown has not moved, and nothing moved is said", () => {
  expect(healthDifference(measures, { ...measures, gini: 0.7101, avgClustering: 0.3099 })).toEqual([
    "No measure of the graph has moved.",
  ]);
});

test("what could not be measured before or cannot be now is said without a verdict", () => {
  const moved = movedMeasures(measures, { ...measures, sigma: 3, alpha: null });

  expect(moved.map(({ verdict, sentence }) => [verdict, sentence])).toEqual([
    ["other", "The exponent of the degrees was 2.10 and cannot be measured any more."],
    ["other", "The small-world measure could not be measured and is now 3.00."],
  ]);
});
