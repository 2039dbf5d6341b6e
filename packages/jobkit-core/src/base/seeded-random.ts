import type { Random } from "./random.ts";

const TWO_TO_32 = 2 ** 32;
/** So many first values are thrown away: they still resemble the seed. */
const WARM_UP = 12;

/**
 * Chance that repeats: same seed, same sequence. 128 bits of state; not for secrets.
 * Algorithm: sfc32 of Chris Doty-Humphrey's PractRand, its state filled from the seed by splitmix32.
 */
export class SeededRandom implements Random {
  readonly seed: number;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed any whole number; only its lower 32 bits count. */
  constructor(seed: number) {
    this.seed = seed;
    let state = seed | 0;
    const fill = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      return (mixed ^ (mixed >>> 15)) | 0;
    };
    this.#a = fill();
    this.#b = fill();
    this.#c = fill();
    for (let at = 0; at < WARM_UP; at += 1) this.next();
  }

  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / TWO_TO_32;
  }

  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  /** True in about `share` (0 to 1) of all calls. */
  chance(share: number): boolean {
    return this.next() < share;
  }

  /** One of `list`, each equally often. @throws RangeError when it is empty. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError("seeded random: nothing to pick from");
    return list[this.below(list.length)] as T;
  }
}
