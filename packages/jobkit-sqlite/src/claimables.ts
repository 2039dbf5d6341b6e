/** What may start now. Must be called inside a transaction. */
import type { TaskLimits } from "jobkit-core";
import { parsed, type Query, type TaskRow } from "./row.ts";
import type { Standings } from "./standings.ts";
import type { Statements } from "./statements.ts";

/** A task that could start. */
export interface Candidate {
  readonly priority: number;
  readonly dueAtMs: number;
  readonly needs: Readonly<Record<string, number>> | null;
  readonly row: TaskRow;
}

/** The waiting tasks of one job, read one by one and none twice. */
interface Reading {
  readonly statement: Query<TaskRow>;
  rows: NodeJS.Iterator<TaskRow>;
  /** Read and not taken yet; `undefined` behind the last. */
  head: Candidate | undefined;
  taken: number;
}

/** Looks through the tasks that may start. */
export class Claimables {
  readonly #run: Statements;
  readonly #standings: Standings;
  readonly #idle: Query<TaskRow>[] = [];
  readonly #readings = new Map<string, Reading>();
  #nowMs = 0;
  #nextAtMs: number | null = null;

  constructor(statements: Statements, standings: Standings) {
    this.#run = statements;
    this.#standings = standings;
  }

  /** Begin to look as of `nowMs`. Nothing that `first` reads may change until {@link close}. */
  open(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#nextAtMs = this.#standings.see(nowMs);
  }

  /** The first claimable task of a job in starting order that was not taken yet. */
  first(job: string): Candidate | undefined {
    const reading = this.#readings.get(job) ?? this.#begin(job);
    return reading.head;
  }

  /** It starts: the next call of `first` answers with the one behind it. */
  take(job: string): void {
    const reading = this.#readings.get(job);
    if (reading === undefined) return;
    reading.taken += 1;
    this.#next(reading, job);
  }

  /** Stop looking. */
  close(): void {
    for (const { statement, rows } of this.#readings.values()) {
      rows.return?.();
      this.#idle.push(statement);
    }
    this.#readings.clear();
  }

  /** When the next of these jobs' tasks becomes due, as of when it last looked; or infinity. */
  nextDueAtMs(jobs: readonly string[]): number {
    let next = Number.POSITIVE_INFINITY;
    if (this.#nextAtMs === null) return next;
    for (const job of jobs) next = Math.min(next, this.#run.nextLaterOf.get(job)?.due ?? next);
    return next;
  }

  /** By job that has one: since when its first claimable task has been due, wall time in ms. */
  oldest(nowMs: number, jobs: readonly string[]): Readonly<Record<string, number>> {
    try {
      this.open(nowMs);
      return Object.fromEntries(
        jobs.flatMap((job) => {
          const head = this.first(job);
          return head === undefined ? [] : [[job, head.dueAtMs]];
        }),
      );
    } finally {
      this.close();
    }
  }

  #begin(job: string): Reading {
    const statement = this.#idle.pop() ?? this.#run.newClaimable();
    const reading: Reading = { statement, rows: statement.iterate(job), head: undefined, taken: 0 };
    this.#readings.set(job, reading);
    this.#next(reading, job);
    return reading;
  }

  #next(reading: Reading, job: string): void {
    let row = nextOf(reading.rows);
    if (row !== undefined && row[2] > this.#nowMs) {
      // Time jumped back since another process, or an earlier one, has let it stand here.
      reading.rows.return?.();
      this.#standings.goBack(this.#nowMs);
      this.#nextAtMs = row[2];
      reading.rows = reading.statement.iterate(job);
      // Those that were taken stand where they stood: nothing of what starts is written yet.
      for (let at = 0; at <= reading.taken; at += 1) row = nextOf(reading.rows);
    }
    reading.head = row && candidate(row);
  }
}

function nextOf(rows: NodeJS.Iterator<TaskRow>): TaskRow | undefined {
  const { done, value } = rows.next();
  return done === true ? undefined : value;
}

function candidate(row: TaskRow): Candidate {
  const [, priority, dueAtMs, limits] = row;
  const needs = limits === null ? null : ((parsed(limits) as TaskLimits).needs ?? null);
  return { priority, dueAtMs, needs, row };
}
