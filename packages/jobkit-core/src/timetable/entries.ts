import type { Clock } from "../base/clock.ts";
import type { Json } from "../base/json.ts";
import { compileWhen, DEFAULT_ZONE } from "./compile-when.ts";
import type { TimetableStore } from "./host.ts";
import { markFromJson, markToJson } from "./marks.ts";
import {
  checkedSchedule,
  whenOf,
  type PlannedSchedule,
  type Schedule,
  type ScheduleMark,
} from "./schedule.ts";
import { markName } from "./scheduled-tasks.ts";

/** A schedule and what is remembered of it. The timetable's own, and it alone moves the mark on. */
export interface Entry {
  readonly schedule: PlannedSchedule;
  mark: ScheduleMark;
  /** Due times that passed while nobody was there, noticed since it was opened. */
  missed: number;
  /** Times in a row that it was refused, and until when it is left alone after that, monotonic ms. */
  refusals: number;
  restUntilMs: number;
}

/** What entries are made of. */
export interface EntriesOptions {
  readonly schedules: readonly Schedule[];
  readonly store: TimetableStore;
  readonly clock: Clock;
  readonly zone?: string;
}

/**
 * Compile schedules and read what is remembered of them. A schedule that was never seen is remembered as dealt
 * with up to now: it is not due for the time before it was known, also not after a restart.
 * @throws SCHEDULE_INVALID, LIBRARY_MISSING; RangeError when two share a name; what the store throws.
 */
export async function entriesOf({
  schedules,
  store,
  clock,
  zone,
}: EntriesOptions): Promise<readonly Entry[]> {
  const checked = schedules.map(checkedSchedule);
  const names = new Set(checked.map(({ name }) => name));
  if (names.size < checked.length) throw new RangeError("timetable: two schedules share a name");
  const planned = await Promise.all(checked.map((schedule) => compiled(schedule, zone ?? DEFAULT_ZONE)));
  const known = await store.marks([...names].map(markName));
  const fresh: Record<string, Json> = {};
  const entries = planned.map((schedule): Entry => {
    const name = markName(schedule.name);
    const remembered = markFromJson(known[name]);
    const mark = remembered ?? { uptoMs: clock.now(), dueMs: null, task: null };
    if (remembered === null) fresh[name] = markToJson(mark);
    return { schedule, mark, missed: 0, refusals: 0, restUntilMs: 0 };
  });
  if (Object.keys(fresh).length > 0) await store.setMarks(fresh);
  return entries;
}

async function compiled(schedule: Omit<PlannedSchedule, "dues">, zone: string): Promise<PlannedSchedule> {
  return { ...schedule, dues: await compileWhen(schedule.when, whenOf(schedule.name), zone) };
}
