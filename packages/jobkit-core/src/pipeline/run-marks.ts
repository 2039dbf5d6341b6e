/**
 * What is remembered of runs beside their tasks, which are forgotten after a while: the newest runs of each
 * pipeline, so that none is made twice at one date, and when each of them began.
 */
import { runId, taskId, type RunId, type TaskId } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import type { Marks } from "../queue/queue-store.ts";

/** So many runs of a pipeline are remembered. */
export const RUNS_KEPT = 50;

/** A run, as remembered. */
export interface RememberedRun {
  readonly run: RunId;
  readonly date: string;
  /** The task that ends with it. */
  readonly end: TaskId;
  readonly submittedAtMs: number;
}

/** When a run began, and how often it was resumed since it was submitted. */
export interface RunBeginning {
  /** Its submission, or its last resumption; wall time in ms. */
  readonly begunAtMs: number;
  readonly resumed: number;
}

/** The mark of the newest runs of a pipeline. */
export function runsMark(pipeline: string): string {
  return `pipeline-runs.${pipeline}`;
}

/** The mark of one run. */
export function runMark(run: RunId): string {
  return `pipeline-run.${run}`;
}

/** A stored mark as runs, newest first. */
export function rememberedRuns(mark: Json | undefined): readonly RememberedRun[] {
  if (!Array.isArray(mark)) return [];
  return (mark as readonly RememberedRun[]).map((one) => ({
    run: runId(one.run),
    date: one.date,
    end: taskId(one.end),
    submittedAtMs: one.submittedAtMs,
  }));
}

/** The marks after one run more; what is beyond {@link RUNS_KEPT} is forgotten. */
export function marksWithRun(
  pipeline: string,
  before: readonly RememberedRun[],
  added: RememberedRun,
): Marks {
  const runs = [added, ...before];
  return {
    [runsMark(pipeline)]: runs
      .slice(0, RUNS_KEPT)
      .map(({ run, date, end, submittedAtMs }) => ({ run, date, end, submittedAtMs })),
    [runMark(added.run)]: { begunAtMs: added.submittedAtMs, resumed: 0 },
    ...Object.fromEntries(runs.slice(RUNS_KEPT).map(({ run }) => [runMark(run), null])),
  };
}

/** A stored mark as a beginning; `null` where it is forgotten. */
export function beginningOf(mark: Json | undefined): RunBeginning | null {
  if (mark === null || typeof mark !== "object" || !("begunAtMs" in mark)) return null;
  return mark as unknown as RunBeginning;
}
