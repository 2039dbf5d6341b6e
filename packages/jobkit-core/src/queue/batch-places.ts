/** Where the tasks of one batch stand, by id: what planning a graph asks for each of its edges. */
import type { TaskId } from "../base/ids.ts";

interface Named {
  readonly id: TaskId;
}

/** Finds the tasks of one batch. */
export interface BatchPlaces {
  /** Position of the task of that id; -1 where the batch has none. */
  of(id: TaskId): number;
}

/** Do their ids grow from each to the next? Those that are made for one batch do; they differ, too. */
export function idsGrow(tasks: readonly Named[]): boolean {
  for (let at = 1; at < tasks.length; at += 1)
    if ((tasks[at - 1] as Named).id >= (tasks[at] as Named).id) return false;
  return true;
}

/** The first id that two of them have, or `null`. */
export function twinOf(tasks: readonly Named[]): TaskId | null {
  if (idsGrow(tasks)) return null;
  const seen = new Set<TaskId>();
  for (const { id } of tasks) {
    if (seen.has(id)) return id;
    seen.add(id);
  }
  return null;
}

/** The places of tasks whose ids differ. */
export function placesOf(tasks: readonly Named[]): BatchPlaces {
  if (idsGrow(tasks)) return new GrowingPlaces(tasks);
  const places = new Map(tasks.map(({ id }, at) => [id, at]));
  return { of: (id) => places.get(id) ?? -1 };
}

/**
 * Ids that grow need no map. Who asks for one parent asks for its neighbour next, so each is looked for from the
 * last one on, in steps that double: it costs the logarithm of the distance.
 */
class GrowingPlaces implements BatchPlaces {
  readonly #tasks: readonly Named[];
  #last = 0;

  constructor(tasks: readonly Named[]) {
    this.#tasks = tasks;
  }

  of(id: TaskId): number {
    const last = this.#tasks[this.#last];
    if (last === undefined) return -1;
    if (last.id === id) return this.#last;
    const at = last.id < id ? this.#above(id) : this.#below(id);
    this.#last = Math.min(at, this.#tasks.length - 1);
    return this.#tasks[at]?.id === id ? at : -1;
  }

  #above(id: TaskId): number {
    let low = this.#last + 1;
    let high = low;
    for (let step = 1; high < this.#tasks.length && this.#idAt(high) < id; step *= 2) {
      low = high + 1;
      high += step;
    }
    return this.#between(low, Math.min(high, this.#tasks.length), id);
  }

  #below(id: TaskId): number {
    let high = this.#last;
    let low = high - 1;
    for (let step = 1; low >= 0 && this.#idAt(low) > id; step *= 2) {
      high = low;
      low -= step;
    }
    return this.#between(Math.max(low, 0), high, id);
  }

  /** The first place from `first` to `end` whose id is not smaller. */
  #between(first: number, end: number, id: TaskId): number {
    let low = first;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#idAt(middle) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #idAt(at: number): TaskId {
    return (this.#tasks[at] as Named).id;
  }
}
