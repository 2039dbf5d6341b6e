import { type RunId, runId, taskId, type TaskId } from "jobkit-core";
import { cliError } from "./errors.ts";

/** A parser of whole numbers from `min` to `max`, for flags. It throws words for people. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new RangeError(`a whole number from ${min} to ${max}`);
    return value;
  };
}

/** Text to task ids. @throws USAGE_WRONG naming the first that is none. */
export function taskIds(texts: readonly string[]): readonly TaskId[] {
  return texts.map((text) => {
    try {
      return taskId(text);
    } catch (cause) {
      throw cliError("USAGE_WRONG", `reading ${JSON.stringify(text.slice(0, 80))} as the id of a task`, {
        cause,
        next: "Copy an id from `jobs list`.",
      });
    }
  });
}

/** Text to the id of a run. @throws USAGE_WRONG. */
export function runIdOf(text: string): RunId {
  try {
    return runId(text);
  } catch (cause) {
    throw cliError("USAGE_WRONG", `reading ${JSON.stringify(text.slice(0, 80))} as the id of a run`, {
      cause,
      next: "Copy an id from `pipeline runs NAME`.",
    });
  }
}
