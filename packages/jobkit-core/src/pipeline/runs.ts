import type { RunId, TaskId } from "../base/ids.ts";
import { jobkitError } from "../base/error-table.ts";
import type { Json } from "../base/json.ts";
import { suggestion } from "../base/suggest.ts";
import type { QueueStore } from "../queue/queue-store.ts";
import { isLast } from "../task/state.ts";
import type { Task } from "../task/task.ts";
import type { Pipeline } from "./pipeline.ts";
import type { RememberedRun } from "./run-marks.ts";

/** A run in a list of runs. */
export interface RunSummary extends RememberedRun {
  /** "forgotten" where its tasks were removed. */
  readonly outcome: "running" | "done" | "failed" | "cancelled" | "forgotten";
  /** Wall time in ms; `null` while it runs, and where it is forgotten. */
  readonly endedAtMs: number | null;
}

const PAGE = 1_000;
const DATE = /^\d{4}-\d{2}-\d{2}(T[\d:.]{2,12}Z?)?$/;

/** A run with what its last task says of it. */
export function summaryOf(run: RememberedRun, end: Task | undefined): RunSummary {
  if (end === undefined) return { ...run, outcome: "forgotten", endedAtMs: null };
  const { state } = end;
  if (!("endedAtMs" in state)) return { ...run, outcome: "running", endedAtMs: null };
  const { endedAtMs } = state;
  if (state.kind === "done") return { ...run, outcome: "done", endedAtMs };
  // The end of a run that was cancelled fails with that code, so that it can be retried like any other.
  const cancelled = state.kind !== "failed" || state.error.code === "TASK_CANCELLED";
  return { ...run, outcome: cancelled ? "cancelled" : "failed", endedAtMs };
}

/** Every task of a run, oldest first. @throws RUN_UNKNOWN where there is none. */
export async function tasksOfRun(store: Pick<QueueStore, "list">, run: RunId): Promise<readonly Task[]> {
  const tasks: Task[] = [];
  let cursor: string | null = null;
  do {
    const page = await store.list({
      run,
      limit: PAGE,
      order: "oldest",
      ...(cursor === null ? {} : { cursor }),
    });
    tasks.push(...page.tasks);
    cursor = page.next;
  } while (cursor !== null);
  if (tasks.length === 0) throw jobkitError("RUN_UNKNOWN", `looking for run ${run}`);
  return tasks;
}

/** The ids of those that have not ended. */
export function livingOf(tasks: readonly Task[]): readonly TaskId[] {
  return tasks.filter(({ state }) => !isLast(state.kind)).map(({ id }) => id);
}

/** The date of a run as it was asked for, or the day (UTC) of `nowMs`. @throws PIPELINE_INVALID */
export function runDate(pipeline: string, date: string | undefined, nowMs: number): string {
  if (date === undefined) return new Date(nowMs).toISOString().slice(0, 10);
  if (DATE.test(date) && !Number.isNaN(Date.parse(date.slice(0, 10)))) return date;
  throw jobkitError("PIPELINE_INVALID", `running ${pipeline} at ${JSON.stringify(date)}, which is no date`, {
    next: "Write 2026-12-31, or 2026-12-31T14 for a part of a day.",
  });
}

/** Every argument of a pipeline with its value in this run. @throws PIPELINE_INVALID for one it does not have. */
export function runArgs(
  pipeline: Pipeline,
  given: Readonly<Record<string, Json>> = {},
): Readonly<Record<string, Json>> {
  const names = Object.keys(pipeline.args);
  for (const name of Object.keys(given))
    if (!names.includes(name)) {
      const near = suggestion(name, names);
      const rest =
        near === "" ? (names.length === 0 ? "; it has none" : `; it has ${names.join(", ")}`) : near;
      throw jobkitError(
        "PIPELINE_INVALID",
        `running ${pipeline.name}: no argument ${JSON.stringify(name)}${rest}`,
      );
    }
  return { ...pipeline.args, ...given };
}
