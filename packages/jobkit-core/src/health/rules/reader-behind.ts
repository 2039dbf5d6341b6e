import { sayDuration } from "../../base/units.ts";
import { aboveBound, largestFirst } from "../bounds.ts";
import { healthRule } from "../rule.ts";

export const readerBehind = healthRule({
  name: "reader-behind",
  doc: "A reader of the event stream never catches up.",
  next: "Make the reader quicker, give it a narrower filter, or let it ask for fewer transient events.",
  level: "warn",
  unit: "ms",
  forMs: 0,
  clearForMs: 60_000,
  settings: {
    "health.behindMs": {
      kind: "duration",
      default: 30_000,
      min: 1_000,
      max: 86_400_000,
      doc: "A reader of the event stream may have something waiting for so long without a break. A healthy one empties its queue many times a second.",
      larger: "Readers may be slow for a while.",
      smaller: "A slow reader is told of sooner.",
      reload: true,
    },
  },
  check: ({ readers }, settings) =>
    largestFirst(
      readers.flatMap(({ name, behindMs }) =>
        aboveBound({
          target: name,
          value: behindMs,
          bound: settings["health.behindMs"],
          why: `reader ${name} has been behind for ${sayDuration(behindMs)}`,
        }),
      ),
    ),
  summary: (targets) => `${targets} readers are always behind`,
});
