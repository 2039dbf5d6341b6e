/**
 * Ends of attempts on their way into the store. Kept until the store accepts or refuses them, so that
 * nothing that ended is lost while the store fails; bounded by the lanes, because a lane is only given back
 * with the answer.
 */
import type { Outcome, Settled, Settlement } from "../queue/queue-store.ts";
import type { AttemptEnd } from "../run/attempt-end.ts";
import type { Attempt } from "../run/runner.ts";
import type { Kit } from "./kit.ts";
import type { Reports } from "./reports.ts";
import { retryOf } from "./retry-of.ts";
import { verdict } from "./verdict.ts";

/** How a drain went so far. */
export interface DrainTally {
  /** Attempts that ended by themselves after the drain began. */
  finished: number;
  /** Attempts that were stopped, and obeyed. */
  interrupted: number;
  /** Attempts that were stopped, and did not obey. */
  abandoned: number;
}

/** One end, ready to be settled. */
export interface Ending extends Settlement {
  readonly attempt: Attempt;
  readonly ranMs: number;
  nowMs: number;
  outcome: Outcome;
}

const NONE: readonly Ending[] = Object.freeze([]);

export class Settling {
  readonly tally: DrainTally = { finished: 0, interrupted: 0, abandoned: 0 };
  readonly #kit: Kit;
  readonly #reports: Reports;
  /** What waits for the next turn. */
  #waiting: Ending[] = [];
  /** By what still runs: why its task is not to run again after this attempt. */
  readonly #overruled = new Map<Attempt, string>();

  constructor(kit: Kit, reports: Reports) {
    this.#kit = kit;
    this.#reports = reports;
  }

  /** Ends that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** An attempt ended, or a claimed task is not to run: settle it in the next turn. */
  push(attempt: Attempt, end: AttemptEnd): void {
    const { random, owner, phase, gate } = this.#kit;
    const { task, kind, startedAtMs } = attempt;
    // When it began and how long it ran tell when it ended, whatever was done to the wall clock meanwhile.
    const nowMs = startedAtMs + Math.round(end.ranMs);
    let outcome: Outcome =
      end.kind === "done"
        ? end
        : verdict(end, { retry: retryOf(task, kind), attempt: task.attempt, nowMs, random });
    if (this.#overruled.size > 0) outcome = this.#overrule(attempt, outcome);
    this.#waiting.push({
      id: task.id,
      owner,
      claim: task.claim,
      nowMs,
      outcome,
      attempt,
      ranMs: end.ranMs,
    });
    if (phase.draining && attempt.ran) this.#count(end);
    gate.wake();
  }

  /**
   * Somebody cancels a running task whose attempt has ended already, or is ending for another cause: where
   * it would run again it is settled cancelled instead.
   */
  overrule(attempt: Attempt, reason: string): void {
    const ending = this.#waiting.find((other) => other.attempt === attempt);
    if (ending === undefined) this.#overruled.set(attempt, reason);
    else ending.outcome = cancelled(ending.outcome, reason);
  }

  /**
   * Everything that has ended, to be settled now. Give it to {@link accepted} or {@link putBack}.
   * @param nowMs wall time: nothing ended later than that, also where the clock was set back.
   */
  take(nowMs: number): readonly Ending[] {
    if (this.#waiting.length === 0) return NONE;
    const endings = this.#waiting;
    this.#waiting = [];
    for (const ending of endings) if (ending.nowMs > nowMs) ending.nowMs = nowMs;
    return endings;
  }

  /** The store refused: they are settled in a later turn, before what has ended since. */
  putBack(endings: readonly Ending[]): void {
    if (endings.length > 0) this.#waiting = [...endings, ...this.#waiting];
  }

  /** The store has answered: give the lanes back. `nowMs` is monotonic. */
  release(endings: readonly Ending[], nowMs: number): void {
    for (const { attempt } of endings) this.#kit.running.release(attempt, nowMs);
  }

  /** What the store answered is durable: tell what happened. */
  tell(endings: readonly Ending[], answers: readonly Settled[]): void {
    for (let at = 0; at < endings.length; at += 1) {
      const answer = answers[at];
      if (answer?.accepted === true) this.#reports.settled(endings[at] as Ending, answer);
    }
  }

  /** Give every lane back unsettled: the tasks stay running in the store until they are recovered. */
  giveUp(): void {
    const nowMs = this.#kit.clock.monotonic();
    for (const { attempt } of this.#waiting) this.#kit.running.release(attempt, nowMs);
    this.#waiting = [];
    this.#overruled.clear();
  }

  #overrule(attempt: Attempt, outcome: Outcome): Outcome {
    const reason = this.#overruled.get(attempt);
    this.#overruled.delete(attempt);
    return reason === undefined ? outcome : cancelled(outcome, reason);
  }

  #count(end: AttemptEnd): void {
    if (end.kind === "abandoned") this.tally.abandoned += 1;
    else if (end.kind === "interrupted") this.tally.interrupted += 1;
    else this.tally.finished += 1;
  }
}

/** A task that would run again is cancelled instead; one that is over stays as it ended. */
function cancelled(outcome: Outcome, reason: string): Outcome {
  const again = outcome.kind === "retrying" || outcome.kind === "interrupted" || outcome.kind === "forked";
  return again ? { kind: "cancelled", reason } : outcome;
}
