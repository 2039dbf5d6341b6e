/**
 * What a store must keep true at every answer: keys are held by one task, a sequence by one, what is claimed
 * may run and fits the room, a settlement counts for the running claim and for no other, what expires has
 * passed its deadline, and what is forgotten was over.
 */
import type { TaskId } from "../../base/ids.ts";
import type { Added, Settlement, TaskDraft, Turn, TurnRequest } from "../../queue/queue-store.ts";
import type { Task } from "../../task/task.ts";
import type { Book, Line } from "./book.ts";
import type { Complaints } from "./complaints.ts";

export class LawOfStoring {
  readonly #book: Book;
  readonly #complaints: Complaints;

  constructor(book: Book, complaints: Complaints) {
    this.#book = book;
    this.#complaints = complaints;
  }

  /** Before the book knows of it. */
  added(drafts: readonly TaskDraft[], added: readonly Added[]): void {
    if (added.length !== drafts.length) this.#complaints.add("an answer was missing");
    const fresh: TaskDraft[] = [];
    for (const [at, draft] of drafts.entries()) {
      const answer = added[at];
      if (answer === undefined) continue;
      if (answer.added) {
        this.#fresh(draft, fresh);
        fresh.push(draft);
      } else this.#met(draft, answer.id, fresh);
    }
  }

  /** Is it the settlement of the claim that runs, as the answer says it is or is not? */
  settled({ id, owner, claim }: Settlement, accepted: boolean): void {
    const running = this.#book.get(id)?.running ?? null;
    const should = running !== null && running.owner === owner && running.claim === claim;
    if (accepted !== should)
      this.#complaints.of(id, accepted ? "was settled twice or by a stranger" : "was refused its settlement");
  }

  expired(id: TaskId, nowMs: number): void {
    const line = this.#book.get(id);
    if (line?.life !== "living") this.#complaints.of(id, "expired without living");
    else if (line.deadlineAtMs === null) this.#complaints.of(id, "expired without a deadline");
    else if (line.deadlineAtMs > nowMs) this.#complaints.of(id, "expired before its deadline");
  }

  /** Each claimed task, before the book knows of it. */
  claimed(task: Task, dueAtMs: number, nowMs: number): void {
    const { id } = task;
    const line = this.#book.get(id);
    if (line === undefined) return this.#complaints.of(id, "was claimed and never accepted");
    const why = this.#whyNot(line, nowMs);
    if (why !== null) this.#complaints.of(id, `was claimed ${why}`);
    if (dueAtMs > nowMs) this.#complaints.of(id, "was claimed before it was due");
    if (task.claim !== line.claim + 1) this.#complaints.of(id, `has claim ${task.claim}`);
    if (task.attempt !== line.attempt + 1) this.#complaints.of(id, `has attempt ${task.attempt}`);
    if (task.forks !== line.forks) this.#complaints.of(id, `has forked ${task.forks} times`);
  }

  /** What was claimed fits the room there was. */
  fits({ room }: TurnRequest, { claimed }: Turn): void {
    if (claimed.length === 0) return;
    if (room === null) return this.#complaints.add("claimed without room");
    const lanes = { ...room.lanes };
    const slots = Object.fromEntries(Object.entries(room.pools).map(([name, { free }]) => [name, free]));
    for (const job of room.jobs) {
      const mine = claimed.filter((task) => task.job === job.name);
      if (mine.length > job.starts) this.#complaints.add(`${mine.length} claimed of ${job.name}`);
      lanes[job.lane] = (lanes[job.lane] ?? 0) - mine.length;
      for (const { limits } of mine)
        for (const [pool, wanted] of Object.entries(limits?.needs ?? job.needs))
          slots[pool] = (slots[pool] ?? 0) - wanted;
    }
    for (const [name, left] of [...Object.entries(lanes), ...Object.entries(slots)])
      if (left < 0) this.#complaints.add(`claimed ${-left} too many of ${name}`);
  }

  /** Those of `asked` that are not in `left` were forgotten. Before the book knows of it. */
  pruned(gone: readonly Line[], count: number): void {
    if (gone.length !== count) this.#complaints.add(`${gone.length} tasks forgotten, told ${count}`);
    for (const { draft, life } of gone)
      if (life === "living") this.#complaints.of(draft.id, "was forgotten alive");
    const lost = new Set(gone.map(({ draft }) => draft.id));
    for (const { draft, life, after } of this.#book.lines.values())
      if (life === "living" && after.some((id) => lost.has(id)))
        this.#complaints.of(draft.id, "lost a task it names");
  }

  #whyNot(line: Line, nowMs: number): string | null {
    const { draft, life, running, after, forks, deadlineAtMs } = line;
    if (life !== "living") return "after its end";
    if (running !== null) return "while it ran";
    if (line.notBeforeMs > nowMs) return "before its time";
    if (deadlineAtMs !== null && deadlineAtMs <= nowMs) return "past its deadline";
    if (after.some((id) => this.#neverEnded(id)))
      return forks > 0 ? "before its children" : "before a parent";
    // A person may put a task back to the start whose parents had not ended well.
    const skips = forks === 0 && line.queued === 1 && draft.onParentFailure !== "run";
    if (skips && after.some((id) => this.#endedBadly(id))) return "below a parent that did not end well";
    return this.#holderOf(line) === null ? null : `while ${this.#holderOf(line)} holds its sequence`;
  }

  /** One that a person put back to the start has ended before, and is not waited for again. */
  #neverEnded(id: TaskId): boolean {
    const line = this.#book.get(id);
    return line?.life === "living" && line.queued === 1;
  }

  #endedBadly(id: TaskId): boolean {
    const ended = this.#book.get(id)?.ended;
    return ended !== undefined && ended !== "done";
  }

  #holderOf({ draft }: Line): TaskId | null {
    if (draft.sequence === null) return null;
    for (const other of this.#book.lines.values())
      if (other.begun && other.draft.sequence === draft.sequence && other.draft.id !== draft.id)
        return other.draft.id;
    return null;
  }

  #fresh(draft: TaskDraft, batch: readonly TaskDraft[]): void {
    const { id } = draft;
    if (this.#book.get(id) !== undefined) this.#complaints.of(id, "was accepted twice");
    for (const { draft: other, life } of this.#book.stored()) {
      if (sameOnce(draft, other)) this.#complaints.of(id, `is the second of its idempotency key`);
      if (!sameKey(draft, other)) continue;
      // Where the wall clock was set back, a time that had passed may come again: nobody promises anything then.
      if (life === "living" || (!this.#book.wallWasSet && other.keyUntilMs > draft.createdAtMs))
        this.#complaints.of(id, `took the key of ${other.id}`);
    }
    for (const other of batch)
      if (sameOnce(draft, other) || sameKey(draft, other))
        this.#complaints.of(id, `has the key of ${other.id} of the same batch`);
  }

  #met(draft: TaskDraft, id: TaskId, batch: readonly TaskDraft[]): void {
    const other = batch.find((one) => one.id === id) ?? this.#book.get(id)?.draft;
    if (other === undefined) this.#complaints.of(draft.id, `was answered with ${id}, which is not stored`);
    else if (other.id !== draft.id && !sameOnce(draft, other) && !sameKey(draft, other))
      this.#complaints.of(draft.id, `was answered with ${id} for no reason`);
  }
}

function sameKey(a: TaskDraft, b: TaskDraft): boolean {
  return a.key !== null && a.key === b.key && a.job === b.job;
}

function sameOnce(a: TaskDraft, b: TaskDraft): boolean {
  return a.idempotencyKey !== null && a.idempotencyKey === b.idempotencyKey && a.job === b.job;
}
