/**
 * The pipelines of a program and their runs: a thin shell over the pure parts of this folder. It holds no
 * state of a run; all of that is in the store, so any process that shares the store may ask and act.
 *
 * Give `pipelineJobs` to the scheduler first, with the same predicates and lists.
 */
import type { Clock } from "../base/clock.ts";
import { newRunId, type RunId, type TaskId } from "../base/ids.ts";
import { jobkitError } from "../base/error-table.ts";
import type { Json } from "../base/json.ts";
import type { Random } from "../base/random.ts";
import { suggestion } from "../base/suggest.ts";
import type { Emitter } from "../events/emitter.ts";
import type { JobkitEvents } from "../events/table.ts";
import type { Added, Marks, QueueStore } from "../queue/queue-store.ts";
import { OneAtATime } from "../schedule/one-at-a-time.ts";
import type { NewTask } from "../task/task.ts";
import type { PhaseFunctions } from "./decide.ts";
import { estimatePipeline, type PipelineEstimate } from "./estimate.ts";
import { expandPipeline } from "./expand.ts";
import { historyMark, historyOf } from "./history.ts";
import { isEndTask } from "./phase-input.ts";
import { END_JOB, type Pipeline } from "./pipeline.ts";
import { planPipeline, type PipelinePlan } from "./plan.ts";
import { planResume } from "./resume.ts";
import {
  beginningOf,
  marksWithRun,
  rememberedRuns,
  runMark,
  runsMark,
  type RememberedRun,
} from "./run-marks.ts";
import { livingOf, runArgs, runDate, summaryOf, tasksOfRun, type RunSummary } from "./runs.ts";
import { pipelineOf, runStatus, type RunStatus } from "./status.ts";

/** Who carries the tasks out: a Scheduler. */
export interface PipelineHost {
  /** Store tasks, with marks in the same commit. */
  submit(tasks: readonly NewTask[], options?: { readonly marks?: Marks }): Promise<readonly Added[]>;
  /** Put ended tasks back to the start. */
  retry(ids: readonly TaskId[]): Promise<unknown>;
  /** Cancel tasks that wait or run. */
  cancel(ids: readonly TaskId[], reason: string): Promise<unknown>;
}

export interface PipelinesOptions extends PhaseFunctions {
  readonly pipelines: readonly Pipeline[];
  readonly scheduler: PipelineHost;
  readonly store: Pick<QueueStore, "get" | "list" | "marks" | "setMarks">;
  readonly clock: Pick<Clock, "now">;
  readonly random: Random;
  readonly events: Emitter<JobkitEvents>;
}

/** Which run is asked for. */
export interface RunRequest {
  /** `2026-12-31`, or `2026-12-31T14` for a part of a day. Default: today, in UTC. */
  readonly date?: string;
  readonly args?: Readonly<Record<string, Json>>;
}

/** A run that was asked for: a new one, or the one that was made at that date before. */
export interface AskedRun {
  readonly run: RunId;
  readonly date: string;
  /** The task that ends with the run: done where all went well, else failed. */
  readonly end: TaskId;
  readonly started: boolean;
}

/** A dry run, with when it would end. */
export interface ExpectedPlan extends PipelinePlan {
  readonly expected: PipelineEstimate;
}

const RUNS_DEFAULT = 20;

/** Plans, runs, resumes and shows runs of pipelines. */
export class Pipelines {
  readonly #options: PipelinesOptions;
  readonly #turns = new OneAtATime();
  #pipelines: ReadonlyMap<string, Pipeline>;

  /** @throws RangeError when two pipelines have one name. */
  constructor(options: PipelinesOptions) {
    this.#options = options;
    this.#pipelines = byName(options.pipelines);
  }

  /** Have other pipelines from now on, as after a change of the configuration. Runs under way go on as they were. */
  replace(pipelines: readonly Pipeline[]): void {
    this.#pipelines = byName(pipelines);
  }

  /** The names of all pipelines, in the order they were given. */
  names(): readonly string[] {
    return [...this.#pipelines.keys()];
  }

  /** @throws PIPELINE_UNKNOWN with the nearest name. */
  show(name: string): Pipeline {
    const found = this.#pipelines.get(name);
    if (found !== undefined) return found;
    const near = suggestion(name, this.names());
    throw jobkitError("PIPELINE_UNKNOWN", `looking for the pipeline ${JSON.stringify(name)}${near}`);
  }

  /** What a run would do now. Asks predicates and lists, submits nothing. @throws PIPELINE_UNKNOWN, PIPELINE_INVALID */
  async plan(name: string, request: RunRequest = {}, signal?: AbortSignal): Promise<ExpectedPlan> {
    const pipeline = this.show(name);
    const plan = await planPipeline(pipeline, {
      ...this.#options,
      date: runDate(name, request.date, this.#options.clock.now()),
      args: runArgs(pipeline, request.args),
      signal: signal ?? new AbortController().signal,
    });
    return { ...plan, expected: await this.estimate(name) };
  }

  /**
   * Submit a run, all of it in one commit. At one date a pipeline runs once: asking again is answered with
   * the run that is there, unless `again`.
   * @throws PIPELINE_UNKNOWN, PIPELINE_INVALID (date, arguments), what the scheduler throws.
   */
  run(name: string, request: RunRequest & { readonly again?: boolean } = {}): Promise<AskedRun> {
    const pipeline = this.show(name);
    // In turn: two that read the mark at once would each forget the run of the other.
    return this.#turns.do(() => this.#submit(pipeline, request));
  }

  /**
   * Go on with a run that failed or was cancelled, from where it did; what was done stays done.
   * @returns the tasks that were put back to the start; none where there is nothing to go on with.
   * @throws RUN_UNKNOWN
   */
  async resume(run: RunId): Promise<readonly TaskId[]> {
    const { store, scheduler, clock, events } = this.#options;
    const tasks = await tasksOfRun(store, run);
    const ids = planResume(tasks);
    if (ids.length === 0) return ids;
    const status = runStatus(tasks);
    const before = beginningOf((await store.marks([runMark(run)]))[runMark(run)]);
    const begun = { begunAtMs: clock.now(), resumed: (before?.resumed ?? 0) + 1 };
    await store.setMarks({ [runMark(run)]: begun });
    await scheduler.retry(ids);
    const { pipeline, date, phases } = status;
    const scope = { trace: run, span: null, job: END_JOB, attempt: null };
    events.emit("pipeline.started", () => ({ pipeline, date, phases: phases.length, why: "resumed" }), scope);
    return ids;
  }

  /** @throws RUN_UNKNOWN */
  async status(run: RunId): Promise<RunStatus> {
    return runStatus(await tasksOfRun(this.#options.store, run));
  }

  /** The newest runs of a pipeline, newest first; the last 50 are remembered. @throws PIPELINE_UNKNOWN */
  async runs(name: string, limit: number = RUNS_DEFAULT): Promise<readonly RunSummary[]> {
    const { store } = this.#options;
    const runs = (await this.#remembered(this.show(name).name)).slice(0, Math.max(0, limit));
    const ends = await store.get(runs.map(({ end }) => end));
    const byId = new Map(ends.map((task) => [task.id, task]));
    return runs.map((run) => summaryOf(run, byId.get(run.end)));
  }

  /** End every task of a run that has not ended; the run ends cancelled. @returns how many were. @throws RUN_UNKNOWN */
  async cancel(run: RunId, reason = "the run was cancelled"): Promise<number> {
    const { store, scheduler } = this.#options;
    const tasks = await tasksOfRun(store, run);
    // Its end is left alone: it tells what became of the run.
    const ids = livingOf(tasks.filter((task) => !isEndTask(task)));
    if (ids.length > 0) await scheduler.cancel(ids, reason);
    return ids.length;
  }

  /** When a run that began now would end; or when the one of `status` will. @throws PIPELINE_UNKNOWN */
  async estimate(name: string, status?: RunStatus): Promise<PipelineEstimate> {
    const { store, clock } = this.#options;
    const pipeline = status === undefined ? this.show(name) : pipelineOf(status);
    const marks = await store.marks([
      historyMark(name),
      ...(status === undefined ? [] : [runMark(status.run)]),
    ]);
    const begun = status === undefined ? null : beginningOf(marks[runMark(status.run)]);
    return estimatePipeline(pipeline, historyOf(marks[historyMark(name)]), {
      nowMs: clock.now(),
      ...(status === undefined ? {} : { status }),
      ...(begun === null ? {} : { begunAtMs: begun.begunAtMs }),
    });
  }

  async #submit(pipeline: Pipeline, request: RunRequest & { readonly again?: boolean }): Promise<AskedRun> {
    const { scheduler, store, clock, random, events } = this.#options;
    const { name } = pipeline;
    const nowMs = clock.now();
    const date = runDate(name, request.date, nowMs);
    const args = runArgs(pipeline, request.args);
    const before = await this.#remembered(name);
    const met = before.find((one) => one.date === date);
    if (met !== undefined && request.again !== true) return asked(met, false);
    const run = newRunId(random, nowMs);
    // Another process may ask at this very moment: it has read the same mark, so it makes the same keys.
    const once = `${name} ${date} after ${before[0]?.run ?? "none"}`;
    const { tasks, end } = expandPipeline(pipeline, { run, date, args, random, nowMs, once });
    const own: RememberedRun = { run, date, end, submittedAtMs: nowMs };
    const added = await scheduler.submit(tasks, { marks: marksWithRun(name, before, own) });
    const last = added.at(-1);
    if (last !== undefined && !last.added) {
      const [other] = await store.get([last.id]);
      const theirs = { ...own, run: other?.run ?? run, end: last.id };
      await store.setMarks({ ...marksWithRun(name, before, theirs), [runMark(run)]: null });
      return asked(theirs, false);
    }
    const scope = { trace: run, span: null, job: END_JOB, attempt: null };
    const phases = pipeline.phases.length;
    events.emit("pipeline.started", () => ({ pipeline: name, date, phases, why: "asked" }), scope);
    return asked(own, true);
  }

  async #remembered(name: string): Promise<readonly RememberedRun[]> {
    return rememberedRuns((await this.#options.store.marks([runsMark(name)]))[runsMark(name)]);
  }
}

function asked({ run, date, end }: RememberedRun, started: boolean): AskedRun {
  return { run, date, end, started };
}

function byName(pipelines: readonly Pipeline[]): ReadonlyMap<string, Pipeline> {
  const found = new Map(pipelines.map((pipeline) => [pipeline.name, pipeline]));
  if (found.size === pipelines.length) return found;
  const twin = pipelines.find((pipeline) => found.get(pipeline.name) !== pipeline);
  throw new RangeError(`two pipelines are called ${twin?.name ?? ""}`);
}
