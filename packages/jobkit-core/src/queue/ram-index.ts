import type { TaskId } from "../base/ids.ts";
import type { Entry } from "./ram-entry.ts";
import { EntryList, placeIn } from "./ram-list.ts";

/**
 * The stored tasks by id. Ids begin with their time, so nearly all come in growing order: those stand in a list
 * and are found by halving it, because a map of them all costs more than the rest of storing a task. The others
 * stand in a map.
 */
export class IdIndex {
  readonly #growing = new EntryList();
  readonly #others = new Map<TaskId, Entry>();

  /** It must not be there. */
  add(entry: Entry): void {
    const { id } = entry.draft;
    const last = this.#growing.all.at(-1);
    if (last === undefined || last.draft.id < id) this.#growing.push(entry);
    else this.#others.set(id, entry);
  }

  find(id: TaskId): Entry | undefined {
    const other = this.#others.size > 0 ? this.#others.get(id) : undefined;
    if (other !== undefined) return other;
    const entries = this.#growing.all;
    const last = entries.at(-1);
    if (last === undefined || last.draft.id < id) return undefined;
    const found = entries[placeIn(entries, (entry) => entry.draft.id < id)];
    return found !== undefined && found.draft.id === id && !found.forgotten ? found : undefined;
  }

  /** It has been forgotten. */
  forget(entry: Entry): void {
    const { id } = entry.draft;
    // An id that was given again after its task was forgotten stands in both.
    if (this.#others.get(id) === entry) this.#others.delete(id);
    else this.#growing.forget();
  }
}
