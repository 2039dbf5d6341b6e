import { jobkitError } from "../base/error-table.ts";
import type { CodedError } from "../base/errors.ts";

/**
 * The error of a job that knows that trying again cannot help: the task fails at once with TASK_FATAL.
 * @param doing what was being done to what, for people.
 * @param cause the error behind it, if there is one.
 * @example
 * if (page === null) throw fatal(`reading ${name}: it does not exist and never will`);
 */
export function fatal(doing: string, cause?: unknown): CodedError {
  return jobkitError("TASK_FATAL", doing, cause === undefined ? {} : { cause });
}

/** May doing the same again later succeed? Yes, unless the error is a coded one that says no. */
export function mayRetry(error: unknown): boolean {
  try {
    return !(error instanceof Error && "retry" in error && error.retry === false);
  } catch {
    // A thrown value that cannot even be looked at has not said no.
    return true;
  }
}
