/**
 * When a run will end, from how long its phases took before: the longest chain of what is left. Pure.
 * (The critical path method: Kelley and Walker, 1959. It takes lanes and slots to be free, as the durations
 * it is fed with already hold what was waited for.)
 */
import { spreadOf, type PipelineHistory } from "./history.ts";
import { phaseOrder } from "./layers.ts";
import type { Pipeline } from "./pipeline.ts";
import type { PhaseStatus, RunStatus } from "./status.ts";

/** What an estimate is made for. */
export interface EstimateOptions {
  readonly nowMs: number;
  /** A run under way, whose end is asked for. Default: one that would begin now. */
  readonly status?: RunStatus;
  /** When that run began, or went on after it had failed; wall time in ms. Default: its submission. */
  readonly begunAtMs?: number;
}

/** What to expect of one phase. */
export interface PhaseEstimate {
  readonly name: string;
  /** Ms from when its tasks are added to when they have ended; `null` where it never ran. */
  readonly expectedMs: number | null;
  /** Wall time in ms: when it began or will begin, when it ended or will. */
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

/** When a run would end, and by way of which phases. */
export interface PipelineEstimate {
  /** The phases of the longest chain, first to last. */
  readonly criticalPath: readonly string[];
  /** Ms of that chain, from its first phase to its end. */
  readonly criticalPathMs: number;
  /** Wall time in ms. */
  readonly expectedEndMs: number;
  /** Ms by which the end may well be off: the deviations along the chain. */
  readonly deviationMs: number;
  /** Phases about which nothing is known; they count nothing, so the truth is later. */
  readonly unknown: readonly string[];
  readonly phases: readonly PhaseEstimate[];
}

/** When a run ends, by how long its phases took before. */
export function estimatePipeline(
  pipeline: Pick<Pipeline, "phases">,
  history: PipelineHistory,
  options: EstimateOptions,
): PipelineEstimate {
  const { nowMs, status } = options;
  const beginMs = options.begunAtMs ?? status?.submittedAtMs ?? nowMs;
  const known = new Map(status?.phases.map((one) => [one.name, one]));
  const found = new Map<
    string,
    PhaseEstimate & { readonly before: string | null; readonly variance: number }
  >();
  const unknown: string[] = [];
  let last: string | null = null;
  let endMs = beginMs;
  for (const phase of phaseOrder(pipeline)) {
    let before: string | null = null;
    let readyMs = beginMs;
    for (const parent of phase.after) {
      const endsAtMs = found.get(parent)?.endsAtMs ?? beginMs;
      if (before === null || endsAtMs > readyMs) before = parent;
      readyMs = Math.max(readyMs, endsAtMs);
    }
    const spread = spreadOf(
      Object.hasOwn(history.phases, phase.name) ? history.phases[phase.name] : undefined,
    );
    const own = known.get(phase.name);
    const ended = own !== undefined && "endedAtMs" in own.state;
    if (spread === null && !ended) unknown.push(phase.name);
    const times = timesOf(own, { beginMs, readyMs, nowMs, expectedMs: spread?.mean ?? 0 });
    const variance = ended || spread === null ? 0 : spread.deviation ** 2;
    found.set(phase.name, { name: phase.name, expectedMs: spread?.mean ?? null, ...times, before, variance });
    if (last === null || times.endsAtMs > endMs) last = phase.name;
    endMs = Math.max(endMs, times.endsAtMs);
  }
  const criticalPath: string[] = [];
  let variance = 0;
  for (let name = last; name !== null; name = found.get(name)?.before ?? null) {
    criticalPath.push(name);
    variance += found.get(name)?.variance ?? 0;
  }
  return {
    criticalPath: criticalPath.toReversed(),
    criticalPathMs: endMs - beginMs,
    expectedEndMs: endMs,
    deviationMs: Math.sqrt(variance),
    unknown,
    phases: [...found.values()].map(({ name, expectedMs, startsAtMs, endsAtMs }) => ({
      name,
      expectedMs,
      startsAtMs,
      endsAtMs,
    })),
  };
}

interface Expected {
  readonly beginMs: number;
  readonly readyMs: number;
  readonly nowMs: number;
  readonly expectedMs: number;
}

function timesOf(
  own: PhaseStatus | undefined,
  { beginMs, readyMs, nowMs, expectedMs }: Expected,
): { readonly startsAtMs: number; readonly endsAtMs: number } {
  if (own !== undefined && "endedAtMs" in own.state)
    return {
      startsAtMs: "startedAtMs" in own.state ? own.state.startedAtMs : own.state.endedAtMs,
      endsAtMs: own.state.endedAtMs,
    };
  if (own?.state.kind === "running") {
    // What it did before the run went on is not done again; what takes longer than ever ends now at the earliest.
    const startsAtMs = Math.max(beginMs, own.state.startedAtMs);
    return { startsAtMs, endsAtMs: Math.max(nowMs, startsAtMs + expectedMs) };
  }
  const startsAtMs = Math.max(readyMs, nowMs);
  return { startsAtMs, endsAtMs: startsAtMs + expectedMs };
}
