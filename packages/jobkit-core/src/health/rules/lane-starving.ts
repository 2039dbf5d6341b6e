import { sayDuration } from "../../base/units.ts";
import { aboveBound, largestFirst } from "../bounds.ts";
import { healthRule } from "../rule.ts";
import { isServed, slotWait } from "./slot-wait.ts";

export const laneStarving = healthRule({
  name: "lane-starving",
  doc: "A job has found no free lane for too long.",
  next: "Give its group more lanes, limit how many of the others run at once, or give the job a group of its own.",
  level: "warn",
  unit: "ms",
  forMs: 0,
  clearForMs: 60_000,
  settings: slotWait,
  check: (moment, settings) =>
    largestFirst(
      moment.held
        .filter(({ job, reason, heldMs }) => reason.kind === "no lane" && !isServed(moment, job, heldMs))
        .flatMap(({ job, heldMs }) =>
          aboveBound({
            target: job,
            value: heldMs,
            bound: settings["health.slotWaitMs"],
            why: `${job} has found no free lane for ${sayDuration(heldMs)}`,
          }),
        ),
    ),
  summary: (targets) => `${targets} jobs find no free lane`,
});
