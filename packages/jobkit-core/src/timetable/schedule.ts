import type { TaskId } from "../base/ids.ts";
import type { NewTask } from "../task/task.ts";
import type { Dues } from "./dues.ts";
import { checkedWhen, invalid, parseWhen } from "./parse-when.ts";
import type { When } from "./when.ts";

/** A task as a schedule submits it. Its id and what makes it single are the timetable's. */
export type ScheduledTask = Omit<NewTask, "id" | "idempotencyKey" | "dueAtMs">;

/** What becomes of due times that passed while nobody was there: none, the newest one, or the newest so many. */
export type MissedPolicy = "skip" | "once" | { readonly all: number };

/**
 * What happens at a due time at which the last task has not ended: nothing; one task waits for its turn; or
 * the last task is cancelled and a new one takes its place.
 */
export type OverlapPolicy = "skip" | "queue" | "replace";

/** Work that is due again and again. Its tasks never run two at a time: they are one sequence. */
export interface Schedule {
  /** kebab-case; stable: what was done last is remembered under it. */
  readonly name: string;
  /** One sentence for people. */
  readonly doc: string;
  /** Data, or text that `parseWhen` reads. */
  readonly when: When | string;
  /** What to submit, or a function of the due time (wall time in ms) it is meant for. */
  readonly task: ScheduledTask | ((dueMs: number) => ScheduledTask);
  /** Default "once". */
  readonly missed?: MissedPolicy;
  /** Default "skip". */
  readonly overlap?: OverlapPolicy;
  /**
   * Start up to so many ms after the due time, by the name and the due time, and always before the next one:
   * many machines with one configuration do not all start at once. Default 0.
   */
  readonly jitterMs?: number;
  /** Missed due times further back than so many ms are not made up for. Default Infinity. */
  readonly catchUpWindowMs?: number;
  /** Overdue when it has not been dealt with so many ms after its start. Default 10 minutes. */
  readonly graceMs?: number;
}

/** A schedule with every default filled in and its due times ready. */
export interface PlannedSchedule {
  readonly name: string;
  readonly doc: string;
  readonly when: When;
  readonly dues: Dues;
  /** What to submit for a due time. */
  readonly task: (dueMs: number) => ScheduledTask;
  readonly missed: MissedPolicy;
  readonly overlap: OverlapPolicy;
  readonly jitterMs: number;
  readonly catchUpWindowMs: number;
  readonly graceMs: number;
}

/** What is remembered of a schedule, beside the tasks. */
export interface ScheduleMark {
  /** Due times up to here are dealt with, wall time in ms. */
  readonly uptoMs: number;
  /** The due time of the task submitted last; `null` before the first. */
  readonly dueMs: number | null;
  /** The task submitted last. */
  readonly task: TaskId | null;
}

/** So many missed due times are looked back at, and can be made up for. More is a backlog, not a schedule. */
export const MISSED_MAX = 100;

const GRACE_MS = 10 * 60_000;
const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** A schedule without its due times, which take a library to make. @throws SCHEDULE_INVALID */
export function checkedSchedule(schedule: Schedule): Omit<PlannedSchedule, "dues"> {
  const { name, when, task } = schedule;
  if (!NAME.test(name)) throw invalid("the name of a schedule", name, "a name is 1 to 64 of a-z 0-9 -");
  const missed = schedule.missed ?? "once";
  if (
    typeof missed === "object" &&
    !(Number.isInteger(missed.all) && missed.all >= 1 && missed.all <= MISSED_MAX)
  )
    throw invalid(`missed of schedule ${name}`, String(missed.all), `all is 1 to ${MISSED_MAX}`);
  const place = whenOf(name);
  return {
    name,
    doc: schedule.doc,
    when: typeof when === "string" ? parseWhen(when, place) : checkedWhen(when, place),
    task: typeof task === "function" ? task : () => task,
    missed,
    overlap: schedule.overlap ?? "skip",
    jitterMs: duration("jitterMs", name, schedule.jitterMs ?? 0),
    catchUpWindowMs: duration("catchUpWindowMs", name, schedule.catchUpWindowMs ?? Number.POSITIVE_INFINITY),
    graceMs: duration("graceMs", name, schedule.graceMs ?? GRACE_MS),
  };
}

/** The place in the words of an error. */
export function whenOf(name: string): string {
  return `when of schedule ${name}`;
}

function duration(field: string, name: string, ms: number): number {
  if (!(ms >= 0)) throw invalid(`${field} of schedule ${name}`, String(ms), "it is a number of ms from 0");
  return ms;
}
