import { sayDuration } from "../../base/units.ts";
import { aboveBound, largestFirst } from "../bounds.ts";
import { healthRule } from "../rule.ts";

/** A watchdog that barks: the one that bites is the job's timeout. */
export const attemptSilent = healthRule({
  name: "attempt-silent",
  doc: "An attempt of a job that reports progress has reported none for too long.",
  next: "Look at what it waits for; cancel it if that will not come.",
  level: "warn",
  unit: "ms",
  forMs: 0,
  clearForMs: 0,
  settings: {
    "health.silentMs": {
      kind: "duration",
      default: 5 * 60_000,
      min: 1_000,
      max: 86_400_000,
      doc: "An attempt of a job that reports progress is looked at when it has reported none for so long. Half the usual timeout of a job.",
      larger: "Steps that take long by nature are left in peace; a hanging attempt is told of later.",
      smaller: "A hanging attempt is told of sooner; steps that take long raise false alarms.",
      reload: true,
    },
  },
  check: ({ running }, settings) =>
    largestFirst(
      running.flatMap(({ task, job, silentMs }) =>
        aboveBound({
          target: task,
          value: silentMs ?? 0,
          bound: settings["health.silentMs"],
          why: `${job} has said nothing for ${sayDuration(silentMs ?? 0)}`,
        }),
      ),
    ),
  summary: (targets) => `${targets} attempts make no progress`,
});
