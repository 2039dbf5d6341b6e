import type { TaskCount, TaskStateKind } from "jobkit-core";

/**
 * Changes of the counts that are not in the file yet: those of the call at work, and those of the calls of the
 * same transaction that succeeded before it. They are written once per transaction, before it commits.
 */
export class CountChanges {
  #call = new Map<string, TaskCount>();
  #kept = new Map<string, TaskCount>();

  /** One task of `job` went from one state to another; `null` is where it came from or went to nowhere. */
  move(job: string, from: TaskStateKind | null, to: TaskStateKind | null): void {
    if (from !== null) addTo(this.#call, { job, state: from, count: -1 });
    if (to !== null) addTo(this.#call, { job, state: to, count: 1 });
  }

  /** The call at work succeeded. */
  keep(): void {
    if (this.#call.size === 0) return;
    for (const change of this.#call.values()) addTo(this.#kept, change);
    this.#call = new Map();
  }

  /** The call at work failed and its changes are undone. */
  drop(): void {
    this.#call = new Map();
  }

  /** What is to be written, which counts as written from now on. */
  take(): readonly TaskCount[] {
    const changes = [...this.#kept.values()].filter(({ count }) => count !== 0);
    this.#kept = new Map();
    return changes;
  }

  /** Counts of the file with what is not in it yet; zeros are left out. */
  over(written: readonly TaskCount[]): readonly TaskCount[] {
    const sums = new Map<string, TaskCount>();
    for (const one of [...written, ...this.#kept.values(), ...this.#call.values()]) addTo(sums, one);
    return [...sums.values()].filter(({ count }) => count > 0);
  }

  /** The whole transaction is undone. */
  clear(): void {
    this.#call = new Map();
    this.#kept = new Map();
  }
}

function addTo(sums: Map<string, TaskCount>, { job, state, count }: TaskCount): void {
  // No state has a colon in it, so the key is unique whatever the job is called.
  const key = `${state}:${job}`;
  sums.set(key, { job, state, count: (sums.get(key)?.count ?? 0) + count });
}
