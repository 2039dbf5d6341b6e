import type { Clock } from "jobkit-core";

/**
 * Runs `act` some time after it was asked to: at once, or at the end of a delay, never twice at the same time,
 * and once more if it was asked while it ran. `act` must not reject.
 */
export class SyncTimer {
  readonly #clock: Clock;
  readonly #act: () => Promise<void>;
  readonly #stop = new AbortController();
  #sleeping = false;
  #running: Promise<void> | null = null;
  #again = false;

  constructor(clock: Clock, act: () => Promise<void>) {
    this.#clock = clock;
    this.#act = act;
  }

  /** Act within `delayMs`; one delay at a time. */
  within(delayMs: number): void {
    if (delayMs <= 0) {
      this.now();
      return;
    }
    if (this.#sleeping || this.#stop.signal.aborted) return;
    this.#sleeping = true;
    void this.#later(delayMs);
  }

  /** Act now, or right after the round that runs. */
  now(): void {
    if (this.#stop.signal.aborted) return;
    if (this.#running !== null) {
      this.#again = true;
      return;
    }
    this.#running = this.#rounds();
  }

  /** No further round; resolves when the one that runs has ended. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#again = false;
    await this.#running;
  }

  async #later(delayMs: number): Promise<void> {
    try {
      await this.#clock.sleep(delayMs, this.#stop.signal);
    } catch {
      // Stopped: whoever stops it does the last round itself.
      return;
    } finally {
      this.#sleeping = false;
    }
    this.now();
  }

  async #rounds(): Promise<void> {
    do {
      this.#again = false;
      await this.#act();
    } while (this.#again);
    this.#running = null;
  }
}
