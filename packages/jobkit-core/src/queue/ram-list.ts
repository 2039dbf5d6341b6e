import type { Entry } from "./ram-entry.ts";

/** Sweep when more than this many forgotten entries stand in the list, and they are more than half of it. */
const SWEEP_MIN = 1024;

/** Entries in the order they came, which is an order by something. Forgotten ones are swept out in passing. */
export class EntryList {
  #entries: Entry[] = [];
  #forgotten = 0;

  /** Forgotten ones among them. */
  get all(): readonly Entry[] {
    return this.#entries;
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
  }

  /** One of them has been forgotten. @returns true where all that are have been swept out now. */
  forget(): boolean {
    this.#forgotten += 1;
    if (this.#forgotten < SWEEP_MIN || this.#forgotten * 2 < this.#entries.length) return false;
    this.#entries = this.#entries.filter((one) => !one.forgotten);
    this.#forgotten = 0;
    return true;
  }
}

/** Position of the first entry that does not stand before the place looked for. Logarithmic. */
export function placeIn(entries: readonly Entry[], isBefore: (entry: Entry) => boolean): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(entries[middle] as Entry)) low = middle + 1;
    else high = middle;
  }
  return low;
}
