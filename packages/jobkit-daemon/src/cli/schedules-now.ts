/** How the schedules of the configuration stand, seen from outside. */
import {
  compileWhen,
  type MissedPolicy,
  type OverlapPolicy,
  parseWhen,
  type ScheduleState,
} from "jobkit-core";
import type { ShellStatus } from "../status-json.ts";
import type { Cli } from "./cli.ts";
import { readWritten } from "./written-status.ts";

/** One schedule. Times are wall time in ms since 1970. */
export interface ScheduleNow {
  readonly name: string;
  readonly doc: string;
  readonly when: string;
  readonly pipeline: string | null;
  readonly job: string | null;
  readonly missed: MissedPolicy;
  readonly overlap: OverlapPolicy;
  /** When it starts next; in the past where it was missed and is made up for by the next `up`. `null`: never. */
  readonly nextMs: number | null;
  /** Due time of what it submitted last; `null` before the first. */
  readonly lastDueMs: number | null;
}

/**
 * Every schedule, in the order of the configuration. What was done last is what the daemon that runs, or ran last,
 * left in its status: before its first life a schedule begins with the next due time.
 */
export async function schedulesNow(cli: Cli): Promise<readonly ScheduleNow[]> {
  const { routine } = await cli.place();
  const left = ((await readWritten(cli))?.status ?? {}) as Partial<ShellStatus>;
  const states = new Map((left.schedules ?? []).map((state) => [state.name, state]));
  const nowMs = cli.clock.now();
  return await Promise.all(
    routine.schedules.map(async (spec): Promise<ScheduleNow> => {
      const { name, doc = "", when, pipeline = null, job = null } = spec;
      const { missed = "once", overlap = "skip" } = spec;
      const state = states.get(name);
      const dues = await compileWhen(parseWhen(when, name), name, routine.zone);
      const next = nextOf(state, when, () => dues.next(nowMs));
      const lastDueMs = state?.lastDueMs ?? null;
      return { name, doc, when, pipeline, job, missed, overlap, nextMs: next, lastDueMs };
    }),
  );
}

/** What the daemon knew, unless the configuration says another time by now. */
function nextOf(state: ScheduleState | undefined, when: string, compute: () => number | null): number | null {
  return state === undefined || state.when !== when ? compute() : state.nextMs;
}
