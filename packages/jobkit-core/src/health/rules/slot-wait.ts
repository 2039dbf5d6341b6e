import type { HealthMoment } from "../moment.ts";
import { endedOf } from "./ended-least.ts";

/** How long a job may get no slots, or no lane: shared by the rules that look for the causes of it. */
export const slotWait = {
  "health.slotWaitMs": {
    kind: "duration",
    default: 5 * 60_000,
    min: 1_000,
    max: 30 * 86_400_000,
    doc: "A job with a task that could run may get no slots of a pool, or no lane, for so long. Five minutes are more than most attempts take.",
    larger: "Pools with long attempts are left in peace.",
    smaller: "A lack of slots is told of sooner.",
    reload: true,
  },
} as const;

/** A job that gets no slots. */
export interface SlotWait {
  readonly job: string;
  readonly pool: string;
  readonly heldMs: number;
  /** Other jobs whose attempts got slots of the pool while it waited. */
  readonly overtakers: readonly string[];
}

/** Who gets no slots, and who got some meanwhile. */
export function slotWaits(moment: HealthMoment): readonly SlotWait[] {
  return moment.held.flatMap(({ job, reason, heldMs }) => {
    if (reason.kind !== "no slot" || isServed(moment, job, heldMs)) return [];
    const { pool } = reason;
    const overtakers = moment.running
      .filter(({ slots, ranMs }) => (slots[pool] ?? 0) > 0 && ranMs < heldMs)
      .map((attempt) => attempt.job);
    return [{ job, pool, heldMs, overtakers: [...new Set(overtakers)] }];
  });
}

/**
 * True where a job has had its turn while it was held up, or lately: a long queue of quick tasks is held up
 * all the time, and is served all the same.
 */
export function isServed({ running, recent }: HealthMoment, job: string, heldMs: number): boolean {
  return (
    running.some((attempt) => attempt.job === job && attempt.ranMs < heldMs) ||
    recent.totals.some((totals) => totals.job === job && endedOf(totals) > 0)
  );
}
