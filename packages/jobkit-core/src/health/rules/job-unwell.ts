import { largestFirst } from "../bounds.ts";
import { healthRule } from "../rule.ts";

/** The check itself has waited for several failures in a row. */
export const jobUnwell = healthRule({
  name: "job-unwell",
  doc: "The check of whether a job is alive says that it is not.",
  next: "Look at what the check says; nothing was stopped because of it.",
  level: "error",
  unit: "ms",
  forMs: 0,
  clearForMs: 0,
  settings: {},
  check: ({ checks }) =>
    largestFirst(
      checks
        .filter(({ check, state }) => check === "live" && state === "unwell")
        .map(({ job, sinceMs, why }) => ({ target: job, value: sinceMs, bound: 0, why: `${job}: ${why}` })),
    ),
  summary: (targets) => `${targets} jobs are not well`,
});
