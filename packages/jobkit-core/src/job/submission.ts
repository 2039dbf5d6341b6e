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
  let keyed = false;
  for (const { job } of tasks) keyed = makesKeys(registry.get(job)) || keyed;
  // Nearly always the schemas answer at once and no job makes keys: then nothing is kept of the check.
  for (let at = 0; at < tasks.length; at += 1) {
    const { job, input } = tasks[at] as NewTask;
    if (keyed) return whole(registry, tasks);
    const checked = checkedInput(registry.get(job), input);
    if (!(checked instanceof Promise)) continue;
    // It is asked again with all the others, and that answer counts.
    checked.catch(() => {});
    return whole(registry, tasks);
  }
  return tasks;
}

function makesKeys({ keyOf, idempotencyKeyOf }: Job): boolean {
  return keyOf !== null || idempotencyKeyOf !== null;
}

async function whole(registry: JobRegistry, tasks: readonly NewTask[]): Promise<readonly NewTask[]> {
  const inputs = await Promise.all(
    tasks.map(async ({ job, input }) => checkedInput(registry.get(job), input)),
  );
  return tasks.map((task, at) => {
    const { keyOf, idempotencyKeyOf } = registry.get(task.job);
    const { key = keyOf?.(inputs[at]) ?? null } = task;
    const { idempotencyKey = idempotencyKeyOf?.(inputs[at]) ?? null } = task;
    return { ...task, key, idempotencyKey };
  });
}
