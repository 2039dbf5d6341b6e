import type { Json } from "../../base/json.ts";
import type { Marks } from "../../queue/queue-store.ts";
import type { SchedulerSnapshot } from "../../schedule/snapshot.ts";
import type { Complaints } from "./complaints.ts";

/** The name under which a scheduler keeps what is paused. */
const PAUSED = "scheduler.paused";

/** Marks are kept with the commit they came with, or not at all; and what is paused is what is kept. */
export class LawOfMarks {
  readonly #complaints: Complaints;
  readonly #kept = new Map<string, Json>();
  /** Names that were ever asked for, in a commit that may have failed. */
  readonly #names = new Set<string>([PAUSED]);

  constructor(complaints: Complaints) {
    this.#complaints = complaints;
  }

  /** Every name to ask the store for. */
  get names(): readonly string[] {
    return [...this.#names];
  }

  /** Somebody is about to set a mark of that name. */
  ask(name: string): void {
    this.#names.add(name);
  }

  /** The store has set them. */
  set(marks: Marks): void {
    for (const [name, value] of Object.entries(marks))
      if (value === null) this.#kept.delete(name);
      else this.#kept.set(name, value);
  }

  /** `stored` is what the store holds under every name. */
  check(stored: Marks): void {
    for (const name of this.#names)
      if (JSON.stringify(stored[name]) !== JSON.stringify(this.#kept.get(name)))
        this.#complaints.add(`mark ${name} is ${JSON.stringify(stored[name])}`);
  }

  /** What is paused now is what is paused after a restart. */
  checkPauses({ paused }: SchedulerSnapshot): void {
    const nothing = !paused.all && paused.jobs.length === 0;
    const kept = this.#kept.get(PAUSED);
    if (JSON.stringify(kept) !== (nothing ? undefined : JSON.stringify(paused)))
      this.#complaints.add(`paused ${JSON.stringify(paused)} and kept ${JSON.stringify(kept)}`);
  }
}
