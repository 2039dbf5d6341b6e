import type { TaskId } from "../base/ids.ts";
import type { Entry, Place } from "./ram-entry.ts";

/** So many of them are looked at before the index is asked: as many as a few dozen lanes have under way. */
const NEAR = 32;

/** The tasks that run, in no promised order. */
export class RunningEntries implements Place {
  readonly #entries: Entry[] = [];

  get all(): readonly Entry[] {
    return this.#entries;
  }

  /** The task of that id where it is found at once; it may run all the same where it is not. */
  near(id: TaskId): Entry | undefined {
    const end = Math.min(NEAR, this.#entries.length);
    for (let at = 0; at < end; at += 1) if (this.#entries[at]?.draft.id === id) return this.#entries[at];
    return undefined;
  }

  push(entry: Entry): void {
    entry.heapAt = this.#entries.length;
    this.#entries.push(entry);
  }

  /** The last one takes its place. */
  remove(entry: Entry): void {
    const last = this.#entries.pop() as Entry;
    if (last === entry) return;
    this.#entries[entry.heapAt] = last;
    last.heapAt = entry.heapAt;
  }
}
