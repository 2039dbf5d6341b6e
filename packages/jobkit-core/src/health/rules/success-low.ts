import { belowBound, sayShare } from "../bounds.ts";
import { healthRule } from "../rule.ts";
import { endedLeast } from "./ended-least.ts";

/** By tasks, not by attempts: a task that succeeds at its second attempt has succeeded. */
export const successLow = healthRule({
  name: "success-low",
  doc: "Too many tasks of a job end without success.",
  next: "Look at the failures of the job; retry its tasks when the cause is mended.",
  level: "error",
  unit: "ratio",
  forMs: 60_000,
  clearForMs: 60_000,
  settings: {
    ...endedLeast,
    "health.successShare": {
      kind: "ratio",
      default: 0.8,
      min: 0,
      max: 1,
      doc: "So large a share of the tasks of a job should end well. One failure in five after all retries is no accident any more.",
      larger: "Failures are told of sooner.",
      smaller: "Jobs that fail by nature are left in peace.",
      reload: true,
    },
  },
  check: ({ recent }, settings) =>
    recent.totals
      .filter(({ done, failed }) => done + failed >= settings["health.endedLeast"])
      .flatMap(({ job, done, failed }) => {
        const bound = settings["health.successShare"];
        const value = done / (done + failed);
        const why = `only ${sayShare(value)} of the tasks of ${job} ended well (${failed} failed)`;
        // Half of the way back to none failing at most, so that a bound near 1 can still be cleared.
        const clearBound = bound + Math.min(0.05, (1 - bound) / 2);
        return belowBound({ target: job, value, bound, clearBound, why });
      })
      .toSorted((a, b) => a.value - b.value),
  summary: (targets) => `tasks of ${targets} jobs fail too often`,
});
