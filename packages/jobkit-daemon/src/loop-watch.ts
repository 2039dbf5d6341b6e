import type { Clock, EventBus } from "jobkit-core";

/** What a {@link LoopWatch} goes by. */
export interface LoopWatchDeps {
  readonly bus: Pick<EventBus, "listen">;
  readonly clock: Clock;
  /** Something runs that might hold up the event loop. */
  readonly busy: () => boolean;
}

/** Ms from one look to the next. What holds up the loop for less is not seen, and of the rest up to so much is missing. */
const LOOK_MS = 100;

/**
 * Notices when a job holds up the event loop, by how late its own sleeps end. It sleeps only while something runs:
 * an idle daemon is not woken for it.
 */
export class LoopWatch implements AsyncDisposable {
  readonly #deps: LoopWatchDeps;
  readonly #stop = new AbortController();
  readonly #listening: Disposable;
  #looking: Promise<void> | null = null;
  #longestMs: number | null = null;

  constructor(deps: LoopWatchDeps) {
    this.#deps = deps;
    this.#listening = deps.bus.listen({ name: "loop-watch", rows: (name) => name === "task.started" }, () => {
      this.#looking ??= this.#look();
    });
  }

  /** The longest time in ms since it was last asked; `null` where nothing ran since. */
  take(): number | null {
    const longestMs = this.#longestMs;
    this.#longestMs = null;
    return longestMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listening[Symbol.dispose]();
    this.#stop.abort();
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { clock, busy } = this.#deps;
    const { signal } = this.#stop;
    do {
      const beganMs = clock.monotonic();
      try {
        await clock.sleep(LOOK_MS, signal);
      } catch {
        // Only closing ends the sleep early.
        break;
      }
      const lateMs = Math.max(0, clock.monotonic() - beganMs - LOOK_MS);
      this.#longestMs = Math.max(this.#longestMs ?? 0, lateMs);
    } while (busy());
    this.#looking = null;
  }
}
