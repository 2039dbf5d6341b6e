/**
 * Runs one reconciler again and again: a look, its tasks submitted, a pause. Never two looks at once,
 * never fatal: a look that throws is reported and followed by a growing pause.
 */
import { type Added, type Clock, describeError, type Emitter, type NewTask } from "jobkit-core";
import type { Reconciler } from "../app.ts";
import type { DaemonEvents } from "../events.ts";

/** What a loop needs of the daemon. */
export interface ReconcileDeps {
  readonly clock: Clock;
  readonly events: Emitter<DaemonEvents>;
  /** Hands the tasks to the scheduler; answers one per task. */
  readonly submit: (tasks: readonly NewTask[]) => Promise<readonly Added[]>;
  /** Aborts when the daemon stops. */
  readonly signal: AbortSignal;
  /** Pause after the first failed look in ms, doubled with each one in a row, up to `retryMaxMs`. Asked each time. */
  readonly retryFirstMs: () => number;
  readonly retryMaxMs: () => number;
}

/** What a look brought. `added` counts the tasks that were not waiting yet. */
export type Look =
  | { readonly kind: "looked"; readonly found: number; readonly added: number }
  | { readonly kind: "failed"; readonly why: string };

/** A reconciler as people see it. Times are ms since 1970; `null` before the first look. */
export interface ReconcilerState {
  readonly name: string;
  readonly doc: string;
  readonly lastLookAtMs: number | null;
  readonly lastFound: number;
  readonly lastTookMs: number;
  /** Failures since the last look that worked. */
  readonly failuresInARow: number;
  /** Why the last look failed; `null` where it worked. */
  readonly why: string | null;
}

const PAUSE_FACTOR = 2;
/** Tasks of one submission; a find may answer many more, and one commit should stay short. */
const BATCH = 500;

export class ReconcileLoop {
  readonly #reconciler: Reconciler;
  readonly #deps: ReconcileDeps;
  #state: ReconcilerState;
  #looking: Promise<Look> | null = null;

  constructor(reconciler: Reconciler, deps: ReconcileDeps) {
    this.#reconciler = reconciler;
    this.#deps = deps;
    this.#state = {
      name: reconciler.name,
      doc: reconciler.doc,
      lastLookAtMs: null,
      lastFound: 0,
      lastTookMs: 0,
      failuresInARow: 0,
      why: null,
    };
  }

  get state(): ReconcilerState {
    return this.#state;
  }

  /** Look now; while a look is under way, answer with that one. Never throws. */
  look(): Promise<Look> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  /** Look and pause until the daemon stops. Resolves then; never throws. */
  async run(): Promise<void> {
    const { clock, signal } = this.#deps;
    while (!signal.aborted) {
      await this.look();
      try {
        await clock.sleep(this.#pauseMs(), signal);
      } catch {
        // The pause ends early only because the daemon stops; the loop sees that by itself.
      }
    }
  }

  async #look(): Promise<Look> {
    const { clock, events, signal } = this.#deps;
    const reconciler = this.#reconciler.name;
    const startedMs = clock.monotonic();
    try {
      const found = await this.#reconciler.find(signal);
      const added = await this.#submit(found);
      const tookMs = Math.round(clock.monotonic() - startedMs);
      if (added > 0)
        events.emit("reconciler.found", () => ({ reconciler, found: found.length, added, tookMs }));
      this.#note(found.length, tookMs, 0, null);
      return { kind: "looked", found: found.length, added };
    } catch (error) {
      // Stopping in the middle of a look is no failure of the reconciler.
      if (signal.aborted) return { kind: "looked", found: 0, added: 0 };
      const { code, message } = describeError(error);
      const inARow = this.#state.failuresInARow + 1;
      events.emit("reconciler.failed", () => ({ reconciler, code, why: message, inARow }));
      this.#note(0, Math.round(clock.monotonic() - startedMs), inARow, `${code}: ${message}`);
      return { kind: "failed", why: `${code}: ${message}` };
    }
  }

  async #submit(tasks: readonly NewTask[]): Promise<number> {
    let added = 0;
    for (const batch of batchesOf(tasks)) {
      const answers = await this.#deps.submit(batch);
      added += answers.filter((answer) => answer.added).length;
    }
    return added;
  }

  #note(lastFound: number, lastTookMs: number, failuresInARow: number, why: string | null): void {
    this.#state = {
      ...this.#state,
      lastLookAtMs: this.#deps.clock.now(),
      lastFound,
      lastTookMs,
      failuresInARow,
      why,
    };
  }

  #pauseMs(): number {
    const { everyMs } = this.#reconciler;
    const usual = Math.max(0, typeof everyMs === "number" ? everyMs : everyMs());
    const { failuresInARow } = this.#state;
    if (failuresInARow === 0) return usual;
    return Math.min(
      this.#deps.retryMaxMs(),
      this.#deps.retryFirstMs() * PAUSE_FACTOR ** (failuresInARow - 1),
    );
  }
}

/** Cut into batches, but keep together what waits for each other: parents are looked up in the batch or the store. */
function batchesOf(tasks: readonly NewTask[]): readonly (readonly NewTask[])[] {
  if (tasks.length <= BATCH || tasks.some((task) => (task.after ?? []).length > 0))
    return tasks.length === 0 ? [] : [tasks];
  const batches: NewTask[][] = [];
  for (let at = 0; at < tasks.length; at += BATCH) batches.push(tasks.slice(at, at + BATCH));
  return batches;
}
