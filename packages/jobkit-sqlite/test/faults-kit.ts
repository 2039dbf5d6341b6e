import {
  defineJob,
  EventBus,
  jobkitEvents,
  Scheduler,
  type Job,
  type JobDefinition,
  type QueueStore,
  type SchedulerOptions,
  type Task,
} from "jobkit-core";
import { systemClock } from "jobkit-core/system";
import { SeededRandom } from "jobkit-core/testing";

function wholeNumber(name: string, usual: number, least: number): number {
  const text = process.env[name];
  if (text === undefined || text === "") return usual;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new RangeError(`${name}=${text}: a whole number from ${least}`);
  return value;
}

/** How often a fault is made: `usual` times, or as often as the variable ROUNDS says, for a long night. */
export function roundsOr(usual: number): number {
  return wholeNumber("ROUNDS", usual, 1);
}

/** How many tasks a large queue or graph has: `usual`, or as many as the variable NODES says. */
export function nodesOr(usual: number): number {
  return wholeNumber("NODES", usual, 1_000);
}

/** Chance, new in every run; the variable SEED repeats the one that a failure has printed. */
export function randomOf(): SeededRandom {
  return new SeededRandom(wholeNumber("SEED", Date.now(), 0));
}

/** A schema that lets everything through. */
const anything: Job["input"] = {
  "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) },
};

/** A job that takes anything. */
export function job(
  name: string,
  run: JobDefinition<unknown>["run"],
  more: Partial<JobDefinition<unknown>> = {},
): Job {
  return defineJob<unknown>({ name, doc: "A job of a test.", input: anything, run, ...more });
}

/** A scheduler on real time over a queue, and the bus that it tells its events. Start and close it. */
export function schedulerOver(
  store: QueueStore,
  options: Partial<SchedulerOptions> & Pick<SchedulerOptions, "jobs">,
): { readonly bus: EventBus; readonly scheduler: Scheduler } {
  const bus = new EventBus({ clock: systemClock });
  const scheduler = new Scheduler({
    store,
    pools: {},
    events: bus.emitter(jobkitEvents),
    clock: systemClock,
    random: new SeededRandom(1),
    owner: `process ${process.pid}`,
    lanes: 4,
    ...options,
  });
  return { bus, scheduler };
}

/** Every task of a queue, in order of adding. */
export async function everything(queue: Pick<QueueStore, "list">): Promise<readonly Task[]> {
  const found: Task[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<QueueStore["list"]>> = await queue.list({
      limit: 1_000,
      order: "oldest",
      ...(cursor === null ? {} : { cursor }),
    });
    found.push(...page.tasks);
    cursor = page.next;
  } while (cursor !== null);
  return found;
}
