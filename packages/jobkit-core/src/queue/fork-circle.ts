/**
 * A task that forks waits for its children, and so must not be waited for by any of them: they, and it, would wait
 * for ever. The same goes for its sequence, which it keeps meanwhile. Pure, and shared by the stores.
 */
import { jobkitError } from "../base/error-table.ts";
import type { TaskId } from "../base/ids.ts";
import type { GraphPlan } from "./graph-plan.ts";

/** What an unfinished task waits for. */
export interface Ties {
  /** Every task it names, ended or not. */
  readonly after: readonly TaskId[];
  readonly sequence: string | null;
}

/** The task that forks. */
export interface ForkingTask {
  readonly id: TaskId;
  readonly sequence: string | null;
}

/**
 * Follow what the children of `task` would wait for, as far as it has not ended. Costs nothing where they are new
 * and wait only for each other.
 * @param tiesOf `null` for a task that has ended.
 * @throws GRAPH_CYCLE
 */
export function refuseForkCircle(
  task: ForkingTask,
  { tasks, added }: GraphPlan,
  tiesOf: (id: TaskId) => Ties | null,
): void {
  for (const { draft } of tasks) refuseSequence(task, draft.id, draft.sequence);
  // A draft that meets the task itself is answered with it, and nobody waits for anybody.
  const met = added.flatMap((one) => (one.added || one.id === task.id ? [] : one.id));
  const stored = tasks.flatMap(({ draft, parentsAt }) => draft.after.filter((_, at) => parentsAt[at] === -1));
  const seen = new Set<TaskId>();
  const next = [...met, ...stored];
  for (let id = next.pop(); id !== undefined; id = next.pop()) {
    if (id === task.id) throw circle(task, "a child waits for it, and it for the child");
    if (seen.has(id)) continue;
    seen.add(id);
    const ties = tiesOf(id);
    if (ties === null) continue;
    refuseSequence(task, id, ties.sequence);
    next.push(...ties.after);
  }
}

function refuseSequence(task: ForkingTask, id: TaskId, sequence: string | null): void {
  if (sequence !== null && sequence === task.sequence)
    throw circle(task, `it keeps its sequence until task ${id} has run, which waits for that sequence`);
}

function circle({ id }: ForkingTask, why: string): Error {
  return jobkitError("GRAPH_CYCLE", `forking task ${id}: ${why}`);
}
