import type { Alarms } from "./alarms.ts";

/** What a {@link Deadline} is made of. */
export interface DeadlineOptions {
  /** Keeps the time. */
  readonly alarms: Alarms;
  /** Monotonic ms from now until it fires; Infinity for never. */
  readonly ms: number;
  /** Makes the reason that the signal carries when the time is up. */
  readonly reason: () => Error;
  /** Called when the time is up, before the signal fires. */
  readonly onTime?: () => void;
}

/**
 * A timeout as an AbortSignal. It can also be fired by hand, with another reason; the first one stands.
 * Dispose it when the work is over: no alarm is left, and the signal never fires after that.
 */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: Disposable;
  #over = false;

  constructor({ alarms, ms, reason, onTime }: DeadlineOptions) {
    this.#timer = alarms.set(ms, () => {
      if (this.#over) return;
      onTime?.();
      this.abort(reason());
    });
  }

  /** Fires when the time is up or {@link abort} is called. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Fire now. Harmless after the first time and after disposal. */
  abort(reason: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#timer[Symbol.dispose]();
    this.#controller.abort(reason);
  }

  /** Take the timer away; its signal never fires by it then. */
  [Symbol.dispose](): void {
    this.#over = true;
    this.#timer[Symbol.dispose]();
  }
}
