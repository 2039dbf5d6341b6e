import { Heap, type HeapMember } from "./heap.ts";
import type { Entry } from "./ram-entry.ts";

/** The deadline of one task, while it waits. */
export interface Deadline extends HeapMember {
  readonly entry: Entry;
  readonly atMs: number;
}

/** The deadlines of the tasks that wait. Those of running tasks are kept by whoever runs them. */
export class Deadlines {
  readonly #heap = new Heap<Deadline>((a, b) =>
    a.atMs === b.atMs ? a.entry.order < b.entry.order : a.atMs < b.atMs,
  );

  /** Wall time in ms of the first, or `null`. */
  get nextAtMs(): number | null {
    return this.#heap.first()?.atMs ?? null;
  }

  /** A task waits from now on. */
  add(entry: Entry, atMs: number): void {
    const deadline: Deadline = { entry, atMs, heapAt: -1 };
    entry.deadline = deadline;
    this.#heap.push(deadline);
  }

  /** A task runs, or has ended. Harmless where it had none. */
  remove(entry: Entry): void {
    if (entry.deadline !== null) this.#heap.remove(entry.deadline);
    entry.deadline = null;
  }

  /** The waiting task whose deadline passed first, or `undefined`. */
  firstPassed(nowMs: number): Entry | undefined {
    const first = this.#heap.first();
    return first !== undefined && first.atMs <= nowMs ? first.entry : undefined;
  }
}
