/** What the tasks of a run carry: all that is needed to go on with it, whatever the configuration says by then. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { TaskId } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import type { Task } from "../task/task.ts";
import { END_JOB, PHASE_JOB, type Phase } from "./pipeline.ts";

/** Which run of which pipeline. */
export interface RunInput {
  readonly pipeline: string;
  readonly date: string;
  readonly args: Readonly<Record<string, Json>>;
}

/** Input of the task that stands for a phase. */
export interface PhaseInput extends RunInput {
  readonly phase: Phase;
  /** The tasks of the phases in `after`, by name. */
  readonly parents: Readonly<Record<string, TaskId>>;
}

/** True for the task that stands for a phase. */
export function isPhaseTask(task: Pick<Task, "job">): boolean {
  return task.job === PHASE_JOB;
}

/** True for the task that stands for the end of a run. */
export function isEndTask(task: Pick<Task, "job">): boolean {
  return task.job === END_JOB;
}

/** The input of a task that stands for a phase; it passed the schema when it was submitted. */
export function phaseInputOf(task: Pick<Task, "input">): PhaseInput {
  return task.input as unknown as PhaseInput;
}

export const runInputSchema = schema<RunInput>(isRunInput);
export const phaseInputSchema = schema<PhaseInput>(
  (value) => isRunInput(value) && isObject(value["phase"]) && isObject(value["parents"]),
);

/** These tasks are made here and by nobody else, so their shape is looked at and not judged part by part. */
function schema<T>(fits: (value: unknown) => boolean): StandardSchemaV1<unknown, T> {
  return {
    "~standard": {
      version: 1,
      vendor: "jobkit",
      validate: (value) =>
        fits(value)
          ? { value: value as T }
          : { issues: [{ message: "submit pipelines by their name instead" }] },
    },
  };
}

function isRunInput(value: unknown): value is Record<string, unknown> {
  return (
    isObject(value) &&
    typeof value["pipeline"] === "string" &&
    typeof value["date"] === "string" &&
    isObject(value["args"])
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
