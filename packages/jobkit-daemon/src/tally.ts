/** Counts what ended in this life of the daemon, by reading the event stream like everybody else. */
import type { EventBus, JobEvent } from "jobkit-core";
import type { TaskFailureNote } from "./run-options.ts";

/** What a {@link Tally} has seen so far. */
export interface Tallied {
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly skipped: number;
  readonly retried: number;
  readonly found: number;
  readonly failures: readonly TaskFailureNote[];
}

const ROWS: ReadonlySet<string> = new Set([
  "task.finished",
  "task.failed",
  "task.retrying",
  "reconciler.found",
]);
const FAILURES_KEPT = 20;

/** Listens from construction until disposed. Keeps counts and the first 20 failures, nothing that grows. */
export class Tally implements Disposable {
  readonly #listening: Disposable;
  readonly #outcomes = { done: 0, failed: 0, cancelled: 0, skipped: 0 };
  readonly #failures: TaskFailureNote[] = [];
  #retried = 0;
  #found = 0;

  constructor(bus: EventBus) {
    this.#listening = bus.listen({ name: "tally", rows: (name) => ROWS.has(name) }, (event) =>
      this.#take(event),
    );
  }

  get now(): Tallied {
    return {
      ...this.#outcomes,
      retried: this.#retried,
      found: this.#found,
      failures: [...this.#failures],
    };
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }

  #take({ ev, job, attrs }: JobEvent): void {
    if (ev === "task.retrying") this.#retried += 1;
    else if (ev === "reconciler.found") this.#found += Number(attrs["added"]);
    else if (ev === "task.failed") this.#noteFailure(job, attrs);
    else {
      const outcome = String(attrs["outcome"]);
      if (isOutcome(outcome)) this.#outcomes[outcome] += 1;
    }
  }

  #noteFailure(job: string | null, attrs: JobEvent["attrs"]): void {
    if (this.#failures.length >= FAILURES_KEPT) return;
    const { task, code, why } = attrs;
    this.#failures.push({
      id: String(task),
      job: job ?? "",
      code: String(code),
      message: String(why),
    });
  }
}

function isOutcome(text: string): text is "done" | "failed" | "cancelled" | "skipped" {
  return text === "done" || text === "failed" || text === "cancelled" || text === "skipped";
}
