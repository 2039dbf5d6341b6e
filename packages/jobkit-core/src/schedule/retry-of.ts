import type { Job } from "../job/job.ts";
import type { RetryPolicy } from "../job/retry.ts";
import type { Task } from "../task/task.ts";

/** How a task is retried: as its job says, but for what the task says itself. */
export function retryOf(task: Pick<Task, "limits">, job: Job): RetryPolicy {
  const own = task.limits?.retry;
  return own === undefined ? job.retry : { ...job.retry, ...own };
}
