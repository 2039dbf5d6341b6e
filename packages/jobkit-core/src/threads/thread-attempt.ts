import type { Clock } from "../base/clock.ts";
import { jobkitError } from "../base/error-table.ts";
import { describeError } from "../base/errors.ts";
import type { Json } from "../base/json.ts";
import type { JobContext } from "../job/job.ts";
import { after } from "../run/timer.ts";
import { packError, unpackError } from "./thread-error.ts";
import {
  REPORTS,
  type ThreadAnswer,
  type ThreadPort,
  type ThreadReport,
  type ThreadRequest,
  type ThreadStop,
} from "./thread-message.ts";
import type { CallEnd, ThreadSlot } from "./thread-slot.ts";
import { watchHeap } from "./watch-heap.ts";

/** What one attempt in a thread is made of. */
export interface ThreadAttemptOptions {
  readonly slot: ThreadSlot;
  readonly filename: string;
  /** The export to call. */
  readonly name: string;
  readonly context: Pick<
    JobContext<unknown>,
    "input" | "attempt" | "labels" | "signal" | "progress" | "note" | "warn"
  >;
  readonly clock: Clock;
  /** MiB; Infinity for no bound. */
  readonly memoryMb: number;
  readonly killAfterMs: number;
  /** Told when the thread went with the attempt. */
  readonly onLost: (error: unknown) => void;
}

/** One call into a thread, from its start to its answer or to the end of the thread. */
export class ThreadAttempt {
  readonly #options: ThreadAttemptOptions;
  readonly #kill = new AbortController();
  readonly #channel: { readonly port1: ThreadPort; readonly port2: ThreadPort } = new MessageChannel();
  readonly #pending = new Int32Array(new SharedArrayBuffer(8));
  /** Why the thread is being ended, where it is ended by us. */
  #killed: Error | null = null;

  constructor(options: ThreadAttemptOptions) {
    this.#options = options;
  }

  /** Call once. @throws what `Threads.run` throws. */
  async run(): Promise<Json> {
    const { context, slot, clock, memoryMb } = this.#options;
    const { port1 } = this.#channel;
    const closed = new Promise<void>((resolve) => void port1.once("close", resolve));
    port1.on("message", (message) => this.#hear(message as ThreadReport));
    using _stopping = this.#obey(context.signal);
    using _watching = watchHeap({ slot, clock, memoryMb, onOver: (usedMb) => this.#over(usedMb) });
    const end = await this.#call();
    // What the function said last may arrive after its answer: the channel closes behind it.
    if (end.kind === "answered" && isAnswer(end.answer)) await closed;
    port1.close();
    return this.#outcome(end);
  }

  #call(): Promise<CallEnd> {
    const { slot, filename, name, context } = this.#options;
    const { port2 } = this.#channel;
    const { input, attempt, labels } = context;
    const request: ThreadRequest = { input, attempt, labels, port: port2, pending: this.#pending };
    return slot.call({ filename, name, request, transfer: [port2], kill: this.#kill.signal });
  }

  #outcome(end: CallEnd): Json {
    if (end.kind === "answered") return this.#answer(end.answer);
    if (end.kind === "refused") throw end.error;
    const error = this.#killed ?? end.error;
    this.#options.onLost(error);
    if (this.#options.context.signal.aborted) throw this.#options.context.signal.reason;
    if (error === this.#killed) throw error;
    throw jobkitError("THREAD_FAILED", `${this.#doing()}: ${describeError(error).message}`, { cause: error });
  }

  #answer(answer: unknown): Json {
    if (!isAnswer(answer)) throw new TypeError(`export ${this.#options.name} is not made by threadFunction`);
    if (answer.threadAnswer === "done") return answer.result as Json;
    throw unpackError(answer.error);
  }

  #hear(report: ThreadReport): void {
    const { progress, note, warn } = this.#options.context;
    Atomics.sub(this.#pending, report.kind === "progress" ? REPORTS.progress : REPORTS.lines, 1);
    if (report.kind === "progress") progress(report.done, report.total, report.text, report.counters);
    else if (report.kind === "note") note(report.text);
    else warn(report.text);
  }

  /** Tell the thread to stop when the attempt is; end it where it does not. */
  #obey(signal: AbortSignal): Disposable {
    const { clock, killAfterMs } = this.#options;
    let timer: Disposable | null = null;
    const stop = (): void => {
      const message: ThreadStop = { stop: packError(signal.reason) };
      this.#channel.port1.postMessage(message);
      timer = after(clock, killAfterMs, () => {
        const doing = `${this.#doing()}: it did not stop within ${killAfterMs} ms of being told to`;
        this.#end(jobkitError("THREAD_FAILED", doing, { cause: signal.reason }));
      });
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    return {
      [Symbol.dispose]: () => {
        signal.removeEventListener("abort", stop);
        timer?.[Symbol.dispose]();
      },
    };
  }

  #over(usedMb: number): void {
    const { memoryMb } = this.#options;
    this.#end(
      jobkitError(
        "THREAD_FAILED",
        `${this.#doing()}: it held ${usedMb} MiB, more than the ${memoryMb} MiB it may`,
      ),
    );
  }

  #end(why: Error): void {
    this.#killed ??= why;
    this.#kill.abort(why);
  }

  #doing(): string {
    return `running ${this.#options.name} in a thread`;
  }
}

function isAnswer(value: unknown): value is ThreadAnswer {
  return typeof value === "object" && value !== null && "threadAnswer" in value;
}
