import type { Clock } from "../../base/clock.ts";

/** A clock that stops when its process dies: nobody who sleeps on it wakes, and no sleeper stays behind. */
export class MortalClock implements Clock {
  readonly #clock: Clock;
  readonly #death = new AbortController();
  #diedMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get dead(): boolean {
    return this.#death.signal.aborted;
  }

  /** When it stopped, in monotonic ms; Infinity where it goes on. */
  get diedMs(): number {
    return this.#diedMs;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (this.dead) return forever();
    const death = this.#death.signal;
    try {
      await this.#clock.sleep(ms, signal === undefined ? death : AbortSignal.any([signal, death]));
    } catch (error) {
      if (this.dead) return forever();
      throw error;
    }
    if (this.dead) return forever();
  }

  /** Stop for good. */
  die(): void {
    this.#diedMs = Math.min(this.#diedMs, this.#clock.monotonic());
    this.#death.abort(new Error("the process died"));
  }
}

/** What waits for this waits until it is forgotten. */
export function forever(): Promise<never> {
  return new Promise(() => {});
}
