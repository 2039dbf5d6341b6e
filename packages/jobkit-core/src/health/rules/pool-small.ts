import { sayDuration } from "../../base/units.ts";
import { healthRule } from "../rule.ts";

export const poolSmall = healthRule({
  name: "pool-small",
  doc: "A task needs more slots than its pool has, so it can never start.",
  next: "Make the pool larger, or the need smaller.",
  level: "error",
  unit: "ms",
  // A pool that is being resized may be too small for a moment.
  forMs: 30_000,
  clearForMs: 0,
  settings: {},
  check: ({ held }) =>
    held.flatMap(({ job, reason, heldMs }) =>
      reason.kind === "pool too small"
        ? [
            {
              target: job,
              value: heldMs,
              bound: 0,
              why: `the next task of ${job} needs more slots than ${reason.pool} has, for ${sayDuration(heldMs)}`,
            },
          ]
        : [],
    ),
  summary: (targets) => `${targets} jobs need more slots than there are`,
});
