import type { Head, Heads, HeadsRequest } from "jobkit-core";
import { wholeLimit } from "./limit.ts";
import type { TaskRow } from "./row.ts";
import type { HeadRow, Statements } from "./statements.ts";

/**
 * What may start now. A task that becomes due later stands apart (`turn` 1) and is moved over once, when its
 * time has come, so that looking for the first in starting order never passes tasks that are not due.
 */
export class Claimables {
  readonly #run: Statements;

  constructor(statements: Statements) {
    this.#run = statements;
  }

  /** The rows of the first claimable tasks of a job, in starting order. */
  first(job: string, nowMs: number, limit: number): readonly TaskRow[] {
    this.#promote(job, nowMs);
    return this.#run.claimable.all(job, nowMs, wholeLimit(limit));
  }

  heads({ nowMs, jobs, perJob }: HeadsRequest): Heads {
    const found = [...new Set(jobs)].map((job) => this.#headsOf(job, nowMs, wholeLimit(perJob)));
    const dues = found.flatMap(({ nextDueAtMs }) => nextDueAtMs ?? []);
    return {
      ready: found.flatMap(({ ready }) => ready),
      nextDueAtMs: dues.length === 0 ? null : Math.min(...dues),
    };
  }

  #headsOf(job: string, nowMs: number, perJob: number): Heads {
    const later = this.#promote(job, nowMs);
    const rows = this.#run.heads.all(job, perJob);
    const ready = rows.map(headOf);
    if (rows.every(({ due_at }) => due_at <= nowMs)) return { ready, nextDueAtMs: later };
    // Wall time has jumped back: some that were due are not due any more.
    const ahead = this.#run.nextAhead.get(job, nowMs)?.due ?? Number.POSITIVE_INFINITY;
    return {
      ready: this.#run.claimable.all(job, nowMs, perJob).map(headOf),
      nextDueAtMs: Math.min(ahead, later ?? Number.POSITIVE_INFINITY),
    };
  }

  /** Move over what has become due. @returns when the next becomes due, or `null`. */
  #promote(job: string, nowMs: number): number | null {
    const next = this.#run.nextLater.get(job)?.due ?? null;
    if (next === null || next > nowMs) return next;
    this.#run.promote.run(job, nowMs);
    return this.#run.nextLater.get(job)?.due ?? null;
  }
}

function headOf({ id, job, priority, due_at }: HeadRow): Head {
  return { id, job, priority, dueAtMs: due_at };
}
