import { aboveBound, largestFirst, sayShare } from "../bounds.ts";
import { healthRule } from "../rule.ts";
import { endedLeast, endedOf } from "./ended-least.ts";

export const retriesMany = healthRule({
  name: "retries-many",
  doc: "Most attempts of a job only end in another attempt.",
  next: "Look at why they fail: what is retried so often does work for nothing and hides a cause.",
  level: "warn",
  unit: "ratio",
  forMs: 60_000,
  clearForMs: 60_000,
  settings: {
    ...endedLeast,
    "health.retryShare": {
      kind: "ratio",
      default: 0.5,
      min: 0,
      max: 1,
      doc: "So large a share of the attempts of a job may be followed by another attempt. Above a half, a job retries more than it works.",
      larger: "Jobs that are retried by nature are left in peace.",
      smaller: "Retries are told of sooner.",
      reload: true,
    },
  },
  check: ({ recent }, settings) =>
    largestFirst(
      recent.totals
        .filter((totals) => endedOf(totals) >= settings["health.endedLeast"])
        .flatMap((totals) => {
          const bound = settings["health.retryShare"];
          const value = totals.retried / endedOf(totals);
          const why = `${sayShare(value)} of the attempts of ${totals.job} are followed by another`;
          return aboveBound({ target: totals.job, value, bound, clearBound: bound * 0.8, why });
        }),
    ),
  summary: (targets) => `${targets} jobs mostly retry`,
});
