import { newRunId, TaskIds, type RunId, type TaskId } from "../base/ids.ts";
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

/** Shared by all tasks that have none: a hundred thousand waiting tasks hold one. */
const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});
const NO_PARENTS: readonly TaskId[] = Object.freeze([]);

/**
 * Fill every default of a submission. Tasks of one batch that name no run share one, so that one submission
 * is one trace. Text is made well-formed Unicode, because no disk keeps half a surrogate pair.
 * @throws RangeError when a priority or a time is not a finite number.
 */
export function draftTasks(tasks: readonly NewTask[], options: DraftOptions): readonly TaskDraft[] {
  const run = options.run ?? newRunId(options.random, options.nowMs);
  const ids = new TaskIds(options.random, options.nowMs);
  return tasks.map((task) => fill(task, options, run, ids));
}

/** One task of {@link draftTasks}. @throws RangeError when a priority or a time is not a finite number. */
export function draftTask(task: NewTask, options: DraftOptions): TaskDraft {
  return fill(task, options, options.run ?? null, new TaskIds(options.random, options.nowMs));
}

function fill(task: NewTask, { random, nowMs }: DraftOptions, run: RunId | null, ids: TaskIds): TaskDraft {
  const { job } = task;
  return {
    id: task.id ?? ids.next(),
    job,
    key: task.key?.toWellFormed() ?? null,
    keyUntilMs: keyUntilMs(task, nowMs),
    idempotencyKey: task.idempotencyKey?.toWellFormed() ?? null,
    input: task.input,
    labels: task.labels === undefined ? NO_LABELS : wellFormed(task.labels),
    run: task.run ?? run ?? newRunId(random, nowMs),
    parent: task.parent ?? null,
    after: task.after === undefined || task.after.length === 0 ? NO_PARENTS : withoutTwins(task.after),
    onParentFailure: task.onParentFailure ?? "skip",
    priority: task.priority === undefined ? 0 : finite(task.priority, "priority", job),
    sequence: task.sequence?.toWellFormed() ?? null,
    deadlineAtMs: task.deadlineAtMs == null ? null : finite(task.deadlineAtMs, "deadline", job),
    limits: task.limits ?? null,
    createdAtMs: finite(nowMs, "time of making", job),
    dueAtMs: finite(task.dueAtMs ?? nowMs, "due time", job),
  };
}

/** Ids that grow, as those made for one batch do, differ: they need no set. */
function withoutTwins(ids: readonly TaskId[]): readonly TaskId[] {
  for (let at = 1; at < ids.length; at += 1)
    if ((ids[at - 1] as TaskId) >= (ids[at] as TaskId)) return [...new Set(ids)];
  return [...ids];
}

function keyUntilMs({ keyForMs, job }: NewTask, nowMs: number): number {
  return keyForMs === undefined || keyForMs === 0 ? 0 : nowMs + finite(keyForMs, "keyForMs", job);
}

function wellFormed(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]),
  );
}

function finite(value: number, what: string, job: string): number {
  if (!Number.isFinite(value))
    throw new RangeError(`${what} of a task of ${job} is ${value}, which is not a finite number`);
  return value;
}
