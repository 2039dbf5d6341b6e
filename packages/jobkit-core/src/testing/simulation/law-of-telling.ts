/**
 * What the events must tell: every task is told queued before anything else, each end exactly once and as it
 * was, no task runs twice at once or before its parents, and durable events are numbered without holes.
 */
import type { TaskId } from "../../base/ids.ts";
import type { EventRow } from "../../events/define.ts";
import type { JobEvent } from "../../events/event.ts";
import { jobkitEvents } from "../../events/table.ts";
import { isLast } from "../../task/state.ts";
import type { Task } from "../../task/task.ts";
import type { Book, Line } from "./book.ts";
import type { Complaints } from "./complaints.ts";

/** What a dying process had no time to tell lies at most so many ms back. */
const UNTOLD_MS = 2_000;

const rows: Readonly<Record<string, EventRow>> = jobkitEvents;

export class LawOfTelling {
  readonly #book: Book;
  readonly #complaints: Complaints;
  /** Attempts that were told started and nothing since. */
  readonly running = new Map<TaskId, JobEvent>();
  #lastSeq = 0;
  #order = 0;

  constructor(book: Book, complaints: Complaints) {
    this.#book = book;
    this.#complaints = complaints;
  }

  /** Number of the last durable event. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** The process died at `nowMs`. What it had not told nobody will ever tell. */
  died(nowMs: number): void {
    this.running.clear();
    for (const [id, line] of this.#book.lines) {
      line.mute = line.queued - line.told;
      const missing = endsOf(line) - line.finished - line.untold;
      if (missing <= 0) continue;
      line.untold += missing;
      if (nowMs - line.changedMs > UNTOLD_MS) this.#complaints.of(id, "ended, and was never told");
    }
  }

  event(event: JobEvent): void {
    this.#number(event);
    this.#order += 1;
    const { task } = event.attrs;
    if (typeof task !== "string" || !event.ev.startsWith("task.")) return;
    const id = task as TaskId;
    const line = this.#book.get(id);
    if (line === undefined) return this.#complaints.of(id, `is told ${event.ev} and was never accepted`);
    switch (event.ev) {
      case "task.queued":
        line.told += 1;
        if (line.told + line.mute > line.queued) this.#complaints.of(id, "told queued once too often");
        break;
      case "task.started":
        this.#started(id, line, event);
        break;
      case "task.retrying":
      case "task.interrupted":
      case "task.forked":
        if (!this.running.delete(id)) this.#complaints.of(id, "stopped without having been started");
        break;
      case "task.finished":
        this.#finished(id, line, String(event.attrs["outcome"]));
    }
  }

  /** Nothing is on its way: everything that is true has been told. */
  atRest(): void {
    for (const [id, line] of this.#book.lines) {
      if (line.told + line.mute !== line.queued) this.#complaints.of(id, "was not told queued");
      if (line.finished + line.untold !== endsOf(line))
        this.#complaints.of(id, `ended ${endsOf(line)} times, told ${line.finished}`);
    }
  }

  /** The end: `tasks` is all that is stored, and nothing runs any more. */
  close(tasks: readonly Task[]): void {
    const stored = new Map(tasks.map((task) => [task.id, task]));
    for (const [id, line] of this.#book.lines) {
      if (line.life === "gone") continue;
      const task = stored.get(id);
      if (task === undefined) this.#complaints.of(id, "was accepted and is not stored");
      else if (!isLast(task.state.kind)) this.#complaints.of(id, `is ${task.state.kind} at the end`);
      else this.#checkEnd(task, line);
    }
    for (const id of this.running.keys()) this.#complaints.of(id, "was started and never ended");
  }

  #checkEnd({ id, state }: Task, line: Line): void {
    if (line.untold === 0 && line.lastOutcome !== state.kind)
      this.#complaints.of(id, `was told ${line.lastOutcome} and is ${state.kind}`);
    if (line.queued > 1) return;
    for (const parentId of line.draft.after) {
      const parent = this.#book.get(this.#book.standsFor(parentId) ?? parentId);
      if (parent === undefined || parent.queued > 1 || parent.untold > 0) continue;
      if (line.firstStart < parent.lastEnd) this.#complaints.of(id, "started before its parent ended");
      if (state.kind === "done" && line.draft.onParentFailure !== "run" && parent.ended !== "done")
        this.#complaints.of(id, `is done below a parent that is ${parent.ended}`);
    }
  }

  #number({ ev, seq }: JobEvent): void {
    const due = rows[ev]?.transient === true ? this.#lastSeq : this.#lastSeq + 1;
    if (seq !== due) this.#complaints.add(`${ev} is number ${seq} instead of ${due}`);
    this.#lastSeq = seq;
  }

  #started(id: TaskId, line: Line, event: JobEvent): void {
    if (line.told + line.mute < line.queued) this.#complaints.of(id, "started before it was told queued");
    if (this.running.has(id)) this.#complaints.of(id, "runs twice at once");
    if (line.finished + line.untold >= line.queued) this.#complaints.of(id, "started after its end");
    line.firstStart = Math.min(line.firstStart, this.#order);
    this.running.set(id, event);
  }

  #finished(id: TaskId, line: Line, outcome: string): void {
    this.running.delete(id);
    line.finished += 1;
    line.lastOutcome = outcome;
    line.lastEnd = this.#order;
    if (line.told + line.mute === 0) this.#complaints.of(id, "finished before it was told queued");
    if (line.finished + line.untold > line.queued) this.#complaints.of(id, `told ${outcome} once too often`);
  }
}

/** How often it has ended: it was queued once more where it lives. */
function endsOf({ queued, life }: Line): number {
  return queued - (life === "living" ? 1 : 0);
}
