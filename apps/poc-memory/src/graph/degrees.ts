import type { Adjacency } from "./adjacency.ts";

/** How the edges are shared out among the nodes. */
export interface Degrees {
  /** Edges of the graph. */
  readonly edges: number;
  readonly mean: number;
  readonly max: number;
  /** 0: all nodes have as many edges; towards 1: a few have them all. 0 for a graph without edges. */
  readonly gini: number;
}

/** A power law fitted to the upper degrees. */
export interface PowerLaw {
  /** The exponent; smaller means that a few hubs dominate more. */
  readonly alpha: number;
  /** The least degree that belongs to the fitted tail. */
  readonly minDegree: number;
  /** Nodes in the tail. */
  readonly tail: number;
}

/** With fewer nodes than this in the tail, the exponent says nothing (Clauset et al., section 3.3). */
const TAIL_MIN = 50;

/** Where the approximation of the exponent is good to about a hundredth (Clauset et al., figure 3.2). */
const APPROXIMATION_FROM = 2;

/** Number of nodes of each degree, from 0 to the greatest. */
export function degreeHistogram(graph: Adjacency): Int32Array {
  const { size, offsets } = graph;
  let max = 0;
  for (let node = 0; node < size; node += 1) max = Math.max(max, offsets[node + 1]! - offsets[node]!);
  const histogram = new Int32Array(max + 1);
  for (let node = 0; node < size; node += 1) histogram[offsets[node + 1]! - offsets[node]!]! += 1;
  return histogram;
}

/** Mean, greatest and Gini index: sum of (2 i - n - 1) k_i over n times the sum of k, with k sorted by counting. */
export function degrees(graph: Adjacency): Degrees {
  const histogram = degreeHistogram(graph);
  const ends = graph.targets.length;
  let [below, weighted] = [0, 0];
  for (const [degree, count] of histogram.entries()) {
    // The ranks below + 1 to below + count share this degree; their (2 i - n - 1) sum up to the bracket.
    weighted += degree * count * (2 * below + count - graph.size);
    below += count;
  }
  return {
    edges: ends / 2,
    mean: graph.size === 0 ? 0 : ends / graph.size,
    max: histogram.length - 1,
    gini: ends === 0 ? 0 : weighted / (graph.size * ends),
  };
}

/**
 * The exponent by maximum likelihood for whole numbers, alpha = 1 + n / sum of ln(k / (kMin - 1/2)), with the kMin
 * whose fitted curve is nearest to the tail by Kolmogorov-Smirnov distance (Clauset, Shalizi and Newman 2009,
 * "Power-law distributions in empirical data", equations 3.7 and 3.9).
 * @returns `null` where no tail has 50 nodes, or where all its nodes have the same degree.
 */
export function powerLaw(graph: Adjacency): PowerLaw | null {
  const histogram = degreeHistogram(graph);
  let best: PowerLaw | null = null;
  let nearest = Infinity;
  let [tail, logs] = [0, 0];
  // From the top down, so that the sums of each tail follow from those of the next.
  for (let degree = histogram.length - 1; degree >= APPROXIMATION_FROM; degree -= 1) {
    const count = histogram[degree]!;
    tail += count;
    logs += count * Math.log(degree);
    if (count === 0 || tail < TAIL_MIN || tail === count) continue;
    const alpha = 1 + tail / (logs - tail * Math.log(degree - 0.5));
    const distance = tailDistance(histogram, degree, tail, alpha);
    if (distance > nearest) continue;
    nearest = distance;
    best = { alpha, minDegree: degree, tail };
  }
  return best;
}

/** Greatest difference between the share of the tail at or above each degree and the fitted curve. */
function tailDistance(histogram: Int32Array, minDegree: number, tail: number, alpha: number): number {
  let [above, greatest] = [tail, 0];
  for (let degree = minDegree; degree < histogram.length; degree += 1) {
    if (histogram[degree] === 0) continue;
    const fitted = ((degree - 0.5) / (minDegree - 0.5)) ** (1 - alpha);
    greatest = Math.max(greatest, Math.abs(above / tail - fitted));
    above -= histogram[degree]!;
  }
  return greatest;
}
