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
