import type { Random } from "../base/random.ts";

/**
 * How a failed attempt is followed by another: the delay before attempt n+1 is
 * `min(maxMs, firstMs * factor ** (n - 1))`, shortened by up to `jitter` of itself.
 * A new task starts at `firstMs` again: success resets the delay by ending the task.
 */
export interface RetryPolicy {
  /** Attempts in all, the first included; at least 1. */
  readonly attempts: number;
  /** Delay in ms after the first failed attempt. */
  readonly firstMs: number;
  /** No delay is longer, in ms. */
  readonly maxMs: number;
  /** Each delay is so many times the one before; at least 1. */
  readonly factor: number;
  /** Share of the delay that chance may take off, 0 to 1, so that failures do not march in step. */
  readonly jitter: number;
}

/** Three attempts, 5 minutes then 10 apart, never more than 30; up to a tenth shorter. */
export const defaultRetry: RetryPolicy = {
  attempts: 3,
  firstMs: 5 * 60_000,
  maxMs: 30 * 60_000,
  factor: 2,
  jitter: 0.1,
};

/** One attempt only. */
export const noRetry: RetryPolicy = { attempts: 1, firstMs: 0, maxMs: 0, factor: 1, jitter: 0 };

/**
 * Ms to wait after failed attempt number `attempt` (from 1), or `null` where no attempt is left.
 * The same `random` sequence gives the same delays.
 */
export function retryDelayMs(policy: RetryPolicy, attempt: number, random: Random): number | null {
  if (attempt >= policy.attempts) return null;
  const full = Math.min(policy.maxMs, policy.firstMs * policy.factor ** (attempt - 1));
  return Math.round(full * (1 - policy.jitter * random.next()));
}
