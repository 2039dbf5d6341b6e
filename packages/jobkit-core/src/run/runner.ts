/**
 * ONE attempt of one claimed task, from start to an AttemptEnd.
 *
 * It never rejects and never throws: whatever escapes the job is an end. The first cause to stop stands: a
 * job that returns or throws after it was told to stop has been stopped, because a job that obeys its signal
 * by returning early has not done its work. What a job does after its end (results, rejections, progress)
 * is ignored. It knows no store and no pool: whoever starts it holds the slots.
 */
import type { Clock } from "../base/clock.ts";
import { jobkitError } from "../base/error-table.ts";
import { describeError, type CodedError } from "../base/errors.ts";
import { newSpanId } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import type { Random } from "../base/random.ts";
import type { Emitter } from "../events/bus.ts";
import type { EventScope } from "../events/event.ts";
import type { JobkitEvents } from "../events/table.ts";
import type { Job, JobContext } from "../job/job.ts";
import type { Task } from "../task/task.ts";
import type { AttemptEnd, StopCause } from "./attempt-end.ts";
import type { Alarms } from "./alarms.ts";
import { Deadline } from "./deadline.ts";
import { mayRetry } from "./fatal.ts";
import { checkedInput } from "../job/input.ts";
import { asResult } from "./result.ts";

/** What an attempt needs from outside. */
export interface RunnerOptions {
  readonly clock: Clock;
  /** Keeps timeouts and grace periods; over the same clock, and shared by all attempts. */
  readonly alarms: Alarms;
  /** Names the attempt's span. */
  readonly random: Random;
  readonly events: Emitter<JobkitEvents>;
}

/** How far a running attempt said it is. */
export interface Progress {
  readonly done: number;
  /** 0: not known. */
  readonly total: number;
  readonly what: string;
}

/** What to run: a task that was claimed, its job, and since when it could have run. */
export interface Work {
  readonly task: Task;
  readonly job: Job;
  /** Wall time in ms since 1970. */
  readonly dueAtMs: number;
}

/** One attempt. Make it, then call {@link run} once. */
export class Attempt {
  readonly task: Task;
  readonly job: Job;
  readonly scope: EventScope;
  /** Wall time in ms since 1970. */
  readonly startedAtMs: number;
  readonly #clock: Clock;
  readonly #alarms: Alarms;
  readonly #events: Emitter<JobkitEvents>;
  readonly #dueAtMs: number;
  readonly #beganMs: number;
  #deadline: Deadline | null = null;
  #grace: Disposable | null = null;
  #cause: StopCause | null = null;
  #progress: Progress | null = null;
  #onEnd: ((end: AttemptEnd) => void) | null = null;
  #ended = false;

  constructor({ task, job, dueAtMs }: Work, { clock, alarms, random, events }: RunnerOptions) {
    this.task = task;
    this.job = job;
    this.scope = { trace: task.run, span: newSpanId(random), job: job.name, attempt: task.attempt };
    this.startedAtMs = clock.now();
    this.#clock = clock;
    this.#alarms = alarms;
    this.#events = events;
    this.#dueAtMs = dueAtMs;
    this.#beganMs = clock.monotonic();
  }

  /** True once its end has been told; it never changes after that. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What the job last said, or `null` where it has said nothing. */
  get progress(): Progress | null {
    return this.#progress;
  }

  /** Run the job. `onEnd` is called exactly once, never inside this call. */
  run(onEnd: (end: AttemptEnd) => void): void {
    this.#onEnd = onEnd;
    const { task, job } = this;
    this.#events.emit(
      "task.started",
      () => ({ task: task.id, waitedMs: Math.max(0, this.startedAtMs - this.#dueAtMs) }),
      this.scope,
    );
    this.#deadline = new Deadline({
      alarms: this.#alarms,
      ms: job.timeoutMs,
      reason: () =>
        jobkitError("TASK_TIMEOUT", `running ${job.name} ${task.id} for more than ${job.timeoutMs} ms`),
      onTime: () => this.#stopping({ kind: "timeout" }),
    });
    this.#work(this.#deadline.signal).then(
      (result) => this.#end((ranMs) => ({ kind: "done", result, ranMs })),
      (error: unknown) =>
        this.#end((ranMs) => ({ kind: "error", error: describeError(error), retry: mayRetry(error), ranMs })),
    );
  }

  /** Tell it to stop for good. @returns false where it has ended or been told to stop before. */
  cancel(reason: string): boolean {
    return this.#stop({ kind: "cancelled", reason }, () =>
      jobkitError("TASK_CANCELLED", `running ${this.job.name} ${this.task.id}: ${reason}`),
    );
  }

  /** Tell it to stop and run again later. @returns false where it has ended or been told to stop before. */
  interrupt(why: () => CodedError = () => this.#draining()): boolean {
    return this.#stop({ kind: "interrupted" }, why);
  }

  async #work(signal: AbortSignal): Promise<Json> {
    const checked = checkedInput(this.job, this.task.input);
    const input = checked instanceof Promise ? await checked : checked;
    signal.throwIfAborted();
    return asResult(await this.job.run(this.#context(input, signal)));
  }

  #context(input: unknown, signal: AbortSignal): JobContext<unknown> {
    const { task } = this;
    return {
      input,
      task: task.id,
      attempt: task.attempt,
      signal,
      progress: (done, total, what = "") => {
        if (this.#ended) return;
        this.#progress = { done, total, what };
        this.#events.emit("task.progressed", () => ({ task: task.id, done, total, what }), this.scope);
      },
      note: (text) => {
        if (!this.#ended) this.#note(text);
      },
    };
  }

  #stop(cause: StopCause, reason: () => CodedError): boolean {
    if (this.#ended || this.#cause !== null) return false;
    this.#stopping(cause);
    this.#deadline?.abort(reason());
    return true;
  }

  #stopping(cause: StopCause): void {
    this.#cause = cause;
    this.#grace = this.#alarms.set(this.job.graceMs, () => this.#abandon(cause));
  }

  #abandon(cause: StopCause): void {
    const why = jobkitError(
      "TASK_ABANDONED",
      `waiting ${this.job.graceMs} ms for ${this.job.name} ${this.task.id} to stop (${cause.kind})`,
    );
    this.#note(`did not stop within ${this.job.graceMs} ms and was abandoned; it may still be running`);
    this.#settle({
      kind: "abandoned",
      cause,
      error: describeError(why),
      retry: why.retry,
      ranMs: this.#ranMs(),
    });
  }

  /** The job ended by itself, or because it was told to. */
  #end(byItself: (ranMs: number) => AttemptEnd): void {
    const ranMs = this.#ranMs();
    this.#settle(this.#cause === null ? byItself(ranMs) : this.#stopped(this.#cause, ranMs));
  }

  #stopped(cause: StopCause, ranMs: number): AttemptEnd {
    if (cause.kind === "cancelled") return { kind: "cancelled", reason: cause.reason, ranMs };
    if (cause.kind === "interrupted") return { kind: "interrupted", ranMs };
    const why = jobkitError(
      "TASK_TIMEOUT",
      `running ${this.job.name} for more than ${this.job.timeoutMs} ms`,
    );
    return { kind: "timeout", error: describeError(why), retry: why.retry, ranMs };
  }

  #settle(end: AttemptEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#deadline?.[Symbol.dispose]();
    this.#grace?.[Symbol.dispose]();
    this.#onEnd?.(end);
  }

  #note(text: string): void {
    this.#events.emit("task.noted", () => ({ task: this.task.id, text }), this.scope);
  }

  #ranMs(): number {
    return Math.max(0, this.#clock.monotonic() - this.#beganMs);
  }

  #draining(): CodedError {
    return jobkitError(
      "TASK_INTERRUPTED",
      `running ${this.job.name} ${this.task.id} while the scheduler drains`,
    );
  }
}
