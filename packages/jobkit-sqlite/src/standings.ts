/**
 * Where claimable tasks stand. A task that becomes due later stands apart and is moved over once, when its time
 * has come, so that looking for the first in starting order never passes tasks that are not due. Of the tasks
 * of one sequence at most one is claimable or claimed: who was claimed holds the sequence until it has ended;
 * while nobody holds it, the first in starting order of those that are due stands in front, and the others
 * wait in line. Must be called inside a transaction.
 */
import type { SequenceRow, Statements } from "./statements.ts";

/** `life.turn`; see schema.ts. */
const turn = { now: 0, later: 1, inLine: 2 } as const;

/** `life.front`: 1, and the bit of {@link HOLDS} once it was claimed. */
const FRONT = 1;
const HOLDS = 2;

/** Where a claimable task stands: `life.turn` and `life.front`. */
export interface Standing {
  readonly turn: number | null;
  readonly front: number | null;
}

/** A task that wants to stand somewhere. */
export type Newcomer = Pick<SequenceRow, "seq" | "job" | "sequence" | "front" | "priority">;

/** Gives claimable tasks their places. */
export class Standings {
  readonly #run: Statements;
  /** Nothing that becomes due later than this stands among the claimable, as far as this process knows. */
  #latestMs = Number.NEGATIVE_INFINITY;

  constructor(statements: Statements) {
    this.#run = statements;
  }

  /** Where a task stands that may start from `dueAtMs` on. The caller writes it down before it asks again. */
  standing(newcomer: Newcomer, dueAtMs: number, nowMs: number): Standing {
    this.#latestMs = Math.max(this.#latestMs, nowMs);
    return this.#standingOf(newcomer, dueAtMs);
  }

  /**
   * Let all tasks stand as of `nowMs`: of every job, because tasks of several may be of one sequence.
   * @returns when the next becomes due, wall time in ms, or `null` where none does.
   */
  see(nowMs: number): number | null {
    if (nowMs < this.#latestMs) this.goBack(nowMs);
    this.#latestMs = nowMs;
    const next = this.#run.nextLater.get()?.due ?? null;
    if (next === null || next > nowMs) return next;
    this.#run.promote.run(nowMs);
    for (const row of this.#run.dueInSequence.all(nowMs)) this.#stand(row);
    return this.#run.nextLater.get()?.due ?? null;
  }

  /** Wall time has jumped back: some that were due are not due any more. Linear, and only then. */
  goBack(nowMs: number): void {
    this.#latestMs = nowMs;
    // Lines first: who steps back below makes way only for one that is due.
    for (let line = this.#lineBehind(""); line !== null; line = this.#lineBehind(line))
      this.#run.leaveLine.run(line, nowMs);
    for (let job = this.#jobBehind(""); job !== null; job = this.#jobBehind(job)) {
      this.#run.demote.run(job, nowMs);
      for (const row of this.#run.aheadInSequence.all(job, nowMs)) this.#stepBack(row);
    }
  }

  /**
   * Nobody stands in front of a sequence any more, and the rows say so: the next in line comes forward. One
   * that is not due any more, because the clock was set back, goes to where it waits for its time.
   */
  advance(sequence: string): void {
    for (;;) {
      const next = this.#run.nextInLine.get(sequence);
      if (next === undefined || this.#stand(next) !== turn.later) return;
    }
  }

  #stepBack({ seq, sequence, front }: SequenceRow): void {
    const holds = ((front ?? 0) & HOLDS) !== 0;
    this.#run.stand.run(turn.later, holds ? front : null, seq);
    if (!holds && sequence !== null) this.advance(sequence);
  }

  /** The next job, by name, that has claimable tasks. */
  #jobBehind(job: string): string | null {
    return this.#run.nextJob.get(job)?.job ?? null;
  }

  /** The next sequence, by name, in which somebody waits in line. */
  #lineBehind(sequence: string): string | null {
    return this.#run.nextLine.get(sequence)?.sequence ?? null;
  }

  #stand(row: SequenceRow): Standing["turn"] {
    const standing = this.#standingOf(row, row.due_at);
    this.#run.stand.run(standing.turn, standing.front, row.seq);
    return standing.turn;
  }

  #standingOf(row: Newcomer, dueAtMs: number): Standing {
    const { sequence, front } = row;
    if (dueAtMs > this.#latestMs) return { turn: turn.later, front };
    if (sequence === null || front !== null) return { turn: turn.now, front };
    const first = this.#run.frontOf.get(sequence);
    if (first === undefined) return { turn: turn.now, front: FRONT };
    if (first.front !== FRONT || startsBefore(first, { ...row, due_at: dueAtMs }))
      return { turn: turn.inLine, front: null };
    // It goes before the one that stands in front and was not claimed yet.
    this.#run.stand.run(turn.inLine, null, first.seq);
    return { turn: turn.now, front: FRONT };
  }
}

type Ordered = Pick<SequenceRow, "priority" | "due_at" | "seq">;

/** Starting order: larger priority, then earlier due, then added earlier. */
function startsBefore(a: Ordered, b: Ordered): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  return a.due_at === b.due_at ? a.seq < b.seq : a.due_at < b.due_at;
}
