/** How long the phases of a pipeline took, kept as one mark beside the tasks. */
import type { Json } from "../base/json.ts";
import { Moments } from "../observe/moments.ts";

/** So many durations are kept of each phase: enough to see a spread, few enough to follow a change. */
export const DURATIONS_KEPT = 20;

/** How long something took. */
export interface Durations {
  /** How often it was measured, ever. */
  readonly count: number;
  /** Ms, the latest last; at most 20. */
  readonly lastMs: readonly number[];
}

/** What is known of the runs of a pipeline. */
export interface PipelineHistory {
  readonly phases: Readonly<Record<string, Durations>>;
  /** Whole runs, from their submission to their end. */
  readonly runs: Durations;
  /** The run that was added last, so that none is added twice. */
  readonly lastRun: string | null;
}

/** What one run adds. */
export interface RunDurations {
  readonly run: string;
  readonly tookMs: number;
  /** Phases that did their work. */
  readonly phasesMs: Readonly<Record<string, number>>;
}

const NONE: Durations = { count: 0, lastMs: [] };

/** Nothing is known yet. */
export const noHistory: PipelineHistory = { phases: {}, runs: NONE, lastRun: null };

/** The mark of a pipeline's history. */
export function historyMark(pipeline: string): string {
  return `pipeline-history.${pipeline}`;
}

/** A stored mark as history. What is not there, or was made by another version, is no history. */
export function historyOf(mark: Json | undefined): PipelineHistory {
  const fits = mark !== null && typeof mark === "object" && "phases" in mark && "runs" in mark;
  return fits ? (mark as unknown as PipelineHistory) : noHistory;
}

/**
 * The history with one run more; the same where that run is in it. Phases that are not in `known` are
 * forgotten: the pipeline has lost them.
 */
export function withRun(
  history: PipelineHistory,
  added: RunDurations,
  known: readonly string[],
): PipelineHistory {
  if (history.lastRun === added.run) return history;
  const phases: [string, Durations][] = [];
  for (const name of known) {
    const before = ownOf(history.phases, name) ?? NONE;
    const tookMs = ownOf(added.phasesMs, name);
    if (tookMs !== undefined) phases.push([name, withOne(before, tookMs)]);
    else if (before.count > 0) phases.push([name, before]);
  }
  return {
    phases: Object.fromEntries(phases),
    runs: withOne(history.runs, added.tookMs),
    lastRun: added.run,
  };
}

/** Mean and deviation in ms of the durations that are kept; `null` where there are none. */
export function spreadOf(
  durations: Durations | undefined,
): { readonly mean: number; readonly deviation: number } | null {
  if (durations === undefined || durations.lastMs.length === 0) return null;
  const moments = new Moments();
  for (const ms of durations.lastMs) moments.record(ms);
  return moments.lifetime;
}

function withOne({ count, lastMs }: Durations, ms: number): Durations {
  return { count: count + 1, lastMs: [...lastMs, ms].slice(-DURATIONS_KEPT) };
}

function ownOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
