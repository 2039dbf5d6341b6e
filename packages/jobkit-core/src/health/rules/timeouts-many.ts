import { aboveBound, largestFirst, sayShare } from "../bounds.ts";
import { healthRule } from "../rule.ts";
import { endedLeast, endedOf } from "./ended-least.ts";

export const timeoutsMany = healthRule({
  name: "timeouts-many",
  doc: "Many attempts of a job are stopped at its timeout.",
  next: "Raise the timeout if the work really takes that long; else look at what it waits for.",
  level: "warn",
  unit: "ratio",
  forMs: 60_000,
  clearForMs: 60_000,
  settings: {
    ...endedLeast,
    "health.timeoutShare": {
      kind: "ratio",
      default: 0.1,
      min: 0,
      max: 1,
      doc: "So large a share of the attempts of a job may be stopped at its timeout. A timeout is for the exception; one in ten is none.",
      larger: "Tight timeouts are left in peace.",
      smaller: "Timeouts are told of sooner.",
      reload: true,
    },
  },
  check: ({ recent }, settings) =>
    largestFirst(
      recent.totals
        .filter((totals) => endedOf(totals) >= settings["health.endedLeast"])
        .flatMap((totals) => {
          const bound = settings["health.timeoutShare"];
          const value = totals.timedOut / endedOf(totals);
          const why = `${sayShare(value)} of the attempts of ${totals.job} are stopped at its timeout`;
          return aboveBound({ target: totals.job, value, bound, clearBound: bound * 0.8, why });
        }),
    ),
  summary: (targets) => `${targets} jobs often time out`,
});
