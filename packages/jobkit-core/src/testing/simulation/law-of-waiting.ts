/**
 * What those must be answered who wait for the end of a task: all of them, with that task in a last state, as
 * soon as it has ended; or that the scheduler was closed.
 */
import type { TaskId } from "../../base/ids.ts";
import { describeError } from "../../base/errors.ts";
import { isLast } from "../../task/state.ts";
import type { Task } from "../../task/task.ts";
import type { Book } from "./book.ts";
import type { Complaints } from "./complaints.ts";
import { INJECTED } from "./faults.ts";

/** May waiting be refused with that? */
export type MayBe = (code: string, message: string) => boolean;

interface Wait {
  readonly id: TaskId;
  readonly mayBe: MayBe;
}

export class LawOfWaiting {
  readonly #book: Book;
  readonly #complaints: Complaints;
  #open = new Set<Wait>();
  #answered = 0;

  constructor(book: Book, complaints: Complaints) {
    this.#book = book;
    this.#complaints = complaints;
  }

  /** Waits that came to an answer. */
  get answered(): number {
    return this.#answered;
  }

  /** Somebody waits for a task. A failing store may always refuse it. */
  watch(id: TaskId, ending: Promise<Task>, mayBe: MayBe): void {
    const wait: Wait = { id, mayBe };
    const open = this.#open;
    open.add(wait);
    void (async () => {
      let check: () => void;
      try {
        const task = await ending;
        check = () => this.#told(wait, task);
      } catch (error) {
        check = () => this.#refused(wait, error);
      }
      if (!open.delete(wait)) return;
      this.#answered += 1;
      check();
    })();
  }

  /** The process died: whoever waited in it is gone as well. */
  died(): void {
    this.#open = new Set();
  }

  /** The scheduler is closed: nobody waits any more. */
  closed(): void {
    for (const { id } of this.#open) this.#complaints.of(id, "is waited for in a closed scheduler");
    this.#open = new Set();
  }

  /** Nothing is on its way: whoever still waits does so for a task that lives. */
  atRest(): void {
    for (const { id } of this.#open) {
      const standsFor = this.#book.standsFor(id);
      if (standsFor === undefined) this.#complaints.of(id, "is waited for and was never stored");
      else if (!this.#book.lives(standsFor)) this.#complaints.of(id, "has ended and is still waited for");
    }
  }

  #told({ id }: Wait, task: Task): void {
    if (!isLast(task.state.kind)) this.#complaints.of(id, `was answered while ${task.state.kind}`);
    if (task.id !== this.#book.standsFor(id)) this.#complaints.of(id, `was answered with ${task.id}`);
  }

  #refused({ id, mayBe }: Wait, error: unknown): void {
    const { code, message } = describeError(error);
    if (message !== INJECTED && !mayBe(code, message))
      this.#complaints.of(id, `could not be waited for: ${code} ${message}`);
  }
}
