import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { RunId, TaskId } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import type { Added } from "../queue/queue-store.ts";
import type { NewTask, Task } from "../task/task.ts";
import type { JobChecks } from "./checks.ts";
import type { Fork } from "./fork.ts";
import { defaultRetry, type RetryPolicy } from "./retry.ts";

/** What a running attempt is handed. It has no other way to the world than what its job closed over. */
export interface JobContext<Input> {
  readonly input: Input;
  readonly task: TaskId;
  /** The trace that all tasks of one run share. */
  readonly run: RunId;
  /** From 1. Larger than 1 means that an earlier attempt may have done part of the work. */
  readonly attempt: number;
  /** How often this task has forked and come back; 0 at first. */
  readonly forks: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Aborts on cancellation, on timeout and when the daemon drains. Obey it within the job's grace period. */
  readonly signal: AbortSignal;
  /**
   * Say how far the work is. `total` 0 means unknown; `counters` are numbers of the job's own to show beside
   * it. Cheap: call it as often as is useful. It also tells the watchdog that the job is alive.
   */
  readonly progress: (
    done: number,
    total: number,
    what?: string,
    counters?: Readonly<Record<string, number>>,
  ) => void;
  /** Leave a line for people in the event stream. */
  readonly note: (text: string) => void;
  /** Leave a line that a person should look at. */
  readonly warn: (text: string) => void;
  /** The tasks this one waited for, as they ended, with their results: its parents, then what it forked. */
  readonly waitedFor: () => Promise<readonly Task[]>;
  /**
   * Submit tasks of the same run with this one as parent. They are not waited for: see `fork` for that.
   * @throws what Scheduler.submit throws.
   */
  readonly submit: (tasks: readonly NewTask[]) => Promise<readonly Added[]>;
}

/** What a job may answer: a result, nothing, or that it goes on when its children have ended. */
export type JobAnswer = Json | void | Fork;

/**
 * Makes a key of an input, or `null` for none. The type of a method, so that a job of any input still is a
 * job: like `run`, it only ever gets what the job's own schema has let through.
 */
export type KeyMaker<Input> = {
  /** Make it. */
  make(input: Input): string | null;
}["make"];

/** At most `starts` attempts begin within any `perMs`. */
export interface RateLimit {
  readonly starts: number;
  readonly perMs: number;
}

/** The kind of work a task does. Only data and a few functions: limits are read by the scheduler. */
export interface Job<Input = unknown> {
  /** Stable; stored with every task. */
  readonly name: string;
  /** One sentence for people. */
  readonly doc: string;
  /** Any Standard Schema: checked when a task is submitted and again before it runs. */
  readonly input: StandardSchemaV1<unknown, Input>;
  /** Slots to hold while running, by pool. */
  readonly needs: Readonly<Record<string, number>>;
  /** Group of lanes its attempts run in. */
  readonly lane: string;
  /** At most so many attempts of this job at once. */
  readonly concurrencyMax: number;
  /** `null`: no limit. */
  readonly rate: RateLimit | null;
  /** An attempt is aborted after so many ms; Infinity for never. */
  readonly timeoutMs: number;
  /** An aborted attempt that has not ended after so many ms more is abandoned: its slots are taken back. */
  readonly graceMs: number;
  readonly retry: RetryPolicy;
  /** What makes a task unique while it is unfinished, by its input; asked where a submission names no key. */
  readonly keyOf: KeyMaker<Input> | null;
  /** What makes doing it twice pointless, by its input; asked where a submission names no idempotency key. */
  readonly idempotencyKeyOf: KeyMaker<Input> | null;
  /** Whether what it depends on is there; see {@link JobChecks}. */
  readonly checks: JobChecks;
  /** Do the work. Doing it twice must equal doing it once: a process may die after the work and before the record. */
  run(context: JobContext<Input>): Promise<JobAnswer>;
}

/** What {@link defineJob} takes: the same, with defaults. */
export interface JobDefinition<Input> {
  readonly name: string;
  readonly doc: string;
  readonly input: StandardSchemaV1<unknown, Input>;
  /** Default: none. */
  readonly needs?: Readonly<Record<string, number>>;
  /** Default "main". */
  readonly lane?: string;
  /** Default: as many as pools and lanes allow. */
  readonly concurrencyMax?: number;
  /** Default: no limit. */
  readonly rate?: RateLimit;
  /** Default 10 minutes. */
  readonly timeoutMs?: number;
  /** Default 5 seconds. */
  readonly graceMs?: number;
  /** Default {@link defaultRetry}; fields left out keep their default. */
  readonly retry?: Partial<RetryPolicy>;
  /** Default: no key. */
  readonly keyOf?: KeyMaker<Input>;
  /** Default: no idempotency key. */
  readonly idempotencyKeyOf?: KeyMaker<Input>;
  /** Default: none. */
  readonly checks?: JobChecks;
  /** As {@link Job.run}. */
  run(context: JobContext<Input>): Promise<JobAnswer>;
}

/** The group of lanes of a job that names none. */
export const MAIN_LANE = "main";

const TIMEOUT_MS = 10 * 60_000;
const GRACE_MS = 5_000;
const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/**
 * Declare a job.
 * @throws RangeError when the name is not kebab-case or a number is out of range.
 */
export function defineJob<Input>(definition: JobDefinition<Input>): Job<Input> {
  const { name, rate } = definition;
  if (!NAME.test(name)) throw new RangeError(`job ${JSON.stringify(name)}: a name is 1 to 64 of a-z 0-9 -`);
  for (const [pool, slots] of Object.entries(definition.needs ?? {}))
    if (!Number.isInteger(slots) || slots < 1)
      throw new RangeError(
        `job ${name}: needs ${slots} slots of ${pool}, which is not a whole number of slots`,
      );
  if (rate !== undefined && !(Number.isInteger(rate.starts) && rate.starts > 0 && rate.perMs > 0))
    throw new RangeError(`job ${name}: a rate of ${rate.starts} starts in ${rate.perMs} ms`);
  return {
    name,
    doc: definition.doc,
    input: definition.input,
    needs: definition.needs ?? {},
    lane: definition.lane ?? MAIN_LANE,
    concurrencyMax: definition.concurrencyMax ?? Number.POSITIVE_INFINITY,
    rate: rate ?? null,
    timeoutMs: definition.timeoutMs ?? TIMEOUT_MS,
    graceMs: definition.graceMs ?? GRACE_MS,
    retry: { ...defaultRetry, ...definition.retry },
    keyOf: definition.keyOf ?? null,
    idempotencyKeyOf: definition.idempotencyKeyOf ?? null,
    checks: definition.checks ?? {},
    run: (context) => definition.run(context),
  };
}
