/**
 * Where tasks live. Batch-shaped, so that one commit carries many changes and so that the same
 * interface fits one file on this machine and a database shared by many.
 *
 * What every store promises (and `queueStoreConformance` proves):
 * - A promise resolves after its change is durable, as far as the store is durable at all. Only a turn may be
 *   answered before, and says so (`stored`).
 * - Each call is atomic: whole or not at all.
 * - A claimed task is claimed once: two turns never return the same task with the same claim number.
 * - Children are unblocked in the commit that ends their last parent, and may be claimed in that very turn.
 * - A settlement counts only for the claim that is running under that owner; one that is late, or that comes
 *   a second time, is refused. (Claim numbers only grow; attempts are taken back and begun anew.)
 * - Of the tasks of one sequence at most one is between its first claim and its end (it keeps the sequence
 *   while it retries, is interrupted, recovered or blocked on what it forked). While there is none, the first
 *   in starting order of those that are due, over all jobs, is claimable; else only that one.
 * Nothing here decides: retry or not, how many and which jobs is the scheduler's business.
 */
import type { RunId, TaskId } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import type { TaskFailure, TaskStateKind } from "../task/state.ts";
import type { OnParentFailure, Task, TaskLimits } from "../task/task.ts";
import type { HeldReason, Room } from "./room.ts";

/** A task ready to be stored: every default filled in, no state yet. */
export interface TaskDraft {
  readonly id: TaskId;
  readonly job: string;
  readonly key: string | null;
  readonly keyUntilMs: number;
  readonly idempotencyKey: string | null;
  readonly input: Json;
  readonly labels: Readonly<Record<string, string>>;
  readonly run: RunId;
  readonly parent: TaskId | null;
  readonly after: readonly TaskId[];
  readonly onParentFailure: OnParentFailure;
  readonly priority: number;
  readonly sequence: string | null;
  readonly deadlineAtMs: number | null;
  readonly limits: TaskLimits | null;
  readonly createdAtMs: number;
  readonly dueAtMs: number;
}

/** Answer to one draft: stored under its own id, or met a task that stands for it. */
export interface Added {
  /** The task that stands for the draft now: its own id, or that of the task it met. */
  readonly id: TaskId;
  readonly added: boolean;
  /** Present where it was stored as ended already, because a parent had not ended well. */
  readonly ended?: "skipped" | "failed";
}

/** How an attempt ended, decided by the scheduler. */
export type Outcome =
  | { readonly kind: "done"; readonly result: Json }
  | { readonly kind: "retrying"; readonly dueAtMs: number; readonly error: TaskFailure }
  | { readonly kind: "failed"; readonly error: TaskFailure }
  | { readonly kind: "cancelled"; readonly reason: string }
  /** Stopped by a drain: ready again at once, and the attempt is taken back. */
  | { readonly kind: "interrupted" }
  /**
   * It goes on when these have ended, however they end: they are stored, it is blocked on them, the attempt
   * is taken back and `forks` is one more, in one commit. Each stands behind its parents in `after`.
   * A draft that meets another task (by key or id) is waited for as that task; where none is unfinished,
   * it is ready at once. A batch that cannot be stored (GRAPH_*), also because a child would wait for this task
   * or its sequence (`refuseForkCircle`), ends the task failed with that code.
   */
  | { readonly kind: "forked"; readonly drafts: readonly TaskDraft[] };

/** How one attempt ended, for the claim that it ran under. */
export interface Settlement {
  readonly id: TaskId;
  readonly owner: string;
  /** The task's `claim` as the claim returned it. */
  readonly claim: number;
  readonly nowMs: number;
  readonly outcome: Outcome;
}

/** Tasks that ended without running, with the state they ended in. */
export interface EndedTask {
  readonly id: TaskId;
  readonly kind: "skipped" | "failed";
}

/** What one settlement or cancellation did. */
export interface Settled {
  readonly id: TaskId;
  /** False where that claim was not the running one: nothing was changed. */
  readonly accepted: boolean;
  /** Tasks that became ready by it. */
  readonly unblocked: readonly TaskId[];
  /** Tasks that ended by it. */
  readonly ended: readonly EndedTask[];
  /** Present for "forked": the answer to each draft; or why the batch was refused, and the task has failed. */
  readonly forked?: readonly Added[] | TaskFailure;
}

/** One turn of a scheduler. */
export interface TurnRequest {
  readonly owner: string;
  readonly nowMs: number;
  /** Until when what is claimed stays this owner's without being touched, wall time in ms. */
  readonly leaseUntilMs: number;
  readonly settlements: readonly Settlement[];
  /** What there is room for, as if the settlements had been recorded; `null`: claim nothing. */
  readonly room: Room | null;
}

/** What a turn came to. */
export interface Turn {
  /** One answer per settlement, in order. */
  readonly settled: readonly Settled[];
  /** Tasks whose deadline had passed and that did not run: each ended failed with TASK_EXPIRED. As Settled of a cancellation. */
  readonly expired: readonly Settled[];
  /** Running under `owner` from now on, attempt and claim one higher; in starting order. */
  readonly claimed: readonly Task[];
  /** By position in `claimed`: since when it could have run, wall time in ms. */
  readonly dueAtMs: readonly number[];
  /** By job of the room with a due task that was not claimed: why. Empty where there was no room given. */
  readonly held: ReadonlyMap<string, HeldReason>;
  /** Wall time in ms at which the answer changes by itself (a task becomes due, a deadline passes); `null`: it does not. */
  readonly nextAtMs: number | null;
  /**
   * `null`: what the turn did is durable. Else it is done, nobody else takes what it claimed and the end of this
   * process undoes nothing of it, but a loss of power would, with all that came after: resolves when that cannot
   * happen any more, in the order of the turns; rejects where it never will, and then every later call does too.
   */
  readonly stored: Promise<void> | null;
}

/** Which tasks to cancel. */
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

/** Which running tasks are lost. */
export interface RecoverRequest {
  readonly nowMs: number;
  /** "others": every running task of another owner (one process owns the store). "expired": leases that ran out. */
  readonly lost: "others" | "expired";
  readonly owner: string;
}

/** Which tasks to list. What is left out does not narrow it down. */
export interface ListRequest {
  readonly states?: readonly TaskStateKind[];
  readonly jobs?: readonly string[];
  /** Only tasks of this run; by an index. */
  readonly run?: RunId;
  /** Default 100, at most 1,000. */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly cursor?: string;
  /** Default "newest". By order of adding. */
  readonly order?: "newest" | "oldest";
}

/** One page of a list. */
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

/** Which ended tasks to forget. */
export interface PruneRequest {
  /** Only those that ended before, wall time in ms. */
  readonly endedBeforeMs: number;
  /** At most so many. */
  readonly limit: number;
  /** Only those that ended so. Default: every last state. */
  readonly states?: readonly TaskStateKind[];
}

/** Small named values that are kept beside the tasks: when a schedule last ran, what is paused. */
export type Marks = Readonly<Record<string, Json>>;

/** Where tasks live: see the top of this file for what every store promises. */
export interface QueueStore extends AsyncDisposable {
  /**
   * Store a whole graph or nothing, and `marks` in the same commit. A draft whose id or idempotency key is
   * stored, or whose key is held by a task of its job, is answered with that task; drafts of the batch that
   * wait for it then wait for that one.
   * @throws GRAPH_CYCLE, GRAPH_UNKNOWN_PARENT; nothing is stored then.
   */
  addGraph(drafts: readonly TaskDraft[], marks?: Marks): Promise<readonly Added[]>;

  /**
   * Record how attempts ended and unblock or skip their children, end what has passed its deadline, then take
   * what there is room for: in one commit. Cost grows with what is settled and claimed and with the jobs of
   * the room, not with the tasks stored. Calls are done in the order they were made.
   */
  turn(request: TurnRequest): Promise<Turn>;

  /** Push the lease of running tasks of `owner` on. @returns the ids that are still its own. */
  touch(owner: string, ids: readonly TaskId[], leaseUntilMs: number): Promise<readonly TaskId[]>;

  /** End tasks that wait; name those that run. One answer per id, in order. */
  cancel(request: CancelRequest): Promise<readonly Cancelled[]>;

  /**
   * Put failed, cancelled or skipped tasks back to the start with attempt and forks 0: blocked where a parent
   * has not ended (parents of the same call count as not ended), else ready. Deadlines are taken away.
   * @returns the ids it did that to, in the order given.
   */
  retry(ids: readonly TaskId[], nowMs: number): Promise<readonly TaskId[]>;

  /** Make tasks ready again whose owner is lost; the attempt stays counted. @returns them as they are now. */
  recover(request: RecoverRequest): Promise<readonly Task[]>;

  /** The tasks of those ids that exist, in no promised order. */
  get(ids: readonly TaskId[]): Promise<readonly Task[]>;

  /** Tasks page by page, in order of adding. */
  list(request: ListRequest): Promise<TaskPage>;

  /** Counts by job and state, without a scan of the tasks. */
  counts(): Promise<readonly TaskCount[]>;

  /** Since when the first claimable task of each job has been due, wall time in ms; jobs with none are left out. */
  oldestDue(nowMs: number): Promise<Readonly<Record<string, number>>>;

  /** Forget ended tasks, earliest ended first, but none that an unfinished task names in `after`. @returns how many. */
  prune(request: PruneRequest): Promise<number>;

  /** The marks of those names that are set. */
  marks(names: readonly string[]): Promise<Marks>;

  /** Set marks, all or none; a mark set to `null` is forgotten. */
  setMarks(marks: Marks): Promise<void>;

  /**
   * Call `listener` when by another's doing something may have become claimable, or may have ended that somebody
   * waits for. A hint: it may come for nothing.
   */
  onWake(listener: () => void): Disposable;
}
