import type { RunId, TaskId } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import type { RetryPolicy } from "../job/retry.ts";
import type { TaskState } from "./state.ts";

/** What happens to a task when a parent ends other than "done": "skip" it, "fail" it, or "run" it anyway. */
export type OnParentFailure = "skip" | "fail" | "run";

/** What a task may say otherwise than its job does. Stored with the task; fields left out are the job's. */
export interface TaskLimits {
  /** An attempt is aborted after so many ms. */
  readonly timeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** Slots to hold while running, by pool; instead of the job's, not beside them. */
  readonly needs?: Readonly<Record<string, number>>;
}

/** One unit of work, as stored. A value: plain, serialisable, compared by content. */
export interface Task {
  readonly id: TaskId;
  /** Name of the job that knows how to do it. */
  readonly job: string;
  /** Unique among the tasks of its job that hold theirs (see `keyUntilMs`); `null` for none. Never parsed. */
  readonly key: string | null;
  /** The key is held until here (wall time in ms) even after the task has ended. 0: only while it is unfinished. */
  readonly keyUntilMs: number;
  /** A submission of the same job and idempotency key is answered with this task while it is stored. */
  readonly idempotencyKey: string | null;
  /** What the job gets; fits the job's input schema. */
  readonly input: Json;
  /** Free words to group and filter by. */
  readonly labels: Readonly<Record<string, string>>;
  /** The trace that all tasks of one run share. */
  readonly run: RunId;
  /** The task that submitted or forked this one, if one did. */
  readonly parent: TaskId | null;
  /** Tasks that had to end before this one could start: its parents, and the children it forked, in that order. */
  readonly after: readonly TaskId[];
  readonly onParentFailure: OnParentFailure;
  /** Larger starts earlier. Default 0. */
  readonly priority: number;
  /** Tasks of one sequence run one at a time, whatever their jobs; `null` for none. Never parsed. */
  readonly sequence: string | null;
  /** Ends failed (TASK_EXPIRED) when it has not ended by then, wall time in ms; `null`: never. */
  readonly deadlineAtMs: number | null;
  /** What this task says otherwise than its job; `null` for nothing. */
  readonly limits: TaskLimits | null;
  /** Attempts begun so far; an interrupted attempt and one that forked are taken back. */
  readonly attempt: number;
  /** Number of its last claim, 0 before the first. Only grows, whatever becomes of `attempt`. */
  readonly claim: number;
  /** How often it has forked and waited for its children. */
  readonly forks: number;
  readonly createdAtMs: number;
  readonly state: TaskState;
}

/** A task to be: what a submission says. Everything but job and input has a default. */
export interface NewTask {
  readonly job: string;
  readonly input: Json;
  /** Default: what the job's `keyOf` makes of the input, else none. */
  readonly key?: string | null;
  /** Hold the key for so many ms from now, also after the end. Default 0: while it is unfinished. */
  readonly keyForMs?: number;
  /** Default: what the job's `idempotencyKeyOf` makes of the input, else none. */
  readonly idempotencyKey?: string | null;
  readonly labels?: Readonly<Record<string, string>>;
  readonly run?: RunId;
  readonly parent?: TaskId | null;
  /** Parents: ids of stored tasks, or of earlier or later tasks of the same batch. */
  readonly after?: readonly TaskId[];
  /** Default "skip". */
  readonly onParentFailure?: OnParentFailure;
  readonly priority?: number;
  /** Wall time in ms since 1970 before which it does not start. Default: now. */
  readonly dueAtMs?: number;
  readonly sequence?: string | null;
  readonly deadlineAtMs?: number | null;
  readonly limits?: TaskLimits | null;
  /** Given where another task of the batch names this one in `after`. Default: a new id. */
  readonly id?: TaskId;
}
