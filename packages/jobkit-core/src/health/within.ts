import type { Clock } from "../base/clock.ts";
import { jobkitError } from "../base/error-table.ts";

/** A question that must be answered in time. */
export interface Question<T> {
  readonly clock: Clock;
  readonly ms: number;
  /** Ends the question; it then rejects with its reason. */
  readonly signal: AbortSignal;
  /** Completes the sentence of the error: what is being asked. */
  readonly doing: string;
  readonly ask: (signal: AbortSignal) => Promise<T>;
}

/**
 * Ask, but wait for the answer no longer than `ms`; what is asked hears of both ends by its signal. A
 * question that ignores it goes on by itself, and what it answers then is nobody's business.
 * @throws CHECK_FAILED when the time is up; signal.reason when `signal` aborts; what `ask` throws.
 */
export async function within<T>({ clock, ms, signal, doing, ask }: Question<T>): Promise<T> {
  signal.throwIfAborted();
  const ending = new AbortController();
  const abort = (): void => ending.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  const over = new AbortController();
  try {
    return await Promise.race([ask(ending.signal), timeUp(over.signal), aborted(ending.signal)]);
  } finally {
    signal.removeEventListener("abort", abort);
    over.abort(new Error("the question was answered"));
  }

  async function timeUp(answered: AbortSignal): Promise<never> {
    await clock.sleep(ms, answered);
    const late = jobkitError("CHECK_FAILED", `${doing} for more than ${ms} ms`);
    ending.abort(late);
    throw late;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
