import { sayDuration } from "../../base/units.ts";
import { aboveBound, largestFirst } from "../bounds.ts";
import { healthRule } from "../rule.ts";

export const scheduleOverdue = healthRule({
  name: "schedule-overdue",
  doc: "A schedule should have submitted its task long ago, and did not.",
  next: "Look at whether it is paused, or waits for its last task to end, and for errors of the queue store.",
  level: "error",
  unit: "ms",
  // A machine that slept finds schedules long due: they fire within seconds.
  forMs: 15_000,
  clearForMs: 0,
  settings: {
    "health.overdueMs": {
      kind: "duration",
      default: 2 * 60_000,
      min: 1_000,
      max: 30 * 86_400_000,
      doc: "A schedule may be late by so long. It is late by milliseconds where all is well; two minutes leave time for catching up after a machine slept.",
      larger: "A busy start is left in peace.",
      smaller: "A schedule that does not fire is told of sooner.",
      reload: true,
    },
  },
  check: ({ schedules }, settings) =>
    largestFirst(
      schedules.flatMap(({ name, overdueMs }) =>
        aboveBound({
          target: name,
          value: overdueMs,
          bound: settings["health.overdueMs"],
          why: `schedule ${name} should have fired ${sayDuration(overdueMs)} ago`,
        }),
      ),
    ),
  summary: (targets) => `${targets} schedules are overdue`,
});
