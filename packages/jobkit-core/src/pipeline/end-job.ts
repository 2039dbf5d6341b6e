import { jobkitError } from "../base/error-table.ts";
import type { Json } from "../base/json.ts";
import type { EventScope } from "../events/event.ts";
import { defineJob, type Job, type JobAnswer, type JobContext } from "../job/job.ts";
import type { Task } from "../task/task.ts";
import { historyMark, historyOf, withRun } from "./history.ts";
import { outcomeOf } from "./outcome.ts";
import { isPhaseTask, phaseInputOf, runInputSchema, type RunInput } from "./phase-input.ts";
import { END_JOB, standingRetry } from "./pipeline.ts";
import type { PipelineJobsOptions } from "./pipeline-jobs.ts";
import { beginningOf, runMark } from "./run-marks.ts";
import { runStatus, type RunStatus } from "./status.ts";

const NAMED_MAX = 5;

/**
 * The job of the task that stands for the end of a run: it tells what became of it and adds to the history.
 * It fails where the run did, so that whoever waits for it knows, and so that it can be retried with it.
 */
export function endJob(options: PipelineJobsOptions): Job<RunInput> {
  return defineJob<RunInput>({
    name: END_JOB,
    doc: "Stands for the end of a run of a pipeline: tells what became of it and keeps how long its phases took.",
    input: runInputSchema,
    ...(options.lane === undefined ? {} : { lane: options.lane }),
    retry: standingRetry,
    run: (context) => end(context, options),
  });
}

async function end(context: JobContext<RunInput>, options: PipelineJobsOptions): Promise<JobAnswer> {
  const { pipeline, date } = context.input;
  const tasks = (await context.waitedFor()).filter(isPhaseTask);
  const marks = await options.store.marks([runMark(context.run), historyMark(pipeline)]);
  const status = runStatus(tasks);
  const outcome = status.outcome === "running" ? "done" : status.outcome;
  const nowMs = options.clock.now();
  // A run that was forgotten is told as far as it is known.
  const began = beginningOf(marks[runMark(context.run)]) ?? { begunAtMs: nowMs, resumed: 1 };
  const tookMs = Math.max(0, nowMs - began.begunAtMs);
  tellUntold(tasks, status, { events: options.events, scope: scopeOf(context) });
  // Part of the work of a resumed run was done before: how long it took teaches nothing.
  if (outcome === "done" && began.resumed === 0) {
    const added = { run: context.run, tookMs, phasesMs: durationsOf(tasks) };
    const known = status.phases.map(({ name }) => name);
    const history = withRun(historyOf(marks[historyMark(pipeline)]), added, known);
    await options.store.setMarks({ [historyMark(pipeline)]: history as unknown as Json });
  }
  options.events.emit("pipeline.finished", () => ({ pipeline, date, outcome, tookMs }), scopeOf(context));
  if (outcome === "done") return { outcome, tookMs };
  const bad = status.phases.filter(({ state }) => state.kind === outcome).map(({ name }) => name);
  const more = bad.length > NAMED_MAX ? ` and ${bad.length - NAMED_MAX} more` : "";
  const which = `${bad.slice(0, NAMED_MAX).join(", ")}${more}`;
  throw jobkitError(
    outcome === "failed" ? "PHASE_FAILED" : "TASK_CANCELLED",
    `running ${pipeline} at ${date}: ${which} ${outcome === "failed" ? "failed" : "was cancelled"}`,
  );
}

/** Phases that ended without an attempt of their own, or in the middle of one, could not tell it themselves. */
function tellUntold(
  tasks: readonly Task[],
  status: RunStatus,
  { events, scope }: { readonly events: PipelineJobsOptions["events"]; readonly scope: EventScope },
): void {
  const told = new Set(tasks.filter(toldItself).map((task) => phaseInputOf(task).phase.name));
  for (const { name, total, state } of status.phases) {
    if (told.has(name)) continue;
    const where = { pipeline: status.pipeline, phase: name };
    if (state.kind === "skipped") {
      const { why } = state;
      events.emit("phase.skipped", () => ({ ...where, why }), scope);
    } else if (state.kind === "failed" || state.kind === "cancelled") {
      const outcome = state.kind;
      events.emit("phase.finished", () => ({ ...where, outcome, tasks: total, tookMs: 0 }), scope);
    }
  }
}

function toldItself({ state, forks }: Task): boolean {
  return (
    state.kind === "done" || (state.kind === "failed" && state.error.code === "PHASE_FAILED" && forks > 0)
  );
}

function durationsOf(tasks: readonly Task[]): Readonly<Record<string, number>> {
  const found: [string, number][] = [];
  for (const task of tasks) {
    const outcome = outcomeOf(task);
    if (outcome?.outcome === "done") found.push([phaseInputOf(task).phase.name, outcome.tookMs]);
  }
  return Object.fromEntries(found);
}

function scopeOf({ run, attempt }: JobContext<RunInput>): EventScope {
  return { trace: run, span: null, job: END_JOB, attempt };
}
