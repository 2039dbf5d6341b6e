/**
 * Spreading activation: a hit passes a share of its score to what it is linked with, and what several hits reach adds
 * up. A score goes from each seed to each node by its shortest way only and never comes back, so a node does not raise
 * itself through its neighbours.
 */
import type { Neighbour, WordHit } from "../store/memory-store.ts";
import type { LinkType } from "../store/node.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import type { RecallWeights } from "./settings.ts";

/**
 * How well each type of link carries a score. What shares things or words is a guess of the program, so it carries
 * less; a digest tells of many things, and one of them being sought says little about the others.
 */
const TYPE_WEIGHTS: Readonly<Record<LinkType, number>> = {
  next: 1,
  about: 0.8,
  shared: 0.5,
  link: 1,
  digest: 0.2,
  auto: 0.3,
};

/**
 * A node with more links of a type than this passes on less over each, by the square root of the excess: else a hit
 * on an episode would bury the results under all its facts, and a hub would light everything.
 */
const FAN_FREE = 2;

/** Links of one node that are followed, the strongest first. */
const LINKS_MAX = 64;

/** By which link a node was reached, and how much came over it. */
export interface Via {
  readonly from: number;
  readonly type: LinkType;
  readonly share: number;
}

/** What a node has of the whole score, where 1 is the best word hit. */
export interface Activation {
  readonly id: number;
  /** Own words; 0 where only links lead here. */
  readonly words: number;
  /** From others. */
  readonly links: number;
  /** The greatest contributions from others, greatest first, at most VIA_MAX. */
  readonly via: readonly Via[];
}

/** Contributions kept for explaining. */
export const VIA_MAX = 3;

/** Spread the scores of hits (best first, positive) over links. The order of the result is that of first reaching. */
export function spread(
  hits: readonly WordHit[],
  neighbourhood: Neighbourhood,
  weights: RecallWeights,
): readonly Activation[] {
  const top = hits[0]?.score ?? 0;
  if (!(top > 0)) return [];
  const found = new Map<number, { id: number; words: number; links: number; via: Via[] }>();
  const at = (id: number) => {
    let activation = found.get(id);
    if (activation === undefined) found.set(id, (activation = { id, words: 0, links: 0, via: [] }));
    return activation;
  };
  for (const hit of hits) at(hit.id).words = hit.score / top;
  const passes = passesOf(neighbourhood, weights);
  for (const seed of hits.slice(0, weights.seeds))
    for (const { id, share, from, type } of reachedFrom(seed.id, seed.score / top, weights.hops, passes)) {
      const activation = at(id);
      activation.links += share;
      activation.via.push({ from, type, share });
      if (activation.via.length > VIA_MAX) dropLeast(activation.via);
    }
  for (const activation of found.values())
    activation.via.sort((a, b) => b.share - a.share || a.from - b.from);
  return [...found.values()];
}

/** One step: the neighbour and the factor that a score is multiplied with. */
interface Pass {
  readonly id: number;
  readonly type: LinkType;
  readonly factor: number;
}

/** The steps out of a node, one for each neighbour (the best of parallel links), looked up once for each query. */
function passesOf(neighbourhood: Neighbourhood, weights: RecallWeights): (id: number) => readonly Pass[] {
  const known = new Map<number, readonly Pass[]>();
  return (id) => {
    let passes = known.get(id);
    if (passes === undefined) known.set(id, (passes = steps(neighbourhood.linksOf(id), weights.decay)));
    return passes;
  };
}

function steps(links: readonly Neighbour[], decay: number): readonly Pass[] {
  const fans = new Map<LinkType, number>();
  for (const link of links) fans.set(link.type, (fans.get(link.type) ?? 0) + 1);
  const best = new Map<number, Pass>();
  for (const { id, type, strength } of links) {
    const fan = Math.max(1, (fans.get(type) ?? 1) / FAN_FREE);
    const factor = (decay * TYPE_WEIGHTS[type] * strength) / Math.sqrt(fan);
    if (factor > (best.get(id)?.factor ?? 0)) best.set(id, { id, type, factor });
  }
  return [...best.values()].toSorted((a, b) => b.factor - a.factor || a.id - b.id).slice(0, LINKS_MAX);
}

interface Reached extends Via {
  readonly id: number;
}

/** All nodes within so many steps of a seed, each by the shortest way; of ways as short, shares add up. */
function reachedFrom(
  seed: number,
  score: number,
  hops: number,
  passes: (id: number) => readonly Pass[],
): readonly Reached[] {
  const visited = new Set([seed]);
  const all: Reached[] = [];
  let frontier: readonly { readonly id: number; readonly share: number }[] = [{ id: seed, share: score }];
  for (let hop = 0; hop < hops && frontier.length > 0; hop += 1) {
    const next = new Map<number, { id: number; share: number; from: number; type: LinkType; most: number }>();
    for (const source of frontier)
      for (const pass of passes(source.id)) {
        if (visited.has(pass.id)) continue;
        const share = source.share * pass.factor;
        const old = next.get(pass.id);
        if (old === undefined)
          next.set(pass.id, { id: pass.id, share, from: source.id, type: pass.type, most: share });
        else {
          old.share += share;
          if (share > old.most) Object.assign(old, { from: source.id, type: pass.type, most: share });
        }
      }
    for (const id of next.keys()) visited.add(id);
    for (const { id, share, from, type } of next.values()) all.push({ id, share, from, type });
    frontier = [...next.values()];
  }
  return all;
}

function dropLeast(via: Via[]): void {
  let least = 0;
  for (let at = 1; at < via.length; at += 1) if (via[at]!.share < via[least]!.share) least = at;
  via.splice(least, 1);
}
