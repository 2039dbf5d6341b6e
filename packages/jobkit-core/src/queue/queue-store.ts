/**
 * Where tasks live. Batch-shaped, so that one commit carries many changes and so that the same
 * interface fits one file on this machine and a database shared by many.
 *
 * What every store promises (and `queueStoreConformance` proves):
 * - A promise resolves after its change is durable, as far as the store is durable at all.
 * - Each call is atomic: whole or not at all.
 * - A claimed task is claimed once: two claims never return the same task with the same claim number.
 * - Children are unblocked in the commit that ends their last parent.
 * - A settlement counts only for the claim that is running under that owner; one that is late, or that comes
 *   a second time, is refused. (Claim numbers only grow; attempts are taken back and begun anew.)
 * Nothing here decides: retry or not, how many and which jobs is the scheduler's business.
 */
import type { RunId, TaskId } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import type { TaskFailure, TaskStateKind } from "../task/state.ts";
import type { OnParentFailure, Task } from "../task/task.ts";

/** A task ready to be stored: every default filled in, no state yet. */
export interface TaskDraft {
  readonly id: TaskId;
  readonly job: string;
  readonly key: string | null;
  readonly input: Json;
  readonly labels: Readonly<Record<string, string>>;
  readonly run: RunId;
  readonly parent: TaskId | null;
  readonly after: readonly TaskId[];
  readonly onParentFailure: OnParentFailure;
  readonly priority: number;
  readonly createdAtMs: number;
  readonly dueAtMs: number;
}

/** Answer to one draft: stored under its own id, or met an unfinished task of the same job and key. */
export interface Added {
  /** The task that stands for the draft now: its own id, or that of the task it met. */
  readonly id: TaskId;
  readonly added: boolean;
  /** Present where it was stored as ended already, because a parent had not ended well. */
  readonly ended?: "skipped" | "failed";
}

/** A task that could start, without its input: what the plan needs to know. */
export interface Head {
  readonly id: TaskId;
  readonly job: string;
  readonly priority: number;
  readonly dueAtMs: number;
}

/** What could start now, and when that answer changes by itself. */
export interface Heads {
  /** For each asked job, its first tasks in starting order (priority, due time, order of adding). */
  readonly ready: readonly Head[];
  /** Wall time in ms at which the earliest later task becomes due; `null` where none waits for time. */
  readonly nextDueAtMs: number | null;
}

export interface HeadsRequest {
  readonly nowMs: number;
  readonly jobs: readonly string[];
  /** At most so many per job. */
  readonly perJob: number;
}

/** Take up to `limit` tasks of `job`, first in starting order first. */
export interface Want {
  readonly job: string;
  readonly limit: number;
}

export interface ClaimRequest {
  readonly owner: string;
  readonly nowMs: number;
  readonly leaseUntilMs: number;
  readonly wants: readonly Want[];
}

/** How an attempt ended, decided by the scheduler. */
export type Outcome =
  | { readonly kind: "done"; readonly result: Json }
  | { readonly kind: "retrying"; readonly dueAtMs: number; readonly error: TaskFailure }
  | { readonly kind: "failed"; readonly error: TaskFailure }
  | { readonly kind: "cancelled"; readonly reason: string }
  /** Stopped by a drain: ready again at once, and the attempt is taken back. */
  | { readonly kind: "interrupted" };

export interface Settlement {
  readonly id: TaskId;
  readonly owner: string;
  /** The task's `claim` as the claim returned it. */
  readonly claim: number;
  readonly nowMs: number;
  readonly outcome: Outcome;
}

/** What one settlement or cancellation did. */
export interface Settled {
  readonly id: TaskId;
  /** False where that claim was not the running one: nothing was changed. */
  readonly accepted: boolean;
  /** Tasks that became ready by it. */
  readonly unblocked: readonly TaskId[];
  /** Tasks that ended by it without running, with the state they ended in. */
  readonly ended: readonly { readonly id: TaskId; readonly kind: "skipped" | "failed" }[];
}

export interface CancelRequest {
  readonly ids: readonly TaskId[];
  readonly nowMs: number;
  readonly reason: string;
}

/** Answer to the cancellation of one task. */
export interface Cancelled {
  readonly id: TaskId;
  /** "ended": it is cancelled now. "running": its owner must stop it and settle. "over": it had ended. */
  readonly was: "ended" | "running" | "over" | "unknown";
  readonly settled: Settled | null;
}

export interface RecoverRequest {
  readonly nowMs: number;
  /** "others": every running task of another owner (one process owns the store). "expired": leases that ran out. */
  readonly lost: "others" | "expired";
  readonly owner: string;
}

export interface ListRequest {
  readonly states?: readonly TaskStateKind[];
  readonly jobs?: readonly string[];
  /** Default 100, at most 1,000. */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly cursor?: string;
  /** Default "newest". By order of adding. */
  readonly order?: "newest" | "oldest";
}

export interface TaskPage {
  readonly tasks: readonly Task[];
  /** Give it as `cursor` to read on; `null` at the end. */
  readonly next: string | null;
}

/** How many tasks of a job are in a state. Zero counts are left out. */
export interface TaskCount {
  readonly job: string;
  readonly state: TaskStateKind;
  readonly count: number;
}

export interface QueueStore extends AsyncDisposable {
  /**
   * Store a whole graph or nothing. A draft whose key is held by an unfinished task of its job is
   * answered with that task; drafts of the batch that wait for it then wait for that one.
   * @throws GRAPH_CYCLE, GRAPH_UNKNOWN_PARENT; nothing is stored then.
   */
  addGraph(drafts: readonly TaskDraft[]): Promise<readonly Added[]>;

  /** What could start. Cost grows with jobs and `perJob`, not with the tasks stored. */
  heads(request: HeadsRequest): Promise<Heads>;

  /** Take ready and due retrying tasks: they are running under `owner`, attempt and claim are one higher. */
  claim(request: ClaimRequest): Promise<readonly Task[]>;

  /** Record how attempts ended, unblock or skip their children. One answer per settlement, in order. */
  settle(settlements: readonly Settlement[]): Promise<readonly Settled[]>;

  /** Push the lease of running tasks of `owner` on. @returns the ids that are still its own. */
  touch(owner: string, ids: readonly TaskId[], leaseUntilMs: number): Promise<readonly TaskId[]>;

  /** End tasks that wait; name those that run. One answer per id, in order. */
  cancel(request: CancelRequest): Promise<readonly Cancelled[]>;

  /** Put failed, cancelled or skipped tasks back to ready with attempt 0. @returns the ids it did that to. */
  retry(ids: readonly TaskId[], nowMs: number): Promise<readonly TaskId[]>;

  /** Make tasks ready again whose owner is lost; the attempt stays counted. @returns them as they are now. */
  recover(request: RecoverRequest): Promise<readonly Task[]>;

  /** The tasks of those ids that exist, in no promised order. */
  get(ids: readonly TaskId[]): Promise<readonly Task[]>;

  list(request: ListRequest): Promise<TaskPage>;

  /** Counts by job and state, without a scan of the tasks. */
  counts(): Promise<readonly TaskCount[]>;

  /** Forget at most `limit` ended tasks that ended before `endedBeforeMs` and that no living task waits for. @returns how many. */
  prune(endedBeforeMs: number, limit: number): Promise<number>;

  /** Call `listener` when something may have become claimable by another's doing. A hint: it may come for nothing. */
  onWake(listener: () => void): Disposable;
}
