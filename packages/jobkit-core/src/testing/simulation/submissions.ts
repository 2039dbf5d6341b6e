/** What is submitted to a simulated kit: every field of a task, in every company. */
import { newTaskId, type TaskId } from "../../base/ids.ts";
import type { NewTask, OnParentFailure, TaskLimits } from "../../task/task.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { inputFor } from "./input.ts";
import { simulatedJobNames, TIMEOUT_MS } from "./limits.ts";

const BATCH_MAX = 7;
const DEPTH_MAX = 2;
const NAMES = 4;

/** What a random batch depends on. */
export interface BatchOptions {
  readonly random: SeededRandom;
  /** Wall time in ms since 1970. */
  readonly nowMs: number;
  /** Some tasks that were accepted before, which may be named as parents. */
  readonly some: () => readonly TaskId[];
}

/** A random batch that a scheduler must accept while the parents it names are stored. */
export function batchOf({ random, nowMs, some }: BatchOptions): readonly NewTask[] {
  const here: TaskId[] = [];
  return Array.from({ length: 1 + random.below(BATCH_MAX) }, () => {
    const id = newTaskId(random, nowMs);
    const after = [...here.filter(() => random.chance(0.25)), ...(random.chance(0.12) ? some() : [])];
    here.push(id);
    return {
      id,
      job: random.pick(simulatedJobNames),
      input: inputFor(random, random.below(DEPTH_MAX)),
      after,
      onParentFailure: random.pick<OnParentFailure>(["skip", "fail", "run"]),
      priority: random.below(3),
      ...names(random),
      ...times(random, nowMs),
      limits: random.chance(0.15) ? ownLimits(random) : null,
    };
  });
}

/** A batch that must be refused, and why. */
export function badBatch({ random, nowMs }: Pick<BatchOptions, "random" | "nowMs">): {
  readonly tasks: readonly NewTask[];
  readonly code: string;
} {
  const [one, two] = [newTaskId(random, nowMs), newTaskId(random, nowMs)];
  const good: NewTask = { job: "free", input: inputFor(random, -1) };
  return random.pick([
    { code: "JOB_UNKNOWN", tasks: [good, { ...good, job: "nobody-knows-it" }] },
    { code: "INPUT_INVALID", tasks: [good, { ...good, input: "unfit" }] },
    { code: "GRAPH_UNKNOWN_PARENT", tasks: [good, { ...good, after: [one] }] },
    {
      code: "GRAPH_CYCLE",
      tasks: [good, { ...good, id: one, after: [two] }, { ...good, id: two, after: [one] }],
    },
  ]);
}

/** So many that those who wait for them are kept as one batch. */
export function manyQuick(random: SeededRandom, nowMs: number): readonly NewTask[] {
  return Array.from({ length: 64 + random.below(10) }, () => ({
    id: newTaskId(random, nowMs),
    job: "free",
    input: { does: "quick", depth: 0 },
  }));
}

function names(random: SeededRandom): Partial<NewTask> {
  return {
    ...(random.chance(0.2) ? { key: `k${random.below(NAMES)}` } : {}),
    ...(random.chance(0.1) ? { keyForMs: random.below(30_000) } : {}),
    ...(random.chance(0.15) ? { idempotencyKey: `once${random.below(2 * NAMES)}` } : {}),
    ...(random.chance(0.2) ? { sequence: `s${random.below(NAMES)}` } : {}),
  };
}

function times(random: SeededRandom, nowMs: number): Partial<NewTask> {
  return {
    ...(random.chance(0.2) ? { dueAtMs: nowMs + random.below(60_000) } : {}),
    ...(random.chance(0.2) ? { deadlineAtMs: nowMs + random.below(40_000) } : {}),
  };
}

function ownLimits(random: SeededRandom): TaskLimits {
  return {
    ...(random.chance(0.5) ? { timeoutMs: random.below(TIMEOUT_MS) + 1 } : {}),
    ...(random.chance(0.5) ? { retry: { attempts: 1 + random.below(3) } } : {}),
    ...(random.chance(0.5)
      ? { needs: random.pick<Record<string, number>>([{}, { disk: 1 }, { net: 3 }, { net: 1, disk: 1 }]) }
      : {}),
  };
}
