/**
 * "Once": run what is due, look for work, run it, look again, until there is neither. Ends by itself even where
 * a reconciler keeps finding work, because the rounds are bounded.
 */
import type { Clock } from "jobkit-core";
import type { ReconcileLoop } from "./reconcile-loop.ts";

/** What a run to the end needs. */
export interface OnceDeps {
  readonly clock: Clock;
  readonly loops: readonly ReconcileLoop[];
  /** Resolves when nothing runs and nothing is due; answers when the next waiting task becomes due. */
  readonly idle: (signal: AbortSignal) => Promise<{ readonly nextDueAtMs: number | null }>;
  /** Ms in all that may be spent waiting for tasks that are due later. */
  readonly waitMs: number;
  /** Looks after which it ends although the last one still found new work; at least 1. */
  readonly roundsMax: number;
  readonly signal: AbortSignal;
}

/** How a run to the end ended. */
export interface OnceEnd {
  /** When the first task left behind is due, in ms since 1970; `null` where none waits for time. */
  readonly nextDueAtMs: number | null;
  /** Reconcilers whose last look failed. */
  readonly failed: readonly { readonly name: string; readonly why: string }[];
  /** True where the rounds ran out while work was still being found. */
  readonly unfinished: boolean;
}

/**
 * Run to the end.
 * @throws deps.signal.reason when it aborts; what runs is left to the drain.
 */
export async function runOnce(deps: OnceDeps): Promise<OnceEnd> {
  let waitLeftMs = deps.waitMs;
  for (let round = 1; ; round += 1) {
    // Run first, then look: a look is the last one only if nothing has run since it, and what was left
    // behind by an earlier life counts as running too.
    const { nextDueAtMs } = await deps.idle(deps.signal);
    const added = await lookAll(deps.loops);
    deps.signal.throwIfAborted();
    if (added > 0 && round < deps.roundsMax) continue;
    const waitMs = nextDueAtMs === null ? 0 : Math.max(0, nextDueAtMs - deps.clock.now());
    const worthWaiting = nextDueAtMs !== null && added === 0 && waitMs <= waitLeftMs;
    if (!worthWaiting || round >= deps.roundsMax)
      return { nextDueAtMs, failed: failedOf(deps.loops), unfinished: added > 0 };
    waitLeftMs -= waitMs;
    await deps.clock.sleep(waitMs, deps.signal);
  }
}

/** One look of every reconciler, side by side. @returns how many tasks were new. */
async function lookAll(loops: readonly ReconcileLoop[]): Promise<number> {
  const looks = await Promise.all(loops.map((loop) => loop.look()));
  return looks.reduce((sum, look) => sum + (look.kind === "looked" ? look.added : 0), 0);
}

function failedOf(loops: readonly ReconcileLoop[]): OnceEnd["failed"] {
  return loops.flatMap(({ state }) => (state.why === null ? [] : [{ name: state.name, why: state.why }]));
}
