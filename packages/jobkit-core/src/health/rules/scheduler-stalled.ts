import { sayDuration } from "../../base/units.ts";
import { aboveBound, largestFirst } from "../bounds.ts";
import { healthRule } from "../rule.ts";

/** Never stop silently: a due task that nothing holds up and nobody starts is the scheduler's own fault. */
export const schedulerStalled = healthRule({
  name: "scheduler-stalled",
  doc: "A task could run, nothing holds it up, and still it is not started.",
  next: "Look for errors of the queue store; restart the daemon if there are none, and report it: this should never be.",
  level: "error",
  unit: "ms",
  // A machine that slept finds tasks long due: they start with the next turn.
  forMs: 15_000,
  clearForMs: 0,
  settings: {
    "health.stalledMs": {
      kind: "duration",
      default: 60_000,
      min: 1_000,
      max: 86_400_000,
      doc: "A task that nothing holds up may wait so long for its start. A start takes milliseconds; a minute outlasts any pause between two tries of the store but the longest.",
      larger: "Trouble of the store that passes is not told of twice.",
      smaller: "A standstill is told of sooner.",
      reload: true,
    },
  },
  check: ({ waiting, held }, settings) => {
    const explained = new Set(held.map(({ job }) => job));
    return largestFirst(
      waiting
        .filter(({ job }) => !explained.has(job))
        .flatMap(({ job, waitedMs }) =>
          aboveBound({
            target: job,
            value: waitedMs,
            bound: settings["health.stalledMs"],
            why: `a task of ${job} could have started ${sayDuration(waitedMs)} ago, and nothing holds it up`,
          }),
        ),
    );
  },
  summary: (targets) => `tasks of ${targets} jobs are not started for no reason`,
});
