import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { TaskId } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import { defaultRetry, type RetryPolicy } from "./retry.ts";

/** What a running attempt is handed. It has no other way to the world than what its job closed over. */
export interface JobContext<Input> {
  readonly input: Input;
  readonly task: TaskId;
  /** From 1. Larger than 1 means that an earlier attempt may have done part of the work. */
  readonly attempt: number;
  /** Aborts on cancellation, on timeout and when the daemon drains. Obey it within the job's grace period. */
  readonly signal: AbortSignal;
  /** Say how far the work is. `total` 0 means unknown. Cheap: call it as often as is useful. */
  readonly progress: (done: number, total: number, what?: string) => void;
  /** Leave a line for people in the event stream. */
  readonly note: (text: string) => void;
}

/** The kind of work a task does. Only data and one function: limits are read by the scheduler. */
export interface Job<Input = unknown> {
  /** Stable; stored with every task. */
  readonly name: string;
  /** One sentence for people. */
  readonly doc: string;
  /** Any Standard Schema: checked when a task is submitted and again before it runs. */
  readonly input: StandardSchemaV1<unknown, Input>;
  /** Slots to hold while running, by pool. */
  readonly needs: Readonly<Record<string, number>>;
  /** At most so many attempts of this job at once. */
  readonly concurrencyMax: number;
  /** An attempt is aborted after so many ms; Infinity for never. */
  readonly timeoutMs: number;
  /** An aborted attempt that has not ended after so many ms more is abandoned: its slots are taken back. */
  readonly graceMs: number;
  readonly retry: RetryPolicy;
  /** Do the work. Doing it twice must equal doing it once: a process may die after the work and before the record. */
  run(context: JobContext<Input>): Promise<Json | void>;
}

/** What {@link defineJob} takes: the same, with defaults. */
export interface JobDefinition<Input> {
  readonly name: string;
  readonly doc: string;
  readonly input: StandardSchemaV1<unknown, Input>;
  /** Default: none. */
  readonly needs?: Readonly<Record<string, number>>;
  /** Default: as many as pools and lanes allow. */
  readonly concurrencyMax?: number;
  /** Default 10 minutes. */
  readonly timeoutMs?: number;
  /** Default 5 seconds. */
  readonly graceMs?: number;
  /** Default {@link defaultRetry}; fields left out keep their default. */
  readonly retry?: Partial<RetryPolicy>;
  run(context: JobContext<Input>): Promise<Json | void>;
}

const TIMEOUT_MS = 10 * 60_000;
const GRACE_MS = 5_000;
const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/**
 * Declare a job.
 * @throws RangeError when the name is not kebab-case or a number is out of range.
 */
export function defineJob<Input>(definition: JobDefinition<Input>): Job<Input> {
  const { name } = definition;
  if (!NAME.test(name)) throw new RangeError(`job ${JSON.stringify(name)}: a name is 1 to 64 of a-z 0-9 -`);
  for (const [pool, slots] of Object.entries(definition.needs ?? {}))
    if (!Number.isInteger(slots) || slots < 1)
      throw new RangeError(
        `job ${name}: needs ${slots} slots of ${pool}, which is not a whole number of slots`,
      );
  return {
    name,
    doc: definition.doc,
    input: definition.input,
    needs: definition.needs ?? {},
    concurrencyMax: definition.concurrencyMax ?? Number.POSITIVE_INFINITY,
    timeoutMs: definition.timeoutMs ?? TIMEOUT_MS,
    graceMs: definition.graceMs ?? GRACE_MS,
    retry: { ...defaultRetry, ...definition.retry },
    run: (context) => definition.run(context),
  };
}
