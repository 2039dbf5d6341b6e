import { isLast, taskStates, type PruneRequest, type TaskStateKind } from "jobkit-core";
import type { CountChanges } from "./counters.ts";
import { wholeLimit } from "./limit.ts";
import type { Statements } from "./statements.ts";

const lastStates = (Object.keys(taskStates) as TaskStateKind[]).filter(isLast);

/**
 * Forget ended tasks, earliest ended first, but none that an unfinished task names. Must be called inside a
 * transaction. @returns how many.
 */
export function prune(run: Statements, counts: CountChanges, request: PruneRequest): number {
  const { endedBeforeMs, states = lastStates } = request;
  const limit = wholeLimit(request.limit);
  const found = [...new Set(states)]
    .filter(isLast)
    .flatMap((state) =>
      run.prunable
        .all(state, endedBeforeMs, limit)
        .map(({ seq, job, ended_at }) => ({ seq, job, state, ended_at })),
    )
    .toSorted((a, b) => a.ended_at - b.ended_at || a.seq - b.seq)
    .slice(0, limit);
  for (const { seq, job, state } of found) {
    run.forgetTask.run(seq);
    run.forgetLife.run(seq);
    run.letChildrenGo.run(seq, 0);
    counts.move(job, state, null);
  }
  return found.length;
}
