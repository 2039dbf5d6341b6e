/**
 * What a person has paused, and what keeps a job from starting for other reasons. Pauses are kept in the
 * store, so that a restart does not undo what somebody did on purpose; holds are not: whoever holds a job
 * comes back with the process and decides anew.
 */
import type { Marks, QueueStore } from "../queue/queue-store.ts";
import type { Kit } from "./kit.ts";
import { OneAtATime } from "./one-at-a-time.ts";

const MARK = "scheduler.paused";

export class Pauses {
  readonly #kit: Kit;
  /** A store may do two calls in another order than they were made: the last one must be kept. */
  readonly #keeping = new OneAtATime();
  /** What was changed before it was known what an earlier life had paused, to be done over that; `null`: it is known. */
  #early: (() => void)[] | null = [];

  constructor(kit: Kit) {
    this.#kit = kit;
  }

  /** Take over what was paused in an earlier life. @throws what the store throws. */
  async load(): Promise<void> {
    const { all, jobs } = pausedIn(await this.#store.marks([MARK]));
    if (this.#early === null) return;
    this.#kit.phase.paused = all;
    for (const name of jobs) {
      const standing = this.#kit.standings.get(name);
      // A job that is gone keeps no pause.
      if (standing !== undefined) standing.paused = true;
    }
    for (const change of this.#early) change();
    this.#early = null;
  }

  /** Pause a job, or everything. Holds at once; answered when it is kept. @throws JOB_UNKNOWN, what the store throws. */
  async pause(job: string | undefined): Promise<void> {
    const { phase, events } = this.#kit;
    const change = (): void => {
      if (job === undefined) phase.paused = true;
      else this.#standing(job).paused = true;
    };
    change();
    events.emit("job.paused", () => ({ target: job ?? "" }));
    await this.#take(change);
  }

  /** Resume a job, or everything, single jobs included. @throws JOB_UNKNOWN, what the store throws. */
  async resume(job: string | undefined): Promise<void> {
    const { phase, standings, events } = this.#kit;
    const change = (): void => {
      if (job !== undefined) this.#standing(job).paused = false;
      else {
        phase.paused = false;
        for (const standing of standings.values()) standing.paused = false;
      }
    };
    change();
    events.emit("job.resumed", () => ({ target: job ?? "" }));
    await this.#take(change);
  }

  /** Nothing of the job starts while anybody holds it. @throws JOB_UNKNOWN. */
  hold(job: string, by: string, why: string): void {
    this.#standing(job).holds.set(by, why);
    // As for a pause.
    this.#kit.gate.wake();
  }

  /** Undo {@link hold}. @throws JOB_UNKNOWN. */
  release(job: string, by: string): void {
    if (this.#standing(job).holds.delete(by)) this.#kit.gate.wake();
  }

  get #store(): QueueStore {
    return this.#kit.store;
  }

  #standing(job: string): { paused: boolean; readonly holds: Map<string, string> } {
    const { registry, standings } = this.#kit;
    // The registry says what was probably meant.
    return standings.get(registry.get(job).name) as { paused: boolean; holds: Map<string, string> };
  }

  async #take(change: () => void): Promise<void> {
    // What was kept for the next task of a paused job is free for others.
    this.#kit.gate.wake();
    this.#early?.push(change);
    await this.#keeping.do(() => this.#keep());
  }

  async #keep(): Promise<void> {
    const { phase, standings } = this.#kit;
    // Before the start nobody has read what was paused in an earlier life: writing would forget it.
    if (this.#early !== null) await this.load();
    const jobs = [...standings.values()].filter(({ paused }) => paused).map(({ job }) => job.name);
    const nothing = !phase.paused && jobs.length === 0;
    await this.#store.setMarks({ [MARK]: nothing ? null : { all: phase.paused, jobs } });
  }
}

function pausedIn({ [MARK]: mark }: Marks): { readonly all: boolean; readonly jobs: readonly string[] } {
  if (typeof mark !== "object" || mark === null || !("jobs" in mark)) return { all: false, jobs: [] };
  const { all, jobs } = mark;
  return { all: all === true, jobs: Array.isArray(jobs) ? jobs.map(String) : [] };
}
