/**
 * A pipeline at a date, to tasks: one per phase, which waits for those of its parents and decides when its
 * turn comes, and one for the end. Pure. All of them are stored in one commit.
 *
 * A phase that needs its parents' success is skipped by the store itself when one of them does not end well,
 * and so can be retried by it; only one that runs "always" is woken whatever happened.
 */
import { newTaskId, type RunId, type TaskId } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import type { Random } from "../base/random.ts";
import type { NewTask } from "../task/task.ts";
import { digestOf } from "./digest.ts";
import { END_JOB, PHASE_JOB, type Phase, type Pipeline } from "./pipeline.ts";
import type { PhaseInput, RunInput } from "./phase-input.ts";

/** Which run a pipeline is expanded for. */
export interface RunPlan {
  readonly run: RunId;
  readonly date: string;
  /** Every argument of the pipeline with its value. */
  readonly args: Readonly<Record<string, Json>>;
  readonly random: Random;
  readonly nowMs: number;
  /** Runs expanded with the same text are one run: the first that is stored. */
  readonly once: string;
}

/** The tasks of a run; the last one is its end. */
export interface Expansion {
  readonly tasks: readonly NewTask[];
  /** Phase to its task. */
  readonly phases: Readonly<Record<string, TaskId>>;
  readonly end: TaskId;
}

export function expandPipeline(pipeline: Pipeline, plan: RunPlan): Expansion {
  const ids = new Map(pipeline.phases.map(({ name }) => [name, newTaskId(plan.random, plan.nowMs)]));
  const end = newTaskId(plan.random, plan.nowMs);
  const about: RunInput = { pipeline: pipeline.name, date: plan.date, args: plan.args };
  // A changed pipeline is another one: two versions submitted at once must not be woven into one graph.
  const once = `${plan.once} ${digestOf(JSON.stringify(pipeline))}`;
  const tasks: NewTask[] = pipeline.phases.map((phase) => {
    const parents = Object.fromEntries(phase.after.map((name) => [name, ids.get(name) as TaskId]));
    const input: PhaseInput = { ...about, phase, parents };
    return {
      id: ids.get(phase.name) as TaskId,
      job: PHASE_JOB,
      run: plan.run,
      // Plain data, which a type with named fields does not show to the compiler.
      input: input as unknown as Json,
      after: Object.values(parents),
      onParentFailure: phase.when.parents === "always" ? "run" : "skip",
      labels: runLabels(about, phase),
      priority: phase.priority,
      idempotencyKey: `${once} ${phase.name}`,
    };
  });
  tasks.push({
    id: end,
    job: END_JOB,
    run: plan.run,
    input: about as unknown as Json,
    after: [...ids.values()],
    onParentFailure: "run",
    labels: { pipeline: pipeline.name, date: plan.date },
    idempotencyKey: once,
    // Two runs that end at once must not forget each other in the history.
    sequence: `${END_JOB} ${pipeline.name}`,
  });
  return { tasks, phases: Object.fromEntries(ids), end };
}

/** The labels of every task of a phase. The phase's own never hide which run it is. */
export function runLabels(about: Pick<RunInput, "pipeline" | "date">, phase: Phase): Record<string, string> {
  return { ...phase.labels, pipeline: about.pipeline, phase: phase.name, date: about.date };
}
