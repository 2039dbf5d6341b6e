import type { RunId, TaskId } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import type { TaskState } from "./state.ts";

/** What happens to a task when a parent ends other than "done": "skip" it, "fail" it, or "run" it anyway. */
export type OnParentFailure = "skip" | "fail" | "run";

/** One unit of work, as stored. A value: plain, serialisable, compared by content. */
export interface Task {
  readonly id: TaskId;
  /** Name of the job that knows how to do it. */
  readonly job: string;
  /** Unique among the unfinished tasks of its job; `null` where nothing is to be unique. Never parsed. */
  readonly key: string | null;
  /** What the job gets; fits the job's input schema. */
  readonly input: Json;
  /** Free words to group and filter by. */
  readonly labels: Readonly<Record<string, string>>;
  /** The trace that all tasks of one run share. */
  readonly run: RunId;
  /** The task that spawned this one, if one did. */
  readonly parent: TaskId | null;
  /** Tasks that must end before this one may start. */
  readonly after: readonly TaskId[];
  readonly onParentFailure: OnParentFailure;
  /** Larger starts earlier. Default 0. */
  readonly priority: number;
  /** Attempts begun so far; an interrupted attempt is taken back. */
  readonly attempt: number;
  /** Number of its last claim, 0 before the first. Only grows, whatever becomes of `attempt`. */
  readonly claim: number;
  readonly createdAtMs: number;
  readonly state: TaskState;
}

/** A task to be: what a submission says. Everything but job and input has a default. */
export interface NewTask {
  readonly job: string;
  readonly input: Json;
  readonly key?: string | null;
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
  /** Given where another task of the batch names this one in `after`. Default: a new id. */
  readonly id?: TaskId;
}
