import type { NewTask } from "../task/task.ts";
import { checkedInput } from "./input.ts";
import type { Job } from "./job.ts";
import type { JobRegistry } from "./registry.ts";

/**
 * Check a whole submission before any of it is stored: every job is known and every input fits its schema.
 * Where a job makes keys of inputs, and a task names none, they are filled in. Answers at once where the
 * schemas do.
 * The input is stored as it was given, and goes through the schema again before it runs: a schema that
 * converts would otherwise meet what it has converted already.
 * @throws JOB_UNKNOWN with the nearest name, INPUT_INVALID naming the fields; the first that is wrong. Throws
 * or rejects, as it answers.
 */
export function checkedSubmission(
  registry: JobRegistry,
  tasks: readonly NewTask[],
): readonly NewTask[] | Promise<readonly NewTask[]> {
  const jobs = tasks.map((task) => registry.get(task.job));
  const checked = jobs.map((job, at) => checkedInput(job, tasks[at]?.input));
  if (checked.some((one) => one instanceof Promise))
    return Promise.all(checked).then((inputs) => withKeys(tasks, jobs, inputs));
  return withKeys(tasks, jobs, checked);
}

function withKeys(
  tasks: readonly NewTask[],
  jobs: readonly Job[],
  inputs: readonly unknown[],
): readonly NewTask[] {
  if (jobs.every(({ keyOf, idempotencyKeyOf }) => keyOf === null && idempotencyKeyOf === null)) return tasks;
  return tasks.map((task, at) => {
    const { keyOf, idempotencyKeyOf } = jobs[at] as Job;
    return {
      ...task,
      key: task.key === undefined ? (keyOf?.(inputs[at]) ?? null) : task.key,
      idempotencyKey:
        task.idempotencyKey === undefined ? (idempotencyKeyOf?.(inputs[at]) ?? null) : task.idempotencyKey,
    };
  });
}
