import { runId, taskId } from "../base/ids.ts";
import type { JobContext } from "../job/job.ts";
import type { Progress } from "../run/runner.ts";
import type { NewTask } from "../task/task.ts";

/** A context that remembers what the job said, each kind in order. */
export interface FakeJobContext<Input> extends JobContext<Input> {
  /** How far it said it is. */
  readonly reports: readonly Progress[];
  /** The lines that it left. */
  readonly notes: readonly string[];
  /** The lines that a person should look at. */
  readonly warnings: readonly string[];
  /** The tasks that it submitted. */
  readonly submitted: readonly NewTask[];
}

/** What a job may find otherwise than in the plain case. A function is called after its call was remembered. */
export type ContextOverrides = Partial<Omit<JobContext<unknown>, "input">>;

/** The task, and the run, of a context that names none. */
const TASK = taskId("task");
const RUN = runId("1".padStart(32, "0"));

/**
 * What a running attempt is handed, for tests of a job by itself: no scheduler, store or clock. In the plain
 * case it is the first attempt of a task that has waited for nothing; its signal never aborts, and what it
 * submits is accepted. The input is handed on as it is: the job's schema is not asked.
 * @example
 * const context = fakeJobContext({ pages: ["a", "b"] }, { attempt: 2 });
 * expect(await readPages.run(context)).toEqual({ read: 2 });
 * expect(context.reports.at(-1)).toMatchObject({ done: 2, total: 2 });
 * @example
 * // A job that forks is asked twice: the second time it finds its children.
 * const again = fakeJobContext(input, { forks: 1, waitedFor: async () => children });
 */
export function fakeJobContext<Input>(input: Input, overrides: ContextOverrides = {}): FakeJobContext<Input> {
  const reports: Progress[] = [];
  const notes: string[] = [];
  const warnings: string[] = [];
  const submitted: NewTask[] = [];
  return {
    task: TASK,
    run: RUN,
    attempt: 1,
    forks: 0,
    labels: {},
    signal: new AbortController().signal,
    waitedFor: async () => [],
    ...overrides,
    input,
    reports,
    notes,
    warnings,
    submitted,
    progress: (done, total, what = "", counters = {}) => {
      reports.push({ done, total, what, counters });
      overrides.progress?.(done, total, what, counters);
    },
    note: (text) => {
      notes.push(text);
      overrides.note?.(text);
    },
    warn: (text) => {
      warnings.push(text);
      overrides.warn?.(text);
    },
    submit: async (tasks) => {
      const before = submitted.length;
      submitted.push(...tasks);
      if (overrides.submit !== undefined) return overrides.submit(tasks);
      return tasks.map(({ id }, at) => ({ id: id ?? taskId(`child${before + at + 1}`), added: true }));
    },
  };
}
