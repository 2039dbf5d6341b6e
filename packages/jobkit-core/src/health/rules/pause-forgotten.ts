import { sayDuration } from "../../base/units.ts";
import { aboveBound, largestFirst } from "../bounds.ts";
import { healthRule } from "../rule.ts";

export const pauseForgotten = healthRule({
  name: "pause-forgotten",
  doc: "A job has been paused for long while tasks of it wait.",
  next: "Resume it, or cancel what waits.",
  level: "warn",
  unit: "ms",
  forMs: 0,
  clearForMs: 0,
  settings: {
    "health.pausedMs": {
      kind: "duration",
      default: 86_400_000,
      min: 1_000,
      max: 365 * 86_400_000,
      doc: "A job may be paused for so long while tasks of it wait. A pause of a day is more often forgotten than meant.",
      larger: "Long pauses are left in peace.",
      smaller: "A forgotten pause is told of sooner.",
      reload: true,
    },
  },
  check: ({ held }, settings) =>
    largestFirst(
      held
        .filter(({ reason }) => reason.kind === "paused")
        .flatMap(({ job, heldMs }) =>
          aboveBound({
            target: job,
            value: heldMs,
            bound: settings["health.pausedMs"],
            why: `${job} has been paused for ${sayDuration(heldMs)} while tasks of it wait`,
          }),
        ),
    ),
  summary: (targets) => `${targets} jobs are paused and wanted`,
});
