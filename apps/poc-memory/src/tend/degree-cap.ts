/**
 * Which links a hub loses. A memory with very many neighbours comes up whatever is asked, so above a limit it gives
 * links up: first the weakest that were drawn by likeness of words, then drawn links whose other end has many too.
 *
 * Left alone are the links that say where a memory is from (`next`, `about`, `digest`) and those of shared things
 * (`shared`), which have a bound of their own and would come back with the next change. Nobody loses the last link.
 */
import type { Neighbour } from "../store/memory-store.ts";
import type { LinkType } from "../store/node.ts";

/** The living links of a node, as a store gives them. */
export type NeighboursOf = (id: number) => readonly Neighbour[];

/** A link to take away, by the ids of its ends. */
export interface LostLink {
  readonly from: number;
  readonly to: number;
  readonly type: LinkType;
}

/** What a limit asks for. */
export interface CapPlan {
  readonly lost: readonly LostLink[];
  /** Hubs that stay above the limit, because what they have left is not ours to take. */
  readonly stillOver: readonly number[];
}

/** "Many": the other end of a drawn link has other ways when it has at least this share of the limit. */
const HIGH_SHARE = 0.5;

/** What has to go so that these hubs have at most `limit` neighbours, as far as that may be. Deterministic. */
export function planCap(hubs: readonly number[], neighboursOf: NeighboursOf, limit: number): CapPlan {
  const view = new CapView(neighboursOf);
  const ordered = hubs.toSorted((a, b) => view.degreeOf(b) - view.degreeOf(a) || a - b);
  for (const hub of ordered) view.shed(hub, limit, ["auto"], 2);
  for (const hub of ordered)
    view.shed(hub, limit, ["auto", "link"], Math.max(2, Math.ceil(limit * HIGH_SHARE)));
  return { lost: view.lost, stillOver: ordered.filter((hub) => view.degreeOf(hub) > limit) };
}

/** All links between one node and a neighbour. */
interface Tie {
  readonly other: number;
  readonly types: readonly LinkType[];
  readonly strength: number;
}

/** The links as they would be after what is planned so far. */
class CapView {
  readonly lost: LostLink[] = [];
  readonly #neighboursOf: NeighboursOf;
  readonly #ties = new Map<number, Map<number, Tie>>();

  constructor(neighboursOf: NeighboursOf) {
    this.#neighboursOf = neighboursOf;
  }

  degreeOf(id: number): number {
    return this.#tiesOf(id).size;
  }

  /** Take ties made of these types only, the weakest first, whose other end has at least so many neighbours. */
  shed(hub: number, limit: number, types: readonly LinkType[], otherMin: number): void {
    const candidates = [...this.#tiesOf(hub).values()]
      .filter((tie) => tie.types.every((type) => types.includes(type)))
      .toSorted((a, b) => a.strength - b.strength || a.other - b.other);
    for (const { other, types: all } of candidates) {
      if (this.degreeOf(hub) <= limit) return;
      // Asked at the moment of taking: what was taken before may have made the other end poor.
      if (this.degreeOf(other) < otherMin) continue;
      for (const type of all) this.lost.push({ from: hub, to: other, type });
      this.#tiesOf(hub).delete(other);
      this.#tiesOf(other).delete(hub);
    }
  }

  #tiesOf(id: number): Map<number, Tie> {
    let ties = this.#ties.get(id);
    if (ties === undefined) {
      ties = new Map();
      for (const link of this.#neighboursOf(id)) {
        const tie = ties.get(link.id);
        const types = [...(tie?.types ?? []), link.type];
        ties.set(link.id, { other: link.id, types, strength: Math.max(link.strength, tie?.strength ?? 0) });
      }
      // A neighbour that was looked at before may have lost its tie with this one already.
      for (const [other, theirs] of this.#ties) if (ties.has(other) && !theirs.has(id)) ties.delete(other);
      this.#ties.set(id, ties);
    }
    return ties;
  }
}
