import { sayDuration } from "../../base/units.ts";
import { aboveBound } from "../bounds.ts";
import { healthRule } from "../rule.ts";

export const storeSlow = healthRule({
  name: "store-slow",
  doc: "The queue store takes long to answer, and all work waits for it.",
  next: "Look at what else uses the disk, and at how many ended tasks are kept.",
  level: "warn",
  unit: "ms",
  forMs: 60_000,
  clearForMs: 60_000,
  settings: {
    "health.storeMs": {
      kind: "duration",
      default: 500,
      min: 1,
      max: 600_000,
      doc: "The slow calls of the queue store should be answered within so long. A commit takes some milliseconds on a disk of today, a hundred on a poor one.",
      larger: "Slow disks are left in peace.",
      smaller: "A slow disk is told of sooner.",
      reload: true,
    },
  },
  check: ({ store }, settings) => {
    const value = store?.slowMs ?? 0;
    const bound = settings["health.storeMs"];
    const why = `slow calls of the queue store take ${sayDuration(value)}`;
    return aboveBound({ target: "", value, bound, clearBound: bound * 0.8, why });
  },
  summary: () => "the queue store is slow",
});
