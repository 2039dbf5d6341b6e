import type { TotalsFact } from "../facts.ts";

/** How many ended attempts a share is judged by: shared by the rules that judge shares. */
export const endedLeast = {
  "health.endedLeast": {
    kind: "count",
    default: 20,
    min: 1,
    max: 1_000_000,
    doc: "A job's share of failures, retries and timeouts is judged where so many of its attempts ended in the window. Of fewer than twenty, one or two say nothing.",
    larger: "Shares are steadier; jobs that run seldom are not judged.",
    smaller: "Jobs that run seldom are judged, too, by less.",
    reload: true,
  },
} as const;

/** Attempts that ended: done, failed or to be tried again. */
export function endedOf({ done, failed, retried }: TotalsFact): number {
  return done + failed + retried;
}
