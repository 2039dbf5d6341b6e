import { newRunId, newTaskId, type RunId } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import type { TaskDraft } from "../queue/queue-store.ts";
import type { NewTask } from "./task.ts";

/** What drafting needs from outside. */
export interface DraftOptions {
  /** Gives ids to tasks and runs that bring none. */
  readonly random: Random;
  /** Wall time in ms since 1970: when the tasks are made, and due where they do not say. */
  readonly nowMs: number;
  /** Run of the tasks that name none. Default: one new run for the whole batch. */
  readonly run?: RunId;
}

/**
 * Fill every default of a submission. Tasks of one batch that name no run share one, so that one submission
 * is one trace. Text is made well-formed Unicode, because no disk keeps half a surrogate pair.
 * @throws RangeError when a priority or a due time is not a finite number.
 */
export function draftTasks(tasks: readonly NewTask[], options: DraftOptions): readonly TaskDraft[] {
  const run = options.run ?? newRunId(options.random);
  return tasks.map((task) => draftTask(task, { ...options, run }));
}

/** One task of {@link draftTasks}. @throws RangeError when a priority or a due time is not a finite number. */
export function draftTask(task: NewTask, { random, nowMs, run }: DraftOptions): TaskDraft {
  return {
    id: task.id ?? newTaskId(random, nowMs),
    job: task.job,
    key: task.key?.toWellFormed() ?? null,
    input: task.input,
    labels: wellFormed(task.labels ?? {}),
    run: task.run ?? run ?? newRunId(random),
    parent: task.parent ?? null,
    after: [...new Set(task.after ?? [])],
    onParentFailure: task.onParentFailure ?? "skip",
    priority: finite(task.priority ?? 0, `priority of a task of ${task.job}`),
    createdAtMs: finite(nowMs, "the present"),
    dueAtMs: finite(task.dueAtMs ?? nowMs, `due time of a task of ${task.job}`),
  };
}

function wellFormed(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]),
  );
}

function finite(value: number, what: string): number {
  if (!Number.isFinite(value)) throw new RangeError(`${what} is ${value}, which is not a finite number`);
  return value;
}
