/**
 * How like two memories are in their words: the cosine of their first words, each weighed by its rarity, so that
 * two rare words in common tell more than twenty everyday ones. Rarity is counted in the word index, once for a run.
 */
import type { MemoryStore } from "../store/memory-store.ts";
import type { MemoryNode } from "../store/node.ts";
import { queryTerms } from "../store/words.ts";

/** Words held by more memories than this bring no two of them together; there is no need to count further. */
const COMMON_ABOVE = 200;

/** The rarest words that partners are looked for with: each costs a walk through its holders. */
const SOUGHT_WORDS = 8;

/** Partners that are compared, the best by those words. */
const COMPARED = 12;

/** The part of a store that likeness is reckoned from. */
export type WordIndex = Pick<MemoryStore, "words" | "wordSpread" | "byIds">;

/** A memory and how like it is: above 0 to 1. */
export interface Likeness {
  readonly node: MemoryNode;
  readonly similarity: number;
}

/** Looks for the like of memories. Keeps the rarity of every word it met: make one for a run and drop it. */
export class LikenessIndex {
  readonly #index: WordIndex;
  readonly #spread = new Map<string, number>();

  constructor(index: WordIndex) {
    this.#index = index;
  }

  /** The memories that are likest to one, itself left out, the likest first; of equals the first by key. */
  likest(node: MemoryNode): readonly Likeness[] {
    const words = queryTerms(node.content);
    const sought = words
      .map((word) => ({ word, spread: this.#spreadOf(word) }))
      .filter(({ spread }) => spread > 1 && spread <= COMMON_ABOVE)
      .toSorted((a, b) => a.spread - b.spread)
      .slice(0, SOUGHT_WORDS);
    if (sought.length === 0) return [];
    const hits = this.#index.words(sought.map(({ word }) => word).join(" "), COMPARED + 1);
    const ids = hits.map(({ id }) => id).filter((id) => id !== node.id);
    return this.#index
      .byIds(ids)
      .map((other) => ({ node: other, similarity: this.#cosine(words, queryTerms(other.content)) }))
      .filter(({ similarity }) => similarity > 0)
      .toSorted((a, b) => b.similarity - a.similarity || (a.node.key < b.node.key ? -1 : 1));
  }

  #cosine(a: readonly string[], b: readonly string[]): number {
    const held = new Set(b);
    const shared = this.#weight(a.filter((word) => held.has(word)));
    return shared === 0 ? 0 : shared / Math.sqrt(this.#weight(a) * this.#weight(b));
  }

  /** Squared weights, summed: a word counts by how rarely it is met. */
  #weight(words: readonly string[]): number {
    return words.reduce((sum, word) => sum + Math.log(1 + COMMON_ABOVE / this.#spreadOf(word)) ** 2, 0);
  }

  #spreadOf(word: string): number {
    let spread = this.#spread.get(word);
    if (spread === undefined) {
      // The index has stems: a word may be held though none of its other forms is met; 1 at least, for the weight.
      spread = Math.max(1, this.#index.wordSpread(word, COMMON_ABOVE + 1));
      this.#spread.set(word, spread);
    }
    return spread;
  }
}
