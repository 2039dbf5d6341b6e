import type { Random } from "../base/random.ts";

/** Values fetched at once: one call to the system costs more than what it brings. */
const BATCH = 128;
const HIGH_SHIFT = 2 ** 26;
const SCALE = 2 ** -53;

/** Chance of this machine: 53 bits of the system's secure source for each number. */
export class SystemRandom implements Random {
  readonly #words = new Uint32Array(2 * BATCH);
  #at = this.#words.length;

  next(): number {
    if (this.#at === this.#words.length) {
      crypto.getRandomValues(this.#words);
      this.#at = 0;
    }
    const high = (this.#words[this.#at] ?? 0) >>> 5;
    const low = (this.#words[this.#at + 1] ?? 0) >>> 6;
    this.#at += 2;
    return (high * HIGH_SHIFT + low) * SCALE;
  }
}
