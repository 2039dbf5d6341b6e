import type { CodedError } from "../base/errors.ts";
import { jobkitError } from "../base/error-table.ts";
import type { Json } from "../base/json.ts";
import type { EventScope } from "../events/event.ts";
import { fork } from "../job/fork.ts";
import { defineJob, type Job, type JobAnswer, type JobContext } from "../job/job.ts";
import type { Task } from "../task/task.ts";
import { phaseTasks } from "./children.ts";
import { decidePhase, type PhaseContext } from "./decide.ts";
import { outcomeOf, type PhaseOutcome, type PhaseResult } from "./outcome.ts";
import { isPhaseTask, phaseInputOf, phaseInputSchema, type PhaseInput } from "./phase-input.ts";
import { PHASE_JOB, standingRetry } from "./pipeline.ts";
import type { PipelineJobsOptions } from "./pipeline-jobs.ts";
import { beginningOf, runMark } from "./run-marks.ts";

/** Results of a phase that are larger as JSON are not kept: every list of its run would carry them. */
const RESULTS_CHARS_MAX = 65_536;

/**
 * The job of the tasks that stand for phases (ADR 0010). At first it decides: it skips the phase, or forks its tasks.
 * When they have ended it says what they came to: it is done, or fails with PHASE_FAILED.
 */
export function phaseJob(options: PipelineJobsOptions): Job<PhaseInput> {
  return defineJob<PhaseInput>({
    name: PHASE_JOB,
    doc: "Stands for one phase of a run of a pipeline: decides whether and on what it works, and waits for that.",
    input: phaseInputSchema,
    ...(options.lane === undefined ? {} : { lane: options.lane }),
    retry: standingRetry,
    run: (context) => (context.forks === 0 ? begin(context, options) : finish(context, options)),
  });
}

async function begin(context: JobContext<PhaseInput>, options: PipelineJobsOptions): Promise<JobAnswer> {
  const { phase } = context.input;
  const { parents } = parted(context.input, await context.waitedFor());
  const asked: PhaseContext & { readonly run: typeof context.run } = {
    pipeline: context.input.pipeline,
    phase: phase.name,
    date: context.input.date,
    args: context.input.args,
    run: context.run,
    parents: outcomesOf(parents),
    signal: context.signal,
  };
  const decision = await decidePhase(phase, asked, options);
  if (decision.kind === "skip") {
    const { why } = decision;
    options.events.emit("phase.skipped", () => ({ ...named(context.input), why }), scopeOf(context));
    return { outcome: "skipped", why } satisfies PhaseResult;
  }
  return fork(phaseTasks({ phase, context: asked, items: decision.items, parents }));
}

async function finish(context: JobContext<PhaseInput>, options: PipelineJobsOptions): Promise<JobAnswer> {
  const { children } = parted(context.input, await context.waitedFor());
  const marks = await options.store.marks([runMark(context.run)]);
  const tookMs = sinceBegun(
    options.clock.now(),
    children,
    beginningOf(marks[runMark(context.run)])?.begunAtMs,
  );
  const failure = failureOf(context.input, children);
  const outcome = failure === null ? "done" : "failed";
  options.events.emit(
    "phase.finished",
    () => ({ ...named(context.input), outcome, tasks: children.length, tookMs }),
    scopeOf(context),
  );
  if (failure !== null) throw failure;
  return {
    outcome: "done",
    tasks: children.length,
    tookMs,
    results: resultsOf(children),
  } satisfies PhaseResult;
}

/** What was waited for: parents are known by name, everything else was forked. */
function parted(
  input: PhaseInput,
  waited: readonly Task[],
): { readonly parents: readonly Task[]; readonly children: readonly Task[] } {
  const ids = new Set<string>(Object.values(input.parents));
  // A task that stands for two items was met twice, and is one task.
  const once = [...new Map(waited.map((task) => [task.id, task])).values()];
  return { parents: once.filter(({ id }) => ids.has(id)), children: once.filter(({ id }) => !ids.has(id)) };
}

function outcomesOf(parents: readonly Task[]): Readonly<Record<string, PhaseOutcome>> {
  const found: [string, PhaseOutcome][] = [];
  for (const task of parents) {
    const outcome = isPhaseTask(task) ? outcomeOf(task) : null;
    if (outcome !== null) found.push([phaseInputOf(task).phase.name, outcome]);
  }
  return Object.fromEntries(found);
}

/**
 * Ms from when its tasks were added, or the run went on, whichever came later. What was waited for before, as for a
 * daemon that was not running, says nothing of how long it will take.
 */
function sinceBegun(nowMs: number, children: readonly Task[], begunAtMs = 0): number {
  const addedAtMs = children.reduce((first, { createdAtMs }) => Math.min(first, createdAtMs), nowMs);
  return Math.max(0, nowMs - Math.max(begunAtMs, addedAtMs));
}

function failureOf({ phase }: PhaseInput, children: readonly Task[]): CodedError | null {
  const bad = children.filter(({ state }) => state.kind !== "done");
  const [first] = bad;
  if (first === undefined) return null;
  const item = first.labels["item"];
  const which = `task ${first.id}${item === undefined ? "" : ` (${item})`} ${wordsOf(first)}`;
  const many =
    children.length === 1 ? "" : `${bad.length} of ${children.length} tasks did not end well, first `;
  return jobkitError("PHASE_FAILED", `doing ${phase.name}: ${many}${which}`);
}

function wordsOf({ state }: Task): string {
  if (state.kind === "failed") return `failed with ${state.error.code}: ${state.error.message}`;
  return state.kind === "cancelled" ? `was cancelled: ${state.reason}` : `is ${state.kind}`;
}

function resultsOf(children: readonly Task[]): readonly Json[] | null {
  const results: Json[] = [];
  let chars = 0;
  for (const { state } of children) {
    if (state.kind !== "done") continue;
    chars += JSON.stringify(state.result).length;
    if (chars > RESULTS_CHARS_MAX) return null;
    results.push(state.result);
  }
  return results;
}

function named({ pipeline, phase }: PhaseInput): { readonly pipeline: string; readonly phase: string } {
  return { pipeline, phase: phase.name };
}

function scopeOf({ run, attempt }: JobContext<PhaseInput>): EventScope {
  return { trace: run, span: null, job: PHASE_JOB, attempt };
}
