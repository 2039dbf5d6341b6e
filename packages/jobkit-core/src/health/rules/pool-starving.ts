import { sayDuration } from "../../base/units.ts";
import { aboveBound, largestFirst } from "../bounds.ts";
import { healthRule } from "../rule.ts";
import { slotWait, slotWaits } from "./slot-wait.ts";

/** Slots come free, and others get them: by priority, or because they need fewer. */
export const poolStarving = healthRule({
  name: "pool-starving",
  doc: "A job lacks slots of a pool, which others get meanwhile.",
  next: "Lower the priority of the others, limit how many of them run at once, or make the pool larger.",
  level: "warn",
  unit: "ms",
  forMs: 0,
  clearForMs: 60_000,
  settings: slotWait,
  check: (moment, settings) =>
    largestFirst(
      slotWaits(moment)
        .filter(({ overtakers }) => overtakers.length > 0)
        .flatMap(({ job, pool, heldMs, overtakers }) =>
          aboveBound({
            target: job,
            value: heldMs,
            bound: settings["health.slotWaitMs"],
            why: `${job} has lacked slots of ${pool} for ${sayDuration(heldMs)}; ${overtakers.join(", ")} got some`,
          }),
        ),
    ),
  summary: (targets) => `${targets} jobs are starved of slots`,
});
