import { aboveBound } from "../bounds.ts";
import { healthRule } from "../rule.ts";

export const storeFailing = healthRule({
  name: "store-failing",
  doc: "The queue store refuses what it is asked, again and again.",
  next: "Look at the disk: space, permissions, damage. Work goes on by itself when the store answers.",
  level: "error",
  unit: "count",
  forMs: 0,
  clearForMs: 0,
  settings: {
    "health.storeFailuresMax": {
      kind: "count",
      default: 2,
      min: 0,
      max: 1_000_000,
      doc: "The queue store may refuse so many calls in a row. One or two are an accident that a second try mends.",
      larger: "Short trouble of the disk is left in peace.",
      smaller: "Each refusal is told of.",
      reload: true,
    },
  },
  check: ({ store }, settings) => {
    const value = store?.failuresInARow ?? 0;
    const bound = settings["health.storeFailuresMax"];
    return aboveBound({ target: "", value, bound, why: `the queue store refused ${value} calls in a row` });
  },
  summary: () => "the queue store fails",
});
