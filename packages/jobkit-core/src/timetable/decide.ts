/**
 * Decides what a schedule does now. Pure: what was dealt with, what time it is, how the last task stands.
 *
 * Holds whatever the wall clock does, and however long nobody was there:
 * - A due time is decided about once: answers start after `uptoMs`, and move it on past what they decide.
 * - The clock going back fires nothing again, until it has come back to where it was. Only where it goes back
 *   further than anybody changes a clock by hand, it was wrong before, and the schedule goes on from now.
 */
import { jitterOf } from "./jitter.ts";
import { MISSED_MAX, type MissedPolicy, type PlannedSchedule } from "./schedule.ts";

/** How the last task of a schedule stands: over, begun, or not begun yet. */
export type Standing = "ended" | "begun" | "waiting";

/** What is known when a schedule is decided about. Times are wall time in ms. */
export interface ScheduleMoment {
  readonly uptoMs: number;
  readonly nowMs: number;
  readonly standing: Standing;
}

/** One task to submit. */
export interface DueTask {
  readonly dueMs: number;
  readonly why: "due" | "missed";
}

/** What to do about a due time that met a task of before. */
export interface Overlap {
  readonly dueMs: number;
  readonly became: "skipped" | "queued" | "replaced";
}

/** What a schedule does now. */
export interface Decision {
  /** In the order of their due times. */
  readonly fire: readonly DueTask[];
  /** Due times that passed while nobody was there, counted up to 100. */
  readonly missed: number;
  /** How many of the missed are among `fire`. */
  readonly caught: number;
  readonly overlap: Overlap | null;
  /** Due times up to here are dealt with when this is done. */
  readonly uptoMs: number;
  /** When to decide again, wall time in ms; `null`: never. */
  readonly nextMs: number | null;
}

/** Noticed later than this, a due time was missed. The timetable looks at least once a minute. */
const ON_TIME_MS = 2 * 60_000;
/** A day and an hour: clocks are set back by less, by hand and by the law. */
const CLOCK_BACK_MAX_MS = 25 * 60 * 60_000;

/** What a schedule does now, by what was dealt with and how its last task stands. */
export function decide(schedule: PlannedSchedule, { uptoMs, nowMs, standing }: ScheduleMoment): Decision {
  const fromMs = uptoMs - nowMs > CLOCK_BACK_MAX_MS ? nowMs : uptoMs;
  const dues = ripe(schedule, fromMs, nowMs);
  const newest = dues.at(-1);
  if (newest === undefined) {
    const nextMs = startAfter(schedule, fromMs);
    return { fire: [], missed: 0, caught: 0, overlap: null, uptoMs: fromMs, nextMs };
  }
  const onTime = nowMs - startOf(schedule, newest) <= ON_TIME_MS;
  const missed = onTime ? dues.slice(0, -1) : dues;
  const caught = madeUp(schedule.missed, missed, onTime).filter(
    (dueMs) => nowMs - dueMs <= schedule.catchUpWindowMs,
  );
  const wanted: DueTask[] = caught.map((dueMs) => ({ dueMs, why: "missed" }));
  if (onTime) wanted.push({ dueMs: newest, why: "due" });
  const overlap = overlapOf(schedule, standing, wanted.at(-1));
  const skipped = overlap?.became === "skipped";
  return {
    fire: skipped ? [] : wanted,
    missed: missed.length,
    caught: skipped ? 0 : caught.length,
    overlap,
    uptoMs: newest,
    nextMs: startAfter(schedule, newest),
  };
}

/** When a due time starts, with its jitter: before the next due time, so that their order stands. */
export function startOf({ name, dues, jitterMs }: PlannedSchedule, dueMs: number): number {
  if (jitterMs === 0) return dueMs;
  const nextMs = dues.next(dueMs) ?? Number.POSITIVE_INFINITY;
  return dueMs + jitterOf(name, dueMs, Math.min(jitterMs, nextMs - dueMs - 1));
}

/** When the first due time after `afterMs` starts; `null` where none ever comes. */
export function startAfter(schedule: PlannedSchedule, afterMs: number): number | null {
  const dueMs = schedule.dues.next(afterMs);
  return dueMs === null ? null : startOf(schedule, dueMs);
}

/** Due times after `fromMs` whose start has come, oldest first; of more than {@link MISSED_MAX} the newest. */
function ripe(schedule: PlannedSchedule, fromMs: number, nowMs: number): readonly number[] {
  const firstMs = startAfter(schedule, fromMs);
  if (firstMs === null || firstMs > nowMs) return [];
  // One more than can be missed, because the newest may be on time, and one more, because it may not be ripe.
  const found = schedule.dues.latest(nowMs, MISSED_MAX + 2).filter((dueMs) => dueMs > fromMs);
  const newest = found.at(-1);
  const dues = newest === undefined || startOf(schedule, newest) <= nowMs ? found : found.slice(0, -1);
  return dues.slice(-MISSED_MAX);
}

function madeUp(policy: MissedPolicy, missed: readonly number[], onTime: boolean): readonly number[] {
  if (policy === "skip") return [];
  // One run makes up for all before it, and the one that is on time is one.
  if (policy === "once") return onTime ? [] : missed.slice(-1);
  return missed.slice(-policy.all);
}

function overlapOf(
  { overlap }: PlannedSchedule,
  standing: Standing,
  newest: DueTask | undefined,
): Overlap | null {
  if (standing === "ended" || newest === undefined) return null;
  const { dueMs } = newest;
  if (overlap === "replace") return { dueMs, became: "replaced" };
  // One that waits already will do the work of this one: otherwise a slow job's queue would grow for ever.
  return { dueMs, became: overlap === "queue" && standing === "begun" ? "queued" : "skipped" };
}
