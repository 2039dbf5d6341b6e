import type { Json } from "../base/json.ts";
import { asResult } from "../run/result.ts";
import { packError, unpackError } from "./thread-error.ts";
import {
  LINES_MAX,
  REPORTS,
  type ThreadAnswer,
  type ThreadReport,
  type ThreadRequest,
  type ThreadStop,
} from "./thread-message.ts";

/** What a function in a thread is handed beside its input. */
export interface ThreadContext {
  /** As in `JobContext`. */
  readonly attempt: number;
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Aborts as the attempt does. Only a function that awaits something can notice; one that does not stop is
   * ended with its thread.
   */
  readonly signal: AbortSignal;
  /** As in `JobContext`; reports that come faster than they are read are left out. */
  readonly progress: (
    done: number,
    total: number,
    text?: string,
    counters?: Readonly<Record<string, number>>,
  ) => void;
  /** Leave a line for people in the event stream. */
  readonly note: (text: string) => void;
  /** Leave a line that a person should look at. */
  readonly warn: (text: string) => void;
}

/** An export that a pool of threads can run. Made by {@link threadFunction}. */
export interface ThreadFunction<Input, Result> {
  (request: ThreadRequest): Promise<ThreadAnswer>;
  /** Carry the types only; never present. */
  readonly takes?: (input: Input) => void;
  readonly gives?: Result;
}

/**
 * Make a function that runs in a worker thread. Export it by name; `Threads.job` names it. The input comes as
 * a copy, the result goes back as JSON, whatever is thrown keeps its code, its words, and whether trying again
 * may help.
 * @example
 * // hashing.ts
 * export const hash = threadFunction(({ text }: { text: string }, { signal }) => digest(text, signal));
 */
export function threadFunction<Input, Result extends Json | void>(
  work: (input: Input, context: ThreadContext) => Result | Promise<Result>,
): ThreadFunction<Input, Result> {
  return async (request) => {
    const line = new Line(request);
    try {
      const result = await work(request.input as Input, line.context());
      return { threadAnswer: "done", result: asResult(result) };
    } catch (error) {
      return { threadAnswer: "failed", error: packError(error) };
    } finally {
      line.end();
    }
  };
}

/** The thread's end of the channel. */
class Line {
  readonly #request: ThreadRequest;
  readonly #stop = new AbortController();
  #dropped = 0;

  constructor(request: ThreadRequest) {
    this.#request = request;
    request.port.on("message", (message) => this.#stop.abort(unpackError((message as ThreadStop).stop)));
  }

  context(): ThreadContext {
    const { attempt, labels } = this.#request;
    return {
      attempt,
      labels,
      signal: this.#stop.signal,
      progress: (done, total, text = "", counters = {}) =>
        this.#say(REPORTS.progress, 1, { kind: "progress", done, total, text, counters }),
      note: (text) => this.#line({ kind: "note", text }),
      warn: (text) => this.#line({ kind: "warn", text }),
    };
  }

  /** Everything that was said arrives before the other side learns that the channel is closed. */
  end(): void {
    if (this.#dropped > 0) {
      const text = `${this.#dropped} lines were left out: they came faster than they could be told`;
      this.#post({ kind: "warn", text });
    }
    this.#request.port.close();
  }

  #line(report: ThreadReport): void {
    if (!this.#say(REPORTS.lines, LINES_MAX, report)) this.#dropped += 1;
  }

  /** Post unless `max` of that kind are on their way: a busy loop would fill the other side without bound. */
  #say(place: number, max: number, report: ThreadReport): boolean {
    const { pending } = this.#request;
    if (Atomics.load(pending, place) >= max) return false;
    Atomics.add(pending, place, 1);
    this.#post(report);
    return true;
  }

  #post(report: ThreadReport): void {
    const { port } = this.#request;
    port.postMessage(report);
  }
}
