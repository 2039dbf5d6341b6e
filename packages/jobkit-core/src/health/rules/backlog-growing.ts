import { largestFirst } from "../bounds.ts";
import { healthRule } from "../rule.ts";

/** One large submission is no growth: only a backlog that grew in both halves of the window is. */
export const backlogGrowing = healthRule({
  name: "backlog-growing",
  doc: "Tasks of a job are submitted faster than they are done, for some time already.",
  next: "Give the job more room, make it quicker, or submit less.",
  level: "warn",
  unit: "count",
  forMs: 60_000,
  clearForMs: 5 * 60_000,
  settings: {
    "health.backlogGrowth": {
      kind: "count",
      default: 1_000,
      min: 1,
      max: 1_000_000_000,
      doc: "The waiting tasks of a job may grow by so many in a window. Below a thousand, a queue hardly notices.",
      larger: "Only a flood is told of.",
      smaller: "Slow growth is told of, too.",
      reload: true,
    },
  },
  check: ({ recent }, settings) =>
    largestFirst(
      recent.backlog.flatMap(({ job, was: [begin, middle, now] }) => {
        const bound = settings["health.backlogGrowth"];
        const value = now - begin;
        if (value <= bound || middle - begin < bound / 3 || now - middle < bound / 3) return [];
        return [
          { target: job, value, bound, why: `${value} more tasks of ${job} wait than before, ${now} in all` },
        ];
      }),
    ),
  summary: (targets) => `the backlog of ${targets} jobs grows`,
});
