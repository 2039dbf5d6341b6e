/**
 * Ends of attempts on their way into the store. Kept until the store accepts or refuses them, so that
 * nothing that ended is lost while the store fails; bounded by the lanes, because a lane is only given back
 * with the answer. One call of the store per turn of the loop, whatever has ended until then.
 */
import type { TaskId } from "../base/ids.ts";
import type { Settlement } from "../queue/queue-store.ts";
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
  /** By task: what waits for the next call. */
  #waiting = new Map<TaskId, Entry>();
  /** By task: what the call on its way carries. */
  #sent: ReadonlyMap<TaskId, Entry> = new Map();

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
    const outcome = verdict(end, { retry: job.retry, attempt: task.attempt, nowMs, random });
    const settlement = { id: task.id, owner, attempt: task.attempt, nowMs, outcome };
    this.#waiting.set(task.id, { slot, ranMs: end.ranMs, settlement });
    if (phase.draining && slot.attempt !== null) this.#count(end);
    gate.wake();
  }

  /**
   * Somebody cancels a task that has ended an attempt but is not settled yet: it does not run again.
   * @returns "sent" where it is too late to change what the store is being told.
   */
  overrule(id: TaskId, reason: string): "changed" | "sent" | "absent" {
    const entry = this.#waiting.get(id);
    if (entry === undefined) return this.#sent.has(id) ? "sent" : "absent";
    const { kind } = entry.settlement.outcome;
    if (kind === "retrying" || kind === "interrupted")
      entry.settlement = { ...entry.settlement, outcome: { kind: "cancelled", reason } };
    return "changed";
  }

  /** Tell the store, then everybody. @throws what the store throws; nothing is lost then. */
  async flush(): Promise<void> {
    if (this.#waiting.size === 0) return;
    this.#sent = this.#waiting;
    this.#waiting = new Map();
    try {
      await this.#send([...this.#sent.values()]);
    } catch (error) {
      this.#waiting = new Map([...this.#sent, ...this.#waiting]);
      throw error;
    } finally {
      this.#sent = new Map();
    }
  }

  /** Give every lane back unsettled: the tasks stay running in the store until they are recovered. */
  giveUp(): void {
    for (const { slot } of this.#waiting.values()) this.#kit.running.release(slot);
    this.#waiting.clear();
  }

  async #send(entries: readonly Entry[]): Promise<void> {
    const answers = await this.#kit.store.settle(entries.map((entry) => entry.settlement));
    // From here on nothing throws: the store has accepted, so it must be told, and only once.
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
