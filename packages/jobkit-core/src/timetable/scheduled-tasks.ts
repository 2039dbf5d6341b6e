import { newTaskId, type TaskId } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import type { NewTask } from "../task/task.ts";
import type { PlannedSchedule } from "./schedule.ts";

/** One due time as words that never change: in events, and in what makes its task single. */
export function sayDue(dueMs: number): string {
  return new Date(dueMs).toISOString();
}

/** What a timetable submits: the id is given beforehand, so that the mark of the same commit can name it. */
export type TimetableTask = NewTask & { readonly id: TaskId };

/** What makes a task. */
export interface Making {
  readonly dueMs: number;
  readonly nowMs: number;
  readonly random: Random;
  /** Asked for by hand: as often as somebody asks. */
  readonly asked?: true;
}

/** The task of one due time. A second one for the same due time is answered with the first. */
export function scheduledTask(
  schedule: PlannedSchedule,
  { dueMs, nowMs, random, asked }: Making,
): TimetableTask {
  const { name } = schedule;
  const task = schedule.task(dueMs);
  return {
    sequence: markName(name),
    ...task,
    labels: { schedule: name, ...task.labels },
    id: newTaskId(random, nowMs),
    idempotencyKey: asked === true ? null : `${markName(name)} ${sayDue(dueMs)}`,
  };
}

/** Name of the mark under which a schedule is remembered. Never parsed. */
export function markName(schedule: string): string {
  return `schedule.${schedule}`;
}
