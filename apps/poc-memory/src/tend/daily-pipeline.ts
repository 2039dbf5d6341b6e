import type { PipelineSpec } from "jobkit-core";

/**
 * The daily work, as the configuration file may say it otherwise. Decay goes on every day; links are tended where
 * anybody has changed memory; digests wait for each other from the bottom up. One part that fails does not keep the
 * others from being done, but the run counts as failed.
 */
export const dailyPipeline = {
  name: "daily",
  doc: "The daily work on memory: fade, link what stands alone, keep hubs small, tell days, weeks and months.",
  phases: {
    "health-before": {
      job: "snapshot-health",
      input: { date: "$date" },
      doc: "Measure the graph, to see afterwards what the work did.",
    },
    decay: {
      job: "decay-weights",
      input: { date: "$date" },
      after: ["health-before"],
      when: "always",
      doc: "Weights fall by category, for each day once, missed days included.",
    },
    "link-orphans": {
      job: "link-orphans",
      input: { date: "$date" },
      after: ["decay"],
      when: { predicate: "graph-changed", parents: "always" },
      doc: "What stands alone gets a way to what is likest.",
    },
    "cap-degree": {
      job: "cap-degree",
      input: { date: "$date" },
      after: ["link-orphans"],
      when: { predicate: "graph-changed", parents: "always" },
      doc: "Hubs give their weakest links up.",
    },
    "digest-days": {
      job: "digest-day",
      map: { list: "days-missing", maxItems: 10_000 },
      input: { date: "$item" },
      after: ["cap-degree"],
      when: "always",
      doc: "A digest of every day that is over and has none, or whose sources have changed.",
    },
    "digest-weeks": {
      job: "digest-week",
      map: { list: "weeks-missing", maxItems: 10_000 },
      input: { date: "$item" },
      after: ["digest-days"],
      when: "no-failure",
      doc: "The same for weeks, from the digests of their days.",
    },
    "digest-months": {
      job: "digest-month",
      map: { list: "months-missing", maxItems: 10_000 },
      input: { date: "$item" },
      after: ["digest-weeks"],
      when: "no-failure",
      doc: "The same for months, from the digests of their days and weeks.",
    },
    "health-after": {
      job: "compare-health",
      input: { date: "$date", before: "$results.health-before" },
      after: ["health-before", "digest-months"],
      when: "always",
      doc: "Measure again and tell what has moved.",
    },
  },
} as const satisfies PipelineSpec;
