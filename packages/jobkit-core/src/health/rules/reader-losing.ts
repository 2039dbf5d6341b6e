import { aboveBound, largestFirst } from "../bounds.ts";
import { healthRule } from "../rule.ts";

export const readerLosing = healthRule({
  name: "reader-losing",
  doc: "A reader of the event stream lost events, because too many waited for it.",
  next: "Make the reader quicker or its queue longer, or read what is missing from the event log.",
  level: "warn",
  unit: "count",
  forMs: 0,
  clearForMs: 60_000,
  settings: {
    "health.droppedMax": {
      kind: "count",
      default: 0,
      min: 0,
      max: 1_000_000_000,
      doc: "A reader of the event stream may lose so many events in a window.",
      larger: "Readers that only look are left in peace.",
      smaller: "Each loss is told of.",
      reload: true,
    },
  },
  check: ({ recent }, settings) =>
    largestFirst(
      recent.dropped.flatMap(({ name, count }) =>
        aboveBound({
          target: name,
          value: count,
          bound: settings["health.droppedMax"],
          why: `reader ${name} lost ${count} events`,
        }),
      ),
    ),
  summary: (targets) => `${targets} readers lose events`,
});
