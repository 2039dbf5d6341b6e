import type { RunId, TaskId } from "../base/ids.ts";
import type { JobContext } from "../job/job.ts";
import type { Attempt } from "./runner.ts";

/**
 * What a job sees of its attempt. Everything is made when it is first asked for: most jobs use two or three of
 * these, and an AbortController that nobody reads costs as much as starting a task.
 */
export class AttemptContext implements JobContext<unknown> {
  readonly input: unknown;
  readonly #attempt: Attempt;

  constructor(attempt: Attempt, input: unknown) {
    this.#attempt = attempt;
    this.input = input;
  }

  get task(): TaskId {
    return this.#attempt.task.id;
  }
  get run(): RunId {
    return this.#attempt.task.run;
  }
  get attempt(): number {
    return this.#attempt.task.attempt;
  }
  get forks(): number {
    return this.#attempt.task.forks;
  }
  get labels(): Readonly<Record<string, string>> {
    return this.#attempt.task.labels;
  }
  get signal(): AbortSignal {
    return this.#attempt.signal;
  }
  get progress(): JobContext<unknown>["progress"] {
    return (done, total, what = "", counters = {}) => this.#attempt.say({ done, total, what, counters });
  }
  get note(): JobContext<unknown>["note"] {
    return (text) => this.#attempt.note(text);
  }
  get warn(): JobContext<unknown>["warn"] {
    return (text) => this.#attempt.warn(text);
  }
  get waitedFor(): JobContext<unknown>["waitedFor"] {
    return () => this.#attempt.family.waitedFor(this.#attempt.task);
  }
  get submit(): JobContext<unknown>["submit"] {
    return (tasks) => this.#attempt.family.submit(this.#attempt.task, tasks);
  }
}
