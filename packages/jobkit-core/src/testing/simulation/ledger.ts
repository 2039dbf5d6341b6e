/** Keeps the book of a simulation and holds every law against what it sees: the one who watches everything. */
import type { TaskId } from "../../base/ids.ts";
import type { JobEvent } from "../../events/event.ts";
import type { Job } from "../../job/job.ts";
import type {
  Added,
  Cancelled,
  Marks,
  Outcome,
  Settled,
  Settlement,
  TaskDraft,
  Turn,
  TurnRequest,
} from "../../queue/queue-store.ts";
import type { TaskStateKind } from "../../task/state.ts";
import type { Task } from "../../task/task.ts";
import { Book, OUTSIDE } from "./book.ts";
import { Complaints } from "./complaints.ts";
import { LawOfDisk } from "./law-of-disk.ts";
import { LawOfLimits } from "./law-of-limits.ts";
import { LawOfMarks } from "./law-of-marks.ts";
import { LawOfRest, type Rest } from "./law-of-rest.ts";
import { LawOfStoring } from "./law-of-storing.ts";
import { LawOfTelling } from "./law-of-telling.ts";
import { LawOfWaiting } from "./law-of-waiting.ts";
import { simulatedPools } from "./limits.ts";
import type { StoreWitness } from "./witness.ts";

export interface LedgerOptions {
  readonly jobs: readonly Job[];
  /** Lanes by group. */
  readonly lanes: Readonly<Record<string, number>>;
  readonly monotonic: () => number;
}

export class Ledger implements StoreWitness {
  readonly complaints = new Complaints();
  readonly book: Book;
  readonly telling: LawOfTelling;
  readonly limits: LawOfLimits;
  readonly waiting: LawOfWaiting;
  readonly marks = new LawOfMarks(this.complaints);
  readonly #disk = new LawOfDisk(this.complaints);
  readonly #storing: LawOfStoring;
  readonly #rest: LawOfRest;
  #process = "";

  constructor({ jobs, lanes, monotonic }: LedgerOptions) {
    const { complaints } = this;
    const byName = new Map(jobs.map((job) => [job.name, job]));
    this.book = new Book(monotonic);
    const { book } = this;
    this.telling = new LawOfTelling(book, complaints);
    this.limits = new LawOfLimits({ book, complaints, jobs: byName, lanes, monotonic }, simulatedPools);
    this.waiting = new LawOfWaiting(book, complaints);
    this.#storing = new LawOfStoring(book, complaints);
    this.#rest = new LawOfRest({ book, complaints, jobs: byName, limits: this.limits });
  }

  /** Every task that was ever accepted and is not known to be forgotten, in order of adding. */
  get stored(): readonly TaskId[] {
    return this.book.stored().map(({ draft }) => draft.id);
  }

  /** A process begins to work; there is one at a time. */
  began(process: string): void {
    this.#process = process;
    this.limits.began(simulatedPools);
  }

  /** It died at `diedMs`, monotonic. */
  died(diedMs: number): void {
    this.telling.died(diedMs);
    this.#disk.died();
    this.waiting.died();
  }

  /** Every event of every process, in order. */
  event(event: JobEvent): void {
    this.telling.event(event);
    this.#disk.event(event);
    this.limits.event(event);
  }

  /** Nothing is on its way. */
  atRest(rest: Rest): void {
    this.telling.atRest();
    this.limits.atRest(rest.snapshot);
    this.waiting.atRest();
    this.#rest.check(rest);
  }

  added(drafts: readonly TaskDraft[], added: readonly Added[], marks: Marks): void {
    this.#add(drafts, added, this.#process);
    this.marks.set(marks);
  }

  /** Another process of the same store has added them. */
  addedOutside(drafts: readonly TaskDraft[], added: readonly Added[]): void {
    this.#add(drafts, added, OUTSIDE);
  }

  durable(turn: Turn): void {
    this.#disk.durable(turn);
  }

  turned(request: TurnRequest, turn: Turn, durable: boolean): void {
    if (!durable) {
      this.#disk.done(request, turn);
      for (const { id, accepted } of turn.settled) if (accepted) this.limits.over(id);
    }
    const { nowMs, settlements } = request;
    for (const [at, settlement] of settlements.entries())
      this.#settled(settlement, turn.settled[at] as Settled);
    for (const { id, ended } of turn.expired) {
      this.#storing.expired(id, nowMs);
      this.book.end(id, "failed");
      for (const child of ended) this.book.end(child.id, child.kind);
    }
    this.#storing.fits(request, turn);
    for (const [at, task] of turn.claimed.entries()) {
      this.#storing.claimed(task, turn.dueAtMs[at] ?? nowMs, nowMs);
      this.limits.claimed(task.job);
      this.book.change(task.id, (line) => {
        line.running = { owner: request.owner, claim: task.claim };
        line.begun = true;
        line.attempt = task.attempt;
        line.claim = task.claim;
        line.notBeforeMs = 0;
      });
    }
  }

  cancelled(answers: readonly Cancelled[]): void {
    for (const { id, was, settled } of answers) {
      if (was === "ended") this.book.end(id, "cancelled");
      for (const child of settled?.ended ?? []) this.book.end(child.id, child.kind);
    }
  }

  requeued(ids: readonly TaskId[]): void {
    for (const id of ids) {
      if (this.book.lives(id)) this.complaints.of(id, "lives and was put back to the start");
      this.book.revive(id);
    }
  }

  recovered(tasks: readonly Task[]): void {
    for (const { id } of tasks)
      this.book.change(id, (line) => {
        if (line.running === null) this.complaints.of(id, "was recovered and did not run");
        line.running = null;
      });
  }

  pruned(asked: readonly TaskId[], left: readonly Task[], count: number): void {
    const stored = new Set(left.map(({ id }) => id));
    const gone = asked.flatMap((id) => {
      const line = this.book.get(id);
      return line === undefined || stored.has(id) ? [] : [line];
    });
    this.#storing.pruned(gone, count);
    for (const { draft } of gone)
      this.book.change(draft.id, (line) => {
        line.life = "gone";
      });
  }

  marked(marks: Marks): void {
    this.marks.set(marks);
  }

  #add(drafts: readonly TaskDraft[], added: readonly Added[], by: string): void {
    this.#storing.added(drafts, added);
    this.book.add(drafts, added, by);
  }

  #settled(settlement: Settlement, { accepted, ended, forked }: Settled): void {
    const { id, outcome } = settlement;
    this.#storing.settled(settlement, accepted);
    if (!accepted) return;
    if (outcome.kind === "forked" && forked !== undefined && !("code" in forked))
      this.#forked(id, outcome.drafts, forked);
    else this.#outcome(id, outcome);
    for (const child of ended) this.book.end(child.id, child.kind);
  }

  #forked(id: TaskId, drafts: readonly TaskDraft[], forked: readonly Added[]): void {
    this.#add(drafts, forked, this.#process);
    // A draft may meet, by its key, the very task that forks it: nothing waits for itself.
    const children = forked.flatMap((child) => (child.id === id ? [] : [child.id]));
    this.book.change(id, (line) => {
      line.running = null;
      line.attempt -= 1;
      line.forks += 1;
      line.after = [...new Set([...line.after, ...children])];
    });
  }

  #outcome(id: TaskId, outcome: Outcome): void {
    const last = lastKindOf(outcome);
    if (last !== null) this.book.end(id, last);
    else
      this.book.change(id, (line) => {
        line.running = null;
        if (outcome.kind === "interrupted") line.attempt -= 1;
        if (outcome.kind === "retrying") line.notBeforeMs = outcome.dueAtMs;
      });
  }
}

/** A fork that was refused has failed. */
function lastKindOf({ kind }: Outcome): TaskStateKind | null {
  if (kind === "retrying" || kind === "interrupted") return null;
  return kind === "forked" ? "failed" : kind;
}
