import type { Entry } from "./ram-entry.ts";

/** Sweep when more than this many forgotten entries stand in the list, and they are more than half of it. */
const SWEEP_MIN = 1024;

/** All entries in order of adding, to page through. Forgotten ones are swept out in passing. */
export class AddingOrder {
  #entries: Entry[] = [];
  #last = 0;
  #forgotten = 0;

  /** The number of the next entry, from 1; never given twice. */
  next(): number {
    this.#last += 1;
    return this.#last;
  }

  add(entry: Entry): void {
    this.#entries.push(entry);
  }

  forget(entry: Entry): void {
    entry.forgotten = true;
    this.#forgotten += 1;
    if (this.#forgotten < SWEEP_MIN || this.#forgotten * 2 < this.#entries.length) return;
    this.#entries = this.#entries.filter((one) => !one.forgotten);
    this.#forgotten = 0;
  }

  /** Entries behind the one of order `cursor` (from the start where it is `null`), in the asked direction. */
  *from(cursor: number | null, order: "newest" | "oldest"): Generator<Entry, undefined> {
    const step = order === "newest" ? -1 : 1;
    let at: number;
    if (order === "newest") at = (cursor === null ? this.#entries.length : this.#at(cursor)) - 1;
    else at = cursor === null ? 0 : this.#at(cursor + 1);
    for (; ; at += step) {
      const entry = this.#entries[at];
      if (entry === undefined) return undefined;
      if (!entry.forgotten) yield entry;
    }
  }

  /** Position of the first entry of order `order` or later. */
  #at(order: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle] as Entry).order < order) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
