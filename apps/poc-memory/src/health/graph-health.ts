import type { Clock, Random } from "jobkit-core";
import { averageClustering } from "../graph/clustering.ts";
import { communities } from "../graph/communities.ts";
import { components } from "../graph/components.ts";
import { degrees, powerLaw } from "../graph/degrees.ts";
import { countTypes, type MemoryGraph } from "../graph/memory-graph.ts";
import { averagePathLength, smallWorldSigma } from "../graph/paths.ts";
import { judgeGraph, type Finding } from "./findings.ts";
import { defaultHealthBounds, type HealthBounds } from "./settings.ts";

/** The measures of one graph at one time. A value. */
export interface GraphMeasures {
  readonly nodes: number;
  /** Linked pairs, whatever the number and direction of their links. */
  readonly links: number;
  /** Communities of two memories or more. */
  readonly communities: number;
  readonly components: number;
  /** Memories without a link. */
  readonly orphans: number;
  readonly avgClustering: number;
  /** From 64 seeded searches, so a sample on large graphs; `null` without links. */
  readonly avgPathLength: number | null;
  /** Grows with the number of nodes: compare it only with itself. `null` where chance has no such graph. */
  readonly sigma: number | null;
  readonly gini: number;
  /** `null` where too few memories have enough links to fit it. */
  readonly alpha: number | null;
  /** Share of sessions, days, weeks and months. */
  readonly episodicRatio: number;
  readonly maxDegree: number;
  /** Pairs that are alike in words but stand in different communities: too dear to count here, so always `null`. */
  readonly interference: number | null;
}

/** The health of the graph with its reasons. */
export interface GraphHealth {
  /** False only where a finding needs a person; the rest is the daily work's. */
  readonly ok: boolean;
  /** One sentence for each finding, with the number, the bound and what it means. */
  readonly reasons: readonly string[];
  readonly findings: readonly Finding[];
  readonly graph: GraphMeasures & {
    /** ISO 8601, UTC. */
    readonly computedAt: string;
    readonly tookMs: number;
  };
}

/** What measuring needs from outside. */
export interface GraphHealthNeeds {
  /** For drawing the starts of the path searches; seed it, so that two runs can be compared. */
  readonly random: Random;
  readonly clock: Pick<Clock, "now" | "monotonic">;
}

/** Measure a graph and judge it. Folds the graph's overlay in; about a second for 100,000 nodes. */
export function graphHealth(
  graph: MemoryGraph,
  needs: GraphHealthNeeds,
  bounds: HealthBounds = defaultHealthBounds,
): GraphHealth {
  const began = needs.clock.monotonic();
  const measures = measureGraph(graph, needs.random);
  const findings = judgeGraph(measures, bounds);
  return {
    ok: !findings.some((finding) => finding.needsPerson),
    reasons: findings.map((finding) => finding.sentence),
    findings,
    graph: {
      ...measures,
      computedAt: new Date(needs.clock.now()).toISOString(),
      tookMs: Math.round(needs.clock.monotonic() - began),
    },
  };
}

/** The measures alone. */
export function measureGraph(graph: MemoryGraph, random: Random): GraphMeasures {
  const rows = graph.adjacency();
  const byType = countTypes(graph);
  const parts = components(rows);
  const spread = degrees(rows);
  const clustering = averageClustering(rows);
  const pathLength = averagePathLength(rows, random);
  return {
    nodes: rows.size,
    links: spread.edges,
    communities: communities(rows).count,
    components: parts.count,
    orphans: parts.orphans,
    avgClustering: clustering,
    avgPathLength: pathLength,
    sigma: smallWorldSigma(rows.size, spread.mean, clustering, pathLength),
    gini: spread.gini,
    alpha: powerLaw(rows)?.alpha ?? null,
    episodicRatio: rows.size === 0 ? 0 : 1 - byType.semantic / rows.size,
    maxDegree: spread.max,
    interference: null,
  };
}
