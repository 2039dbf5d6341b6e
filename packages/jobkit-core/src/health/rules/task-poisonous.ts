import { aboveBound, largestFirst } from "../bounds.ts";
import { healthRule } from "../rule.ts";

/** Twice may be chance, where two processes died of something else; it is still the first place to look. */
export const taskPoisonous = healthRule({
  name: "task-poisonous",
  doc: "A process died while it ran a task, and that was not the task's first attempt.",
  next: "Cancel the task, then look at what its job does at that input: it may be what kills the process.",
  level: "error",
  unit: "count",
  forMs: 0,
  clearForMs: 0,
  settings: {
    "health.lostAttemptsMax": {
      kind: "count",
      default: 1,
      min: 0,
      max: 1_000,
      doc: "A task may have had so many attempts by the time its process dies. One, because the first death may be chance.",
      larger: "Only tasks that kill again and again are told of.",
      smaller: "Each death of a process is told of, with the tasks that ran.",
      reload: true,
    },
  },
  check: ({ lost }, settings) =>
    largestFirst(
      lost.flatMap(({ task, job, attempts }) =>
        aboveBound({
          target: task,
          value: attempts,
          bound: settings["health.lostAttemptsMax"],
          why: `the process died at attempt ${attempts} of ${job} ${task}`,
        }),
      ),
    ),
  summary: (targets) => `${targets} tasks may kill their process`,
});
