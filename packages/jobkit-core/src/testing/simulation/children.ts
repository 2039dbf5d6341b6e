import { newTaskId, type TaskId } from "../../base/ids.ts";
import type { NewTask, OnParentFailure } from "../../task/task.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { inputFor } from "./input.ts";
import { simulatedJobNames } from "./limits.ts";

/** What random children depend on. */
export interface ChildrenOptions {
  readonly random: SeededRandom;
  /** Wall time in ms since 1970. */
  readonly nowMs: number;
  /** Below 0: they have no children of their own. */
  readonly depth: number;
}

const CHILDREN_MAX = 4;

/**
 * A few random children, none at times. In no sequence: a task keeps its sequence while it waits for its
 * children, so a child of the same sequence would wait for its parent for ever.
 */
export function childrenOf({ random, nowMs, depth }: ChildrenOptions): readonly NewTask[] {
  const here: TaskId[] = [];
  return Array.from({ length: random.below(CHILDREN_MAX) }, () => {
    const id = newTaskId(random, nowMs);
    const after = here.filter(() => random.chance(0.3));
    here.push(id);
    return {
      id,
      job: random.pick(simulatedJobNames),
      input: inputFor(random, depth),
      after,
      onParentFailure: random.pick<OnParentFailure>(["skip", "fail", "run"]),
      key: random.chance(0.1) ? `c${random.below(6)}` : null,
      ...(random.chance(0.1) ? { deadlineAtMs: nowMs + random.below(20_000) } : {}),
    };
  });
}
