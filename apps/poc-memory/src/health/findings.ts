import type { GraphMeasures } from "./graph-health.ts";
import type { HealthBounds } from "./settings.ts";

/** One thing that is not as it should be. */
export interface Finding {
  /** Field of the measures that it is about. */
  readonly measure: keyof GraphMeasures;
  readonly value: number;
  readonly bound: number;
  /** The daily work cannot mend this alone. */
  readonly needsPerson: boolean;
  /** The number, the bound and what it means, for people. */
  readonly sentence: string;
}

/** What of a graph's measures lies beyond its bounds, in a fixed order. Nothing for a graph too small to judge. */
export function judgeGraph(measures: GraphMeasures, bounds: HealthBounds): readonly Finding[] {
  if (measures.nodes < bounds["health.nodesMin"]) return [];
  return [
    ...linkFindings(measures, bounds),
    ...hubFindings(measures, bounds),
    ...kindFindings(measures, bounds),
  ];
}

function linkFindings(measures: GraphMeasures, bounds: HealthBounds): readonly Finding[] {
  const found: Finding[] = [];
  const orphanShare = measures.orphans / measures.nodes;
  const orphanMax = bounds["health.orphanShareMax"];
  if (orphanShare > orphanMax)
    found.push({
      measure: "orphans",
      value: orphanShare,
      bound: orphanMax,
      needsPerson: orphanShare > bounds["health.orphanShareAct"],
      sentence: `${measures.orphans} of ${measures.nodes} memories (${percent(orphanShare)}, bound ${percent(orphanMax)}) have no link, so recall finds them by their words only.`,
    });
  const clusteringMin = bounds["health.clusteringMin"];
  if (measures.avgClustering < clusteringMin)
    found.push({
      measure: "avgClustering",
      value: measures.avgClustering,
      bound: clusteringMin,
      needsPerson: false,
      sentence: `Mean clustering is ${short(measures.avgClustering)} (bound ${short(clusteringMin)}): memories that belong to the same thing are not linked with each other.`,
    });
  const sigmaMin = bounds["health.sigmaMin"];
  if (measures.sigma !== null && measures.sigma < sigmaMin)
    found.push({
      measure: "sigma",
      value: measures.sigma,
      bound: sigmaMin,
      needsPerson: false,
      sentence: `The small-world measure is ${short(measures.sigma)} (bound ${short(sigmaMin)}): the graph is no better knit than chance.`,
    });
  return found;
}

function hubFindings(measures: GraphMeasures, bounds: HealthBounds): readonly Finding[] {
  const found: Finding[] = [];
  const giniMax = bounds["health.giniMax"];
  if (measures.gini > giniMax)
    found.push({
      measure: "gini",
      value: measures.gini,
      bound: giniMax,
      needsPerson: measures.gini > bounds["health.giniAct"],
      sentence: `The links are shared out unequally, with a Gini index of ${short(measures.gini)} (bound ${short(giniMax)}): a few memories hold most of them.`,
    });
  const alphaMin = bounds["health.alphaMin"];
  if (measures.alpha !== null && measures.alpha < alphaMin)
    found.push({
      measure: "alpha",
      value: measures.alpha,
      bound: alphaMin,
      needsPerson: false,
      sentence: `The degrees fall off with an exponent of ${short(measures.alpha)} (bound ${short(alphaMin)}): hubs dominate the graph.`,
    });
  const degreeMax = bounds["health.degreeMax"];
  if (measures.maxDegree > degreeMax)
    found.push({
      measure: "maxDegree",
      value: measures.maxDegree,
      bound: degreeMax,
      needsPerson: false,
      sentence: `One memory has ${measures.maxDegree} links (bound ${degreeMax}): it comes up whatever is asked and should be split or have its weakest links taken away.`,
    });
  return found;
}

function kindFindings(measures: GraphMeasures, bounds: HealthBounds): readonly Finding[] {
  const most = bounds["health.episodicShareMax"];
  if (measures.episodicRatio <= most) return [];
  return [
    {
      measure: "episodicRatio",
      value: measures.episodicRatio,
      bound: most,
      needsPerson: false,
      sentence: `${percent(measures.episodicRatio)} of the memories are episodes (bound ${percent(most)}): too little lasting knowledge has been drawn from them.`,
    },
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function short(value: number): string {
  return value.toFixed(2);
}
