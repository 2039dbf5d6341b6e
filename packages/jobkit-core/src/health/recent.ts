/**
 * What happened over the last while, worked out from counts that only grow: a bounded row of samples, and the
 * difference to the one that lies a window back. Pure: a step makes another history.
 */
import type { HealthFacts, TotalsFact } from "./facts.ts";
import type { Recent } from "./moment.ts";

/** A window is sampled so many times: its length is exact to a tenth. */
const SAMPLES_PER_WINDOW = 10;

/** What is remembered of one moment. */
interface Sample {
  readonly atMs: number;
  readonly totals: ReadonlyMap<string, TotalsFact>;
  readonly backlog: ReadonlyMap<string, number>;
  readonly missed: ReadonlyMap<string, number>;
  readonly dropped: ReadonlyMap<string, number>;
}

/** A jump of the wall clock, by how much and when (monotonic ms). */
interface Jump {
  readonly atMs: number;
  readonly byMs: number;
}

/** What was seen so far; oldest first. At most about ten samples and a jump for each look in the window. */
export interface RecentHistory {
  readonly samples: readonly Sample[];
  readonly jumps: readonly Jump[];
}

export const noHistory: RecentHistory = { samples: [], jumps: [] };

export interface Look {
  readonly facts: HealthFacts;
  /** Monotonic. */
  readonly nowMs: number;
  /** By how much the wall clock has jumped since the look before, in ms. */
  readonly jumpMs: number;
  readonly windowMs: number;
}

/** Go on from `history`: what is remembered from here on, and what has happened by now. */
export function lookBack(
  history: RecentHistory,
  { facts, nowMs, jumpMs, windowMs }: Look,
): { readonly history: RecentHistory; readonly recent: Recent } {
  const now = sampleOf(facts, nowMs);
  const jumps = [...history.jumps, ...(jumpMs === 0 ? [] : [{ atMs: nowMs, byMs: jumpMs }])].filter(
    ({ atMs }) => nowMs - atMs < windowMs,
  );
  const recent = recentOf({ samples: history.samples, jumps }, now, windowMs);
  return { history: { samples: remember(history.samples, now, windowMs), jumps: largest(jumps) }, recent };
}

/** Keep samples a tenth of a window apart, back to the one that lies a whole window back. */
function remember(samples: readonly Sample[], now: Sample, windowMs: number): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && now.atMs - last.atMs < windowMs / SAMPLES_PER_WINDOW) return samples;
  const begin = startOf(samples, now.atMs, windowMs);
  return [...samples.filter((sample) => begin === undefined || sample.atMs >= begin.atMs), now];
}

/** The youngest sample that is a window old; where there is none, the oldest. */
function startOf(samples: readonly Sample[], nowMs: number, windowMs: number): Sample | undefined {
  return samples.findLast(({ atMs }) => nowMs - atMs >= windowMs) ?? samples[0];
}

/** A jump that a later one outdoes will never be the largest again. */
function largest(jumps: readonly Jump[]): readonly Jump[] {
  return jumps.filter((jump, at) => jumps.slice(at + 1).every((later) => size(later) < size(jump)));
}

function size({ byMs }: Jump): number {
  return Math.abs(byMs);
}

function recentOf({ samples, jumps }: RecentHistory, now: Sample, windowMs: number): Recent {
  const then = startOf(samples, now.atMs, windowMs) ?? now;
  const middleMs = (then.atMs + now.atMs) / 2;
  const middle = samples.findLast(({ atMs }) => atMs <= middleMs) ?? then;
  return {
    windowMs: now.atMs - then.atMs,
    totals: [...now.totals.values()]
      .map((totals) => grownTotals(totals, then.totals.get(totals.job)))
      .filter(({ done, failed, retried }) => done + failed + retried > 0),
    backlog: [...now.backlog].map(([job, count]) => ({
      job,
      was: [then.backlog.get(job) ?? 0, middle.backlog.get(job) ?? 0, count],
    })),
    missed: grownCounts(now.missed, then.missed),
    dropped: grownCounts(now.dropped, then.dropped),
    clockJumpMs: jumps.reduce((most, jump) => (size(jump) > Math.abs(most) ? jump.byMs : most), 0),
  };
}

function grownTotals(now: TotalsFact, then: TotalsFact | undefined): TotalsFact {
  return {
    job: now.job,
    done: grown(now.done, then?.done),
    failed: grown(now.failed, then?.failed),
    retried: grown(now.retried, then?.retried),
    timedOut: grown(now.timedOut, then?.timedOut),
    abandoned: grown(now.abandoned, then?.abandoned),
    expired: grown(now.expired, then?.expired),
  };
}

function grownCounts(
  now: ReadonlyMap<string, number>,
  then: ReadonlyMap<string, number>,
): readonly { readonly name: string; readonly count: number }[] {
  return [...now]
    .map(([name, count]) => ({ name, count: grown(count, then.get(name)) }))
    .filter(({ count }) => count > 0);
}

/** A count that is smaller than it was began again at 0. */
function grown(now: number, then = 0): number {
  return now >= then ? now - then : now;
}

function sampleOf(facts: HealthFacts, atMs: number): Sample {
  const backlog = new Map<string, number>();
  for (const { job, state, count } of facts.queue)
    if (state === "ready" || state === "retrying") backlog.set(job, (backlog.get(job) ?? 0) + count);
  return {
    atMs,
    totals: new Map(facts.totals.map((totals) => [totals.job, totals])),
    backlog,
    missed: new Map(facts.schedules.map(({ name, missed }) => [name, missed])),
    dropped: new Map(facts.readers.map(({ name, dropped }) => [name, dropped])),
  };
}
