import type { RunId } from "../base/ids.ts";
import type { Entry } from "./ram-entry.ts";
import { EntryList, placeIn } from "./ram-list.ts";

/** All entries in order of adding, to page through. */
export class AddingOrder {
  readonly #entries = new EntryList();
  /** By run; made when a run is first asked for, and kept from then on. */
  #byRun: Map<RunId, Entry[]> | null = null;
  #last = 0;

  /** The number of the next entry, from 1; never given twice. */
  next(): number {
    this.#last += 1;
    return this.#last;
  }

  add(entry: Entry): void {
    this.#entries.push(entry);
    if (this.#byRun !== null) enlist(this.#byRun, entry);
  }

  /** One of them has been forgotten. */
  forget(): void {
    if (this.#entries.forget()) this.#byRun = null;
  }

  /**
   * Entries behind the one of order `cursor` (from the start where it is `null`), in the asked direction;
   * only those of `run` where one is given.
   */
  *from(cursor: number | null, order: "newest" | "oldest", run?: RunId): Generator<Entry, undefined> {
    const entries = run === undefined ? this.#entries.all : this.#ofRun(run);
    const step = order === "newest" ? -1 : 1;
    let at: number;
    if (order === "newest") at = (cursor === null ? entries.length : placeOf(entries, cursor)) - 1;
    else at = cursor === null ? 0 : placeOf(entries, cursor + 1);
    for (; ; at += step) {
      const entry = entries[at];
      if (entry === undefined) return undefined;
      if (!entry.forgotten) yield entry;
    }
  }

  #ofRun(run: RunId): readonly Entry[] {
    if (this.#byRun === null) {
      this.#byRun = new Map();
      for (const entry of this.#entries.all) if (!entry.forgotten) enlist(this.#byRun, entry);
    }
    return this.#byRun.get(run) ?? [];
  }
}

function enlist(byRun: Map<RunId, Entry[]>, entry: Entry): void {
  const { run } = entry.draft;
  const list = byRun.get(run);
  if (list === undefined) byRun.set(run, [entry]);
  else list.push(entry);
}

/** Position of the first entry of order `order` or later. */
function placeOf(entries: readonly Entry[], order: number): number {
  return placeIn(entries, (entry) => entry.order < order);
}
