import type { TaskId } from "../base/ids.ts";
import { startAfter } from "./decide.ts";
import type { Entry } from "./entries.ts";
import { formatWhen } from "./when.ts";

/** How a schedule stands, for status pages and health rules. Times are wall time in ms. */
export interface ScheduleState {
  readonly name: string;
  readonly doc: string;
  /** As a person would write it. */
  readonly when: string;
  /** When it starts next, jitter included; in the past while it is late. `null`: never. */
  readonly nextMs: number | null;
  /** The due time of the task submitted last; `null` before the first. */
  readonly lastDueMs: number | null;
  /** The task submitted last. */
  readonly lastTask: TaskId | null;
  /** It should have been dealt with longer ago than its grace period: nobody looks, or it is refused. */
  readonly overdue: boolean;
}

export function stateOf({ schedule, mark }: Entry, nowMs: number): ScheduleState {
  const nextMs = startAfter(schedule, mark.uptoMs);
  return {
    name: schedule.name,
    doc: schedule.doc,
    when: formatWhen(schedule.when),
    nextMs,
    lastDueMs: mark.dueMs,
    lastTask: mark.task,
    overdue: nextMs !== null && nowMs - nextMs > schedule.graceMs,
  };
}
