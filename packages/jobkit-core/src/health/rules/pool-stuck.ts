import { sayDuration } from "../../base/units.ts";
import { aboveBound, largestFirst } from "../bounds.ts";
import { healthRule } from "../rule.ts";
import { slotWait, slotWaits } from "./slot-wait.ts";

/** No slot comes free: whoever holds them does not end. */
export const poolStuck = healthRule({
  name: "pool-stuck",
  doc: "A job lacks slots of a pool, and nobody has got any for too long.",
  next: "Look at the attempts that hold the slots: they do not end. Make the pool larger if they must take that long.",
  level: "warn",
  unit: "ms",
  forMs: 0,
  clearForMs: 60_000,
  settings: slotWait,
  check: (moment, settings) =>
    largestFirst(
      slotWaits(moment)
        .filter(({ overtakers }) => overtakers.length === 0)
        .flatMap(({ job, pool, heldMs }) =>
          aboveBound({
            target: job,
            value: heldMs,
            bound: settings["health.slotWaitMs"],
            why: `${job} has lacked slots of ${pool} for ${sayDuration(heldMs)}, and none came free`,
          }),
        ),
    ),
  summary: (targets) => `${targets} jobs wait for slots that do not come free`,
});
