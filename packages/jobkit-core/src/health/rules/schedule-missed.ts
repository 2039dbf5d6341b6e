import { aboveBound, largestFirst } from "../bounds.ts";
import { healthRule } from "../rule.ts";

export const scheduleMissed = healthRule({
  name: "schedule-missed",
  doc: "Due times of a schedule passed while nobody was there.",
  next: "Nothing, if the machine was off; the schedule's policy says what is made up for. Else look at why the daemon was not running.",
  level: "warn",
  unit: "count",
  forMs: 0,
  clearForMs: 0,
  settings: {
    "health.missedMax": {
      kind: "count",
      default: 0,
      min: 0,
      max: 1_000_000,
      doc: "Of one schedule so many due times may be missed in a window.",
      larger: "A machine that is often off raises no alarm.",
      smaller: "Each missed time is told of.",
      reload: true,
    },
  },
  check: ({ recent }, settings) =>
    largestFirst(
      recent.missed.flatMap(({ name, count }) =>
        aboveBound({
          target: name,
          value: count,
          bound: settings["health.missedMax"],
          why: `schedule ${name} missed ${count} due times`,
        }),
      ),
    ),
  summary: (targets) => `${targets} schedules missed due times`,
});
