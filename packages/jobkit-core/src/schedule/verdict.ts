import type { Random } from "../base/random.ts";
import { assertNever } from "../base/never.ts";
import { retryDelayMs, type RetryPolicy } from "../job/retry.ts";
import type { Outcome } from "../queue/queue-store.ts";
import type { AttemptEnd } from "../run/attempt-end.ts";
import type { TaskFailure } from "../task/state.ts";

/** What the verdict depends on beside the end itself. */
export interface VerdictOptions {
  readonly retry: RetryPolicy;
  /** Number of the attempt that ended, from 1. */
  readonly attempt: number;
  /** Wall time in ms since 1970. */
  readonly nowMs: number;
  /** Shortens delays by the policy's jitter. */
  readonly random: Random;
}

/** What an ended attempt comes to: done, cancelled, ready again, retried after a delay, or failed for good. */
export function verdict(end: AttemptEnd, options: VerdictOptions): Outcome {
  switch (end.kind) {
    case "done":
      return { kind: "done", result: end.result };
    case "cancelled":
      return { kind: "cancelled", reason: end.reason };
    case "interrupted":
      return { kind: "interrupted" };
    case "forked":
      return { kind: "forked", drafts: end.drafts };
    case "expired":
      return { kind: "failed", error: end.error };
    case "error":
    case "timeout":
      return again(end.error, end.retry, options);
    case "abandoned":
      if (end.cause.kind === "cancelled") return { kind: "cancelled", reason: end.cause.reason };
      if (end.cause.kind === "interrupted") return { kind: "interrupted" };
      if (end.cause.kind === "expired") return { kind: "failed", error: end.error };
      return again(end.error, end.retry, options);
    default:
      return assertNever(end);
  }
}

function again(error: TaskFailure, mayRetry: boolean, options: VerdictOptions): Outcome {
  const delayMs = mayRetry ? retryDelayMs(options.retry, options.attempt, options.random) : null;
  if (delayMs === null) return { kind: "failed", error };
  return { kind: "retrying", dueAtMs: options.nowMs + delayMs, error };
}
