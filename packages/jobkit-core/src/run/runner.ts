/**
 * ONE attempt of one claimed task, from start to an AttemptEnd.
 *
 * It never rejects and never throws: whatever escapes the job is an end. The first cause to stop stands: a
 * job that returns or throws after it was told to stop has been stopped, because a job that obeys its signal
 * by returning early has not done its work. What a job does after its end (results, rejections, progress)
 * is ignored. It knows no store and no pool: whoever starts it holds the slots.
 */
import type { Clock } from "../base/clock.ts";
import { describeError, type CodedError } from "../base/errors.ts";
import { newSpanId, type RunId, type SpanId } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import type { CountHandle, TableEmitter } from "../events/emitter.ts";
import type { EventScope } from "../events/event.ts";
import type { JobkitEvents } from "../events/table.ts";
import { Fork } from "../job/fork.ts";
import { checkedInput } from "../job/input.ts";
import type { Job, JobAnswer } from "../job/job.ts";
import type { Lease } from "../pool/lease.ts";
import type { Added, TaskDraft } from "../queue/queue-store.ts";
import type { NewTask, Task } from "../task/task.ts";
import type { Alarm, Alarms } from "./alarms.ts";
import { AttemptContext } from "./attempt-context.ts";
import type { AttemptEnd, StopCause } from "./attempt-end.ts";
import { mayRetry } from "./fatal.ts";
import { asResult } from "./result.ts";
import { abandonedEnd, reasonOf, stoppedEnd, timeoutOf } from "./stopping.ts";

/** What a job may do with other tasks. */
export interface Family {
  /** The tasks that this one has waited for, as they ended. */
  waitedFor(task: Task): Promise<readonly Task[]>;
  /** Submit tasks as children of this one. */
  submit(task: Task, children: readonly NewTask[]): Promise<readonly Added[]>;
  /** Check and fill in the children it forks. @throws JOB_UNKNOWN, INPUT_INVALID. */
  draft(task: Task, children: readonly NewTask[]): Promise<readonly TaskDraft[]>;
}

/** What an attempt needs from outside. */
export interface RunnerOptions {
  readonly clock: Clock;
  /** Keeps timeouts and grace periods; over the same clock, and shared by all attempts. */
  readonly alarms: Alarms;
  /** Names the attempt's span. */
  readonly random: Random;
  readonly events: TableEmitter<JobkitEvents>;
  /** `task.started`, found beforehand. */
  readonly started: CountHandle<JobkitEvents["task.started"]>;
  readonly family: Family;
  /** Told of every end, exactly once per attempt, and never inside {@link Attempt.run}. */
  readonly ended: (attempt: Attempt, end: AttemptEnd) => void;
}

/** How far a running attempt said it is. */
export interface Progress {
  readonly done: number;
  /** 0: not known. */
  readonly total: number;
  readonly what: string;
  /** Numbers of the job's own. */
  readonly counters: Readonly<Record<string, number>>;
}

/** What to run: a task that was claimed, its job, and since when it could have run. */
export interface Work {
  readonly task: Task;
  readonly job: Job;
  /** Wall time in ms since 1970 at which it was claimed. */
  readonly startedAtMs: number;
  /** Wall time in ms since 1970 since which it could have run. */
  readonly dueAtMs: number;
  /** The same moment as `startedAtMs`, on the monotonic clock. */
  readonly beganMs: number;
  /** Name of the lane it runs in. */
  readonly worker: string;
  /** The slots it holds. Whoever made the attempt gives them back. */
  readonly lease: Lease;
}

/**
 * One attempt. Make it, then call {@link run} once. It is also where its events happen: its span is only named
 * when somebody reads it, because most events nobody does.
 */
export class Attempt implements Alarm, EventScope {
  readonly task: Task;
  readonly kind: Job;
  readonly worker: string;
  readonly lease: Lease;
  /** Wall time in ms since 1970. */
  readonly startedAtMs: number;
  /** When its alarm rings, monotonic ms: the end of its time, then of its grace. */
  atMs: number;
  readonly #options: RunnerOptions;
  readonly #dueAtMs: number;
  readonly #beganMs: number;
  /** Made when somebody asks for the signal. */
  #controller: AbortController | null = null;
  #stopReason: CodedError | null = null;
  #cause: StopCause | null = null;
  #progress: Progress | null = null;
  #progressedMs: number;
  #span: SpanId | null = null;
  #ran = false;
  #ended = false;

  constructor(work: Work, options: RunnerOptions) {
    const { task, job, beganMs } = work;
    this.task = task;
    this.kind = job;
    this.worker = work.worker;
    this.lease = work.lease;
    this.startedAtMs = work.startedAtMs;
    this.atMs = beganMs + timeMs(work);
    this.#options = options;
    this.#dueAtMs = work.dueAtMs;
    this.#beganMs = beganMs;
    this.#progressedMs = beganMs;
  }

  get trace(): RunId {
    return this.task.run;
  }

  get span(): SpanId {
    return (this.#span ??= newSpanId(this.#options.random));
  }

  /** Name of its job. */
  get job(): string {
    return this.task.job;
  }

  get attempt(): number {
    return this.task.attempt;
  }

  /** True once it has begun to run. One that is settled without running never does. */
  get ran(): boolean {
    return this.#ran;
  }

  /** True once its end has been told; it never changes after that. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What the job last said, or `null` where it has said nothing. */
  get progress(): Progress | null {
    return this.#progress;
  }

  /** Monotonic ms of its last sign of life: its start, or what the job said last. */
  get progressedMs(): number {
    return this.#progressedMs;
  }

  /** What the job may do with other tasks. */
  get family(): Family {
    return this.#options.family;
  }

  /** Aborts when it is told to stop. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#stopReason !== null) this.#controller.abort(this.#stopReason);
    }
    return this.#controller.signal;
  }

  /** Run the job. */
  run(): void {
    this.#ran = true;
    const { started, alarms } = this.#options;
    started.emit(
      () => ({
        task: this.task.id,
        worker: this.worker,
        waitedMs: Math.max(0, this.startedAtMs - this.#dueAtMs),
      }),
      this,
    );
    if (this.atMs !== Number.POSITIVE_INFINITY) alarms.add(this);
    void this.#work();
  }

  /** Tell it to stop for good. @returns false where it has ended, been told to stop before, or never began. */
  cancel(reason: string): boolean {
    return this.#stop({ kind: "cancelled", reason });
  }

  /** Tell it to stop and run again later. @returns as {@link cancel}. */
  interrupt(why?: () => CodedError): boolean {
    return this.#stop({ kind: "interrupted" }, why?.());
  }

  /** The job says how far it is. */
  say(progress: Progress): void {
    if (this.#ended) return;
    const { clock, events } = this.#options;
    this.#progress = progress;
    this.#progressedMs = clock.monotonic();
    const { done, total, what, counters } = progress;
    events.emit(
      "task.progressed",
      () => ({ task: this.task.id, done, total, what, counters: JSON.stringify(counters) }),
      this,
    );
  }

  /** The job leaves a line. */
  note(text: string): void {
    if (!this.#ended) this.#tell("task.noted", text);
  }

  /** The job leaves a line that a person should look at. */
  warn(text: string): void {
    if (!this.#ended) this.#tell("task.warned", text);
  }

  /** Its time, or its grace, is over. Called by its alarm. */
  ring(): void {
    if (this.#ended) return;
    if (this.#cause === null) this.#stop({ kind: this.#expires() ? "expired" : "timeout" });
    else this.#abandon(this.#cause);
  }

  async #work(): Promise<void> {
    try {
      const checked = checkedInput(this.kind, this.task.input);
      const input = checked instanceof Promise ? await checked : checked;
      // Told to stop while the schema took its time.
      if (this.#stopReason !== null) throw this.#stopReason;
      const answer = await this.kind.run(new AttemptContext(this, input));
      this.#end(answer instanceof Fork ? await this.#forked(answer) : this.#done(answer));
    } catch (error) {
      this.#end({ kind: "error", error: describeError(error), retry: mayRetry(error), ranMs: this.#ranMs() });
    }
  }

  #done(answer: JobAnswer): AttemptEnd {
    return { kind: "done", result: asResult(answer), ranMs: this.#ranMs() };
  }

  async #forked({ tasks }: Fork): Promise<AttemptEnd> {
    const drafts = await this.family.draft(this.task, tasks);
    return { kind: "forked", drafts, ranMs: this.#ranMs() };
  }

  #stop(cause: StopCause, why?: CodedError): boolean {
    if (!this.#ran || this.#ended || this.#cause !== null) return false;
    const { alarms, clock } = this.#options;
    this.#cause = cause;
    alarms.remove(this);
    this.atMs = clock.monotonic() + this.kind.graceMs;
    if (this.kind.graceMs !== Number.POSITIVE_INFINITY) alarms.add(this);
    this.#stopReason = why ?? reasonOf(this.task, this.kind, cause);
    this.#controller?.abort(this.#stopReason);
    return true;
  }

  #abandon(cause: StopCause): void {
    const { graceMs } = this.kind;
    this.#tell("task.warned", `did not stop within ${graceMs} ms and was abandoned; it may still be running`);
    this.#settle(abandonedEnd(this.task, this.kind, cause, this.#ranMs()));
  }

  /** The job ended by itself, or because it was told to. */
  #end(byItself: AttemptEnd): void {
    this.#settle(
      this.#cause === null ? byItself : stoppedEnd(this.task, this.kind, this.#cause, byItself.ranMs),
    );
  }

  #settle(end: AttemptEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    const { alarms, ended } = this.#options;
    alarms.remove(this);
    ended(this, end);
  }

  #tell(name: "task.noted" | "task.warned", text: string): void {
    this.#options.events.emit(name, () => ({ task: this.task.id, text }), this);
  }

  /** Is it the task's deadline, rather than the job's timeout, that has passed? */
  #expires(): boolean {
    const { deadlineAtMs } = this.task;
    return deadlineAtMs !== null && deadlineAtMs - this.startedAtMs <= timeoutOf(this.task, this.kind);
  }

  #ranMs(): number {
    return Math.max(0, this.#options.clock.monotonic() - this.#beganMs);
  }
}

/** Ms an attempt may run: by its job or its task, and not beyond the task's deadline. */
function timeMs(work: Pick<Work, "task" | "job" | "startedAtMs">): number {
  const { deadlineAtMs } = work.task;
  const byJob = timeoutOf(work.task, work.job);
  return deadlineAtMs === null ? byJob : Math.min(byJob, Math.max(0, deadlineAtMs - work.startedAtMs));
}
