import type { Clock } from "../base/clock.ts";

/** Longest single sleep in ms (12 days): host timers hold 31 bits and fire at once beyond that. */
const SLEEP_MAX_MS = 2 ** 30;
/** The timer was disposed; nobody ever sees this. */
const DISPOSED = new Error("timer disposed");
const NO_TIMER: Disposable = { [Symbol.dispose]: () => {} };

/**
 * Call `fire` once after `ms` of monotonic time, unless the handle is disposed before. Infinity: never.
 * `fire` must not throw.
 */
export function after(clock: Clock, ms: number, fire: () => void): Disposable {
  if (ms === Number.POSITIVE_INFINITY) return NO_TIMER;
  const stop = new AbortController();
  void sleepThen(clock, ms, stop.signal, fire);
  return { [Symbol.dispose]: () => stop.abort(DISPOSED) };
}

async function sleepThen(clock: Clock, ms: number, signal: AbortSignal, fire: () => void): Promise<void> {
  try {
    const endMs = clock.monotonic() + ms;
    let leftMs = ms;
    do {
      await clock.sleep(Math.min(leftMs, SLEEP_MAX_MS), signal);
      leftMs = endMs - clock.monotonic();
    } while (leftMs > 0);
  } catch (error) {
    // A sleep only ends early because its owner disposed of the timer, who wants no answer.
    if (signal.aborted) return;
    throw error;
  }
  if (!signal.aborted) fire();
}

/** What a {@link Deadline} is made of. */
export interface DeadlineOptions {
  readonly clock: Clock;
  /** Monotonic ms from now until it fires; Infinity for never. */
  readonly ms: number;
  /** Makes the reason that the signal carries when the time is up. */
  readonly reason: () => Error;
  /** Called when the time is up, before the signal fires. */
  readonly onTime?: () => void;
}

/**
 * A timeout as an AbortSignal. It can also be fired by hand, with another reason; the first one stands.
 * Dispose it when the work is over: no timer is left, and the signal never fires after that.
 */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: Disposable;
  #over = false;

  constructor({ clock, ms, reason, onTime }: DeadlineOptions) {
    this.#timer = after(clock, ms, () => {
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

  [Symbol.dispose](): void {
    this.#over = true;
    this.#timer[Symbol.dispose]();
  }
}
