import { aboveBound, largestFirst } from "../bounds.ts";
import { healthRule } from "../rule.ts";

/** The failed tasks that are kept are the dead letters: work that somebody wanted and did not get. */
export const failuresPiled = healthRule({
  name: "failures-piled",
  doc: "Many failed tasks of a job lie in the queue, and nobody has looked at them.",
  next: "Look at why they failed, then retry or forget them.",
  level: "warn",
  unit: "count",
  forMs: 0,
  clearForMs: 0,
  settings: {
    "health.failedMax": {
      kind: "count",
      default: 100,
      min: 0,
      max: 1_000_000_000,
      doc: "So many failed tasks of one job may be kept before that is told of. More than a hundred are not looked at one by one any more.",
      larger: "Failures may pile up.",
      smaller: "Failures are told of sooner.",
      reload: true,
    },
  },
  check: ({ queue }, settings) =>
    largestFirst(
      queue
        .filter(({ state }) => state === "failed")
        .flatMap(({ job, count }) => {
          const bound = settings["health.failedMax"];
          const why = `${count} failed tasks of ${job} are kept`;
          return aboveBound({ target: job, value: count, bound, clearBound: bound * 0.9, why });
        }),
    ),
  summary: (targets) => `failed tasks of ${targets} jobs pile up`,
});
