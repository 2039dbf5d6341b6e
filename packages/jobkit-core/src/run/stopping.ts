/** What it means for an attempt to be told to stop: the reason its job sees, and what its end comes to. */
import { jobkitError } from "../base/error-table.ts";
import { describeError, type CodedError } from "../base/errors.ts";
import { assertNever } from "../base/never.ts";
import type { Job } from "../job/job.ts";
import type { Task } from "../task/task.ts";
import type { AttemptEnd, StopCause } from "./attempt-end.ts";

/** The reason that the job's signal carries. */
export function reasonOf(task: Task, job: Job, cause: StopCause): CodedError {
  const running = `running ${job.name} ${task.id}`;
  switch (cause.kind) {
    case "timeout":
      return jobkitError("TASK_TIMEOUT", `${running} for more than ${timeoutOf(task, job)} ms`);
    case "expired":
      return jobkitError("TASK_EXPIRED", `${running} past the task's deadline`);
    case "cancelled":
      return jobkitError("TASK_CANCELLED", `${running}: ${cause.reason}`);
    case "interrupted":
      return jobkitError("TASK_INTERRUPTED", `${running} while the scheduler drains`);
    default:
      return assertNever(cause);
  }
}

/** It was told to stop, and has. */
export function stoppedEnd(task: Task, job: Job, cause: StopCause, ranMs: number): AttemptEnd {
  if (cause.kind === "cancelled") return { kind: "cancelled", reason: cause.reason, ranMs };
  if (cause.kind === "interrupted") return { kind: "interrupted", ranMs };
  const why = reasonOf(task, job, cause);
  const error = describeError(why);
  return cause.kind === "expired"
    ? { kind: "expired", error, ranMs }
    : { kind: "timeout", error, retry: why.retry, ranMs };
}

/** It was told to stop, and did not in time. */
export function abandonedEnd(task: Task, job: Job, cause: StopCause, ranMs: number): AttemptEnd {
  const why = jobkitError(
    "TASK_ABANDONED",
    `waiting ${job.graceMs} ms for ${job.name} ${task.id} to stop (${cause.kind})`,
  );
  return { kind: "abandoned", cause, error: describeError(why), retry: why.retry, ranMs };
}

/** Ms after which an attempt of this task is told to stop; Infinity for never. */
export function timeoutOf(task: Task, job: Job): number {
  return task.limits?.timeoutMs ?? job.timeoutMs;
}
