import { sayDuration } from "../../base/units.ts";
import { aboveBound, largestFirst } from "../bounds.ts";
import { healthRule } from "../rule.ts";

export const jobUnready = healthRule({
  name: "job-unready",
  doc: "What a job depends on is not there, so that none of its tasks starts.",
  next: "Mend what the check names; tasks start by themselves when it answers well.",
  level: "error",
  unit: "ms",
  forMs: 0,
  clearForMs: 0,
  settings: {
    "health.unreadyMs": {
      kind: "duration",
      default: 60_000,
      min: 0,
      max: 86_400_000,
      doc: "What a job depends on may be away for so long. A minute outlasts the restart of most services.",
      larger: "Longer absences are left in peace.",
      smaller: "An absence is told of sooner.",
      reload: true,
    },
  },
  check: ({ checks }, settings) =>
    largestFirst(
      checks
        .filter(({ check, state }) => check !== "live" && state !== "well")
        .flatMap(({ job, check, sinceMs, why }) =>
          aboveBound({
            target: job,
            value: sinceMs,
            bound: settings["health.unreadyMs"],
            why: `${job} has not been ready for ${sayDuration(sinceMs)} (${check}: ${why})`,
          }),
        ),
    ),
  summary: (targets) => `${targets} jobs are not ready`,
});
