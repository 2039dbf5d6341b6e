import { aboveBound, largestFirst } from "../bounds.ts";
import { healthRule } from "../rule.ts";

export const deadlinesMissed = healthRule({
  name: "deadlines-missed",
  doc: "Tasks of a job had not ended by their deadline.",
  next: "Find what they waited for: room, a parent, or themselves; or give them later deadlines.",
  level: "warn",
  unit: "count",
  forMs: 0,
  clearForMs: 60_000,
  settings: {
    "health.expiredMax": {
      kind: "count",
      default: 0,
      min: 0,
      max: 1_000_000,
      doc: "Of one job so many tasks may miss their deadline in a window. None, because whoever sets a deadline wants to know.",
      larger: "Deadlines that are only wishes are left in peace.",
      smaller: "Each missed deadline is told of.",
      reload: true,
    },
  },
  check: ({ recent }, settings) =>
    largestFirst(
      recent.totals.flatMap(({ job, expired }) =>
        aboveBound({
          target: job,
          value: expired,
          bound: settings["health.expiredMax"],
          why: `${expired} tasks of ${job} missed their deadline`,
        }),
      ),
    ),
  summary: (targets) => `tasks of ${targets} jobs miss their deadline`,
});
