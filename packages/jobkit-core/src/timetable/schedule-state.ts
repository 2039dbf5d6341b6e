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
  /** Since it should have been dealt with; 0 where it is on time. */
  readonly overdueMs: number;
  /** Due times that passed while nobody was there, as far as this timetable has noticed. */
  readonly missed: number;
}

export function stateOf({ schedule, mark, missed }: Entry, nowMs: number): ScheduleState {
  const nextMs = startAfter(schedule, mark.uptoMs);
  const overdueMs = nextMs === null ? 0 : Math.max(0, nowMs - nextMs);
  return {
    name: schedule.name,
    doc: schedule.doc,
    when: formatWhen(schedule.when),
    nextMs,
    lastDueMs: mark.dueMs,
    lastTask: mark.task,
    overdue: overdueMs > schedule.graceMs,
    overdueMs,
    missed,
  };
}
