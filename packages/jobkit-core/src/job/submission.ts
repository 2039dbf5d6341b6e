import type { NewTask } from "../task/task.ts";
import { checkedInput } from "./input.ts";
import type { JobRegistry } from "./registry.ts";

/**
 * Check a whole submission before any of it is stored: every job is known and every input fits its schema.
 * The input is stored as it was given, and goes through the schema again before it runs: a schema that
 * converts would otherwise meet what it has converted already.
 * @throws JOB_UNKNOWN with the nearest name, INPUT_INVALID naming the fields; the first that is wrong.
 */
export async function checkSubmission(registry: JobRegistry, tasks: readonly NewTask[]): Promise<void> {
  const jobs = tasks.map((task) => registry.get(task.job));
  for (const [at, job] of jobs.entries()) {
    const checked = checkedInput(job, tasks[at]?.input);
    if (checked instanceof Promise) await checked;
  }
}
