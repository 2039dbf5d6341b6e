import { aboveBound, largestFirst } from "../bounds.ts";
import { healthRule } from "../rule.ts";

/** What was given up may still run, and then holds memory and connections that nobody counts. */
export const attemptsAbandoned = healthRule({
  name: "attempts-abandoned",
  doc: "Attempts of a job did not stop when they were told to, and were given up.",
  next: "Make the job obey its AbortSignal; what was given up may run until the process ends.",
  level: "warn",
  unit: "count",
  forMs: 0,
  clearForMs: 60_000,
  settings: {
    "health.abandonedMax": {
      kind: "count",
      default: 0,
      min: 0,
      max: 1_000_000,
      doc: "Of one job so many attempts may be given up in a window. None, because each may go on unseen.",
      larger: "A job that now and then does not stop is tolerated.",
      smaller: "Each attempt that does not stop is told of.",
      reload: true,
    },
  },
  check: ({ recent }, settings) =>
    largestFirst(
      recent.totals.flatMap(({ job, abandoned }) =>
        aboveBound({
          target: job,
          value: abandoned,
          bound: settings["health.abandonedMax"],
          why: `${abandoned} attempts of ${job} did not stop when they were told to`,
        }),
      ),
    ),
  summary: (targets) => `${targets} jobs do not stop when they are told to`,
});
