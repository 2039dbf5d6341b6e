import { sayDuration } from "../../base/units.ts";
import { describeHeld, type HeldReason } from "../../queue/room.ts";
import { aboveBound, largestFirst } from "../bounds.ts";
import { healthRule } from "../rule.ts";

/** Those have rules of their own, which name the cause and not the symptom. */
const TOLD_ELSEWHERE: ReadonlySet<HeldReason["kind"]> = new Set(["paused", "not ready", "pool too small"]);

export const queueOld = healthRule({
  name: "queue-old",
  doc: "A task that could run has waited too long for its turn.",
  next: "Give its job more room (lanes, slots, its own limits), or submit less.",
  level: "warn",
  unit: "ms",
  // A machine that slept has old tasks for as long as it takes to start them.
  forMs: 15_000,
  clearForMs: 60_000,
  settings: {
    "health.queueAgeMs": {
      kind: "duration",
      default: 15 * 60_000,
      min: 1_000,
      max: 30 * 86_400_000,
      doc: "A task that could run may wait so long for its turn. Background work of a quarter of an hour is common, more is a sign of too little room.",
      larger: "Long batches are left in peace.",
      smaller: "Waiting is told of sooner.",
      reload: true,
    },
  },
  check: ({ waiting, held }, settings) => {
    const reasons = new Map(held.map(({ job, reason }) => [job, reason]));
    return largestFirst(
      waiting.flatMap(({ job, waitedMs }) => {
        const reason = reasons.get(job);
        if (reason !== undefined && TOLD_ELSEWHERE.has(reason.kind)) return [];
        const because = reason === undefined ? "" : ` (${describeHeld(reason)})`;
        const bound = settings["health.queueAgeMs"];
        const why = `the first task of ${job} has waited for ${sayDuration(waitedMs)}${because}`;
        return aboveBound({ target: job, value: waitedMs, bound, clearBound: bound * 0.8, why });
      }),
    );
  },
  summary: (targets) => `tasks of ${targets} jobs wait too long`,
});
