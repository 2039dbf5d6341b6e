import type { HealthMoment } from "../moment.ts";

/** How long a job may lack slots: shared by the rules that look for the two causes of it. */
export const slotWait = {
  "health.slotWaitMs": {
    kind: "duration",
    default: 5 * 60_000,
    min: 1_000,
    max: 30 * 86_400_000,
    doc: "The next task of a job may lack slots of a pool, or a lane, for so long. Five minutes are more than most attempts take.",
    larger: "Pools with long attempts are left in peace.",
    smaller: "A lack of slots is told of sooner.",
    reload: true,
  },
} as const;

/** A job that lacks slots. */
export interface SlotWait {
  readonly job: string;
  readonly pool: string;
  readonly heldMs: number;
  /** Other jobs whose attempts got slots of the pool while it waited. */
  readonly overtakers: readonly string[];
}

/** Who lacks slots, and who got some meanwhile. */
export function slotWaits({ held, running }: HealthMoment): readonly SlotWait[] {
  return held.flatMap(({ job, reason, heldMs }) => {
    if (reason.kind !== "no slot") return [];
    const { pool } = reason;
    const overtakers = running
      .filter((attempt) => attempt.job !== job && (attempt.slots[pool] ?? 0) > 0 && attempt.ranMs < heldMs)
      .map((attempt) => attempt.job);
    return [{ job, pool, heldMs, overtakers: [...new Set(overtakers)] }];
  });
}
