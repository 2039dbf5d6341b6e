import type { TaskId } from "../base/ids.ts";
import type { Task } from "../task/task.ts";
import { isEndTask, isPhaseTask } from "./phase-input.ts";

/**
 * The tasks to retry so that a run goes on from where it failed, in one call of `retry`. Pure.
 *
 * - The tasks of phases that failed, were cancelled, or were skipped because one above did not end well.
 *   Those that did their work, or chose not to, are done and stay so.
 * - The tasks below these that did not end well, where they have an idempotency key: whoever made them is
 *   run again and meets them. What has no such key is made anew, and retrying the old one would double it.
 * - The end of the run.
 *
 * The list is empty where there is nothing to go on with.
 */
export function planResume(tasks: readonly Task[]): readonly TaskId[] {
  const again = new Set<TaskId>();
  for (const task of tasks) if (isPhaseTask(task) && endedBadly(task)) again.add(task.id);
  if (again.size === 0) return [];
  const children = Map.groupBy(tasks, ({ parent }) => parent ?? "");
  // The set grows while it is walked: what is below what was added is reached too.
  for (const id of again)
    for (const child of children.get(id) ?? [])
      if (endedBadly(child) && child.idempotencyKey !== null) again.add(child.id);
  for (const task of tasks) if (isEndTask(task) && endedBadly(task)) again.add(task.id);
  return [...again];
}

function endedBadly({ state }: Task): boolean {
  return state.kind === "failed" || state.kind === "cancelled" || state.kind === "skipped";
}
