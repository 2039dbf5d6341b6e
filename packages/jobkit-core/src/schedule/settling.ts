/**
 * Ends of attempts on their way into the store. Kept until the store accepts or refuses them, so that
 * nothing that ended is lost while the store fails; bounded by the lanes, because a lane is only given back
 * with the answer. One call of the store per turn of the loop, whatever has ended until then.
 */
import type { Outcome, Settlement } from "../queue/queue-store.ts";
import type { AttemptEnd } from "../run/attempt-end.ts";
import type { Intake } from "./intake.ts";
import type { Kit } from "./kit.ts";
import { outside, type Reports } from "./reports.ts";
import type { Slot } from "./running-set.ts";
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

interface Entry {
  readonly slot: Slot;
  readonly ranMs: number;
  settlement: Settlement;
}

export class Settling {
  readonly tally: DrainTally = { finished: 0, interrupted: 0, abandoned: 0 };
  readonly #kit: Kit;
  readonly #reports: Reports;
  readonly #intake: Intake;
  /** What waits for the next call. */
  #waiting = new Map<Slot, Entry>();
  /** By what still runs: why its task is not to run again after this attempt. */
  readonly #overruled = new Map<Slot, string>();

  constructor(kit: Kit, reports: Reports, intake: Intake) {
    this.#kit = kit;
    this.#reports = reports;
    this.#intake = intake;
  }

  /** An attempt ended, or a claimed task is not to run: settle it in the next turn. */
  push(slot: Slot, end: AttemptEnd): void {
    const { clock, random, owner, phase, gate } = this.#kit;
    const nowMs = clock.now();
    const { task, job } = slot;
    const judged = verdict(end, { retry: job.retry, attempt: task.attempt, nowMs, random });
    const reason = this.#overruled.get(slot);
    const outcome = reason === undefined ? judged : cancelled(judged, reason);
    this.#overruled.delete(slot);
    const settlement = { id: task.id, owner, claim: task.claim, nowMs, outcome };
    this.#waiting.set(slot, { slot, ranMs: end.ranMs, settlement });
    if (phase.draining && slot.attempt !== null) this.#count(end);
    gate.wake();
  }

  /**
   * Somebody cancels a running task whose attempt has ended already, or is ending for another cause: where
   * it would run again it is settled cancelled instead.
   */
  overrule(slot: Slot, reason: string): void {
    const entry = this.#waiting.get(slot);
    if (entry === undefined) this.#overruled.set(slot, reason);
    else entry.settlement = { ...entry.settlement, outcome: cancelled(entry.settlement.outcome, reason) };
  }

  /** Tell the store, then everybody. @throws what the store throws; nothing is lost then. */
  async flush(): Promise<void> {
    if (this.#waiting.size > 0) await this.#kit.oneAtATime.do(() => this.#flush());
  }

  /** Give every lane back unsettled: the tasks stay running in the store until they are recovered. */
  giveUp(): void {
    for (const slot of this.#waiting.keys()) this.#kit.running.release(slot);
    this.#waiting.clear();
    this.#overruled.clear();
  }

  async #flush(): Promise<void> {
    const entries = this.#waiting;
    this.#waiting = new Map();
    try {
      await this.#send([...entries.values()]);
    } catch (error) {
      this.#waiting = new Map([...entries, ...this.#waiting]);
      throw error;
    }
  }

  async #send(entries: readonly Entry[]): Promise<void> {
    const answers = await this.#kit.store.settle(entries.map((entry) => entry.settlement));
    // From here on nothing throws: the store has accepted, so it must be told, and only once.
    // A child that ended by this may have come with a submission that has no answer yet.
    await this.#intake.answered();
    for (const [at, entry] of entries.entries()) {
      this.#kit.running.release(entry.slot);
      if (answers[at]?.accepted === true) this.#report(entry);
    }
    await this.#reports.childrenEnded(answers.flatMap((answer) => answer.ended));
  }

  #report({ slot, ranMs, settlement }: Entry): void {
    this.#reports.settled({
      id: slot.task.id,
      outcome: settlement.outcome,
      scope: slot.attempt?.scope ?? outside(slot.task),
      ranMs,
      endedAtMs: settlement.nowMs,
      ran: slot.attempt !== null,
    });
  }

  #count(end: AttemptEnd): void {
    if (end.kind === "abandoned") this.tally.abandoned += 1;
    else if (end.kind === "interrupted") this.tally.interrupted += 1;
    else this.tally.finished += 1;
  }
}

/** A task that would run again is cancelled instead; one that is over stays as it ended. */
function cancelled(outcome: Outcome, reason: string): Outcome {
  const again = outcome.kind === "retrying" || outcome.kind === "interrupted";
  return again ? { kind: "cancelled", reason } : outcome;
}
