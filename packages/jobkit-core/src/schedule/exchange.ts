/**
 * The exchange with the store: hand in what has ended, take what may start. It owns the order of what is told
 * of tasks: nobody else tells anything between an exchange and what it has to tell. A store may answer before
 * what it did is durable: then what may start early does, the next exchange may follow, and what ended is told
 * when it is durable (unstored.ts).
 */
import { mayStartEarly } from "../queue/early-start.ts";
import type { EndedTask, Settled, Turn } from "../queue/queue-store.ts";
import type { Intake } from "./intake.ts";
import type { Kit } from "./kit.ts";
import type { Reports } from "./reports.ts";
import type { Ending, Settling } from "./settling.ts";
import type { Starts } from "./starts.ts";
import { Unstored } from "./unstored.ts";

/** Turns that may wait for the disk at a time: what a loss of power takes back is bounded by them and the lanes. */
const UNSTORED_MAX = 64;

const NONE_ENDED: readonly EndedTask[] = Object.freeze([]);

/** The parts of an exchange. */
export interface ExchangeParts {
  readonly kit: Kit;
  readonly reports: Reports;
  readonly settling: Settling;
  readonly starts: Starts;
  readonly intake: Intake;
}

export class Exchange {
  readonly #parts: ExchangeParts;
  readonly #unstored: Unstored;
  #going = false;
  #nextAtMs: number | null = null;

  /** @param allTold called when what had to wait for the disk has been told. */
  constructor(parts: ExchangeParts, allTold: () => void) {
    this.#parts = parts;
    this.#unstored = new Unstored({
      lost: (error) => parts.reports.storeFailed(error),
      allTold: () => {
        if (!this.#going) parts.kit.oneAtATime.leave();
        allTold();
      },
    });
  }

  /** Wall time in ms at which the store has something new by itself, as of the last exchange; `null`: it has not. */
  get nextAtMs(): number | null {
    return this.#nextAtMs;
  }

  /** True while something that was done is not told yet. */
  get owing(): boolean {
    return this.#unstored.size > 0;
  }

  /** Resolves when all that was done so far is told. Never rejects. */
  told(): Promise<void> {
    return this.#unstored.told();
  }

  /** Make one, when nobody else is at it. @throws what the store throws; nothing is lost then. */
  async make(): Promise<void> {
    const { oneAtATime } = this.#parts.kit;
    const unstored = this.#unstored;
    // Who waits for his turn gets it when all before is told.
    if (unstored.size > 0 && (oneAtATime.wanted || unstored.size >= UNSTORED_MAX)) await unstored.told();
    if (unstored.size === 0) {
      const before = oneAtATime.enter();
      if (before !== null) await before;
    }
    this.#going = true;
    try {
      await this.#exchange();
    } finally {
      this.#going = false;
      if (unstored.size === 0) oneAtATime.leave();
    }
  }

  async #exchange(): Promise<void> {
    const { kit, settling, starts, intake } = this.#parts;
    const { clock, owner, leaseMs } = kit;
    const nowMs = clock.now();
    const askedMs = clock.monotonic();
    const endings = settling.take(nowMs);
    const room = starts.room(endings, askedMs);
    intake.seen();
    const leaseUntilMs = nowMs + leaseMs;
    let turn: Turn;
    let stored: Promise<void> | null;
    try {
      turn = await kit.store.turn({ owner, nowMs, leaseUntilMs, settlements: endings, room });
      stored = turn.stored;
      if (stored !== null && !mayStartEarly(turn)) {
        await stored;
        stored = null;
      }
    } catch (error) {
      settling.putBack(endings);
      throw error;
    }
    // From here on nothing throws: the store has accepted, so it must be told, and only once.
    // What was submitted is told before it starts or ends.
    if (intake.concerns(turn)) await intake.answered();
    settling.release(endings, clock.monotonic());
    if (stored !== null) this.#unstored.add(stored, () => this.#tell(turn, endings));
    else {
      if (this.#unstored.size > 0) await this.#unstored.told();
      const telling = this.#tell(turn, endings);
      if (telling !== null) await telling;
    }
    // What was claimed starts now, not when the store answered: rates and timeouts count from here.
    const monotonicMs = clock.monotonic();
    starts.take(turn, room, { nowMs: nowMs + Math.round(monotonicMs - askedMs), monotonicMs });
    this.#nextAtMs = turn.nextAtMs;
  }

  /** Say what ended in a turn that is durable. Never rejects. */
  #tell(turn: Turn, endings: readonly Ending[]): Promise<void> | null {
    this.#parts.settling.tell(endings, turn.settled);
    const ended = endedIn(turn, endings);
    return ended.length === 0 ? null : this.#parts.reports.ended(ended);
  }
}

/** What ended in a turn without having run: below what was settled, and past its deadline. */
function endedIn({ settled, expired }: Turn, endings: readonly Ending[]): readonly EndedTask[] {
  if (expired.length === 0 && (endings.length === 0 || settled.every(({ ended }) => ended.length === 0)))
    return NONE_ENDED;
  const failed = expired.map(({ id }: Settled): EndedTask => ({ id, kind: "failed" }));
  return [...failed, ...[...expired, ...settled].flatMap(({ ended }) => ended)];
}
