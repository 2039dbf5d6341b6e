/**
 * A lane of worker threads: jobs that compute run in them and leave the event loop free.
 *
 * Promises: an attempt has a thread to itself; a thread that exits, throws where nobody catches, grows over its
 * bound or does not stop takes only its own attempt with it, and another one takes its place. What it does not
 * promise: threads share the process. One that allocates faster than it can be watched ends the process, so
 * work that is not trusted belongs into a process of its own (docs/adr/0007-thread-pool-library.md).
 */
import type { Clock } from "../base/clock.ts";
import type { Json } from "../base/json.ts";
import { oneLine } from "../base/one-line.ts";
import { describeError } from "../base/errors.ts";
import type { Emitter } from "../events/emitter.ts";
import type { JobkitEvents } from "../events/table.ts";
import { defineJob, type Job, type JobContext, type JobDefinition } from "../job/job.ts";
import { Pool } from "../pool/pool.ts";
import { ThreadAttempt } from "./thread-attempt.ts";
import type { ThreadFunction } from "./thread-function.ts";
import { loadThreads, type OpenThread } from "./thread-pool.ts";
import { ThreadSlot } from "./thread-slot.ts";

/** What a lane of threads is made of. */
export interface ThreadsOptions {
  /** Group of lanes of its jobs; declare it with `size` lanes. */
  readonly lane: string;
  /** Threads, at least 1. They are started when they are first needed. */
  readonly size: number;
  /** The module whose exports run in the threads: `new URL("./hashing.ts", import.meta.url)`. */
  readonly file: URL;
  readonly events: Emitter<JobkitEvents>;
  readonly clock: Clock;
  /** Replace a thread after so many tasks: what it leaks goes with it. Default Infinity. */
  readonly recycleAfter?: number;
  /** End a thread whose heap and buffers were seen above so many MiB. Looked at ten times a second. Default Infinity. */
  readonly memoryMb?: number;
  /** A thread that has not stopped so many ms after the attempt was told to is ended. Default 1,000. */
  readonly killAfterMs?: number;
}

/** The exports of a module that run in threads. */
export type ThreadName<Module> = {
  [Name in keyof Module & string]: Module[Name] extends ThreadFunction<never, unknown> ? Name : never;
}[keyof Module & string];

/** What an export takes. */
export type InputOf<F> = F extends ThreadFunction<infer Input, unknown> ? Input : never;

/** A job whose work is an export of the module. */
export type ThreadJobDefinition<Input, Name extends string> = Omit<JobDefinition<Input>, "run" | "lane"> & {
  readonly export: Name;
};

const KILL_AFTER_MS = 1_000;
/** A thread that cannot be ended (it happens, in loops without a check for interrupts) is left behind after so long. */
const CLOSE_MAX_MS = 5_000;

/**
 * Open a lane of threads. It owns them: close it after the scheduler.
 * @example
 * import type * as hashing from "./hashing.ts";
 * await using threads = await openThreads<typeof hashing>({ lane: "cpu", size: 2, file, events, clock });
 * const job = threads.job({ name: "hash-file", doc: "…", input: schema, export: "hash" });
 * @throws LIBRARY_MISSING where piscina is not installed; RangeError when a number is out of range.
 */
export async function openThreads<Module>(options: ThreadsOptions): Promise<Threads<Module>> {
  return new Threads<Module>(options, await loadThreads(options.lane));
}

/** A lane of worker threads, made by {@link openThreads}. Close it after the scheduler. */
export class Threads<Module> implements AsyncDisposable {
  readonly lane: string;
  readonly size: number;
  readonly #options: ThreadsOptions;
  readonly #places: Pool;
  readonly #slots: readonly ThreadSlot[];
  /** The last one to come back is the first to go: few threads are started where few are needed. */
  readonly #free: ThreadSlot[];
  readonly #ending = new Set<Promise<void>>();
  #closed = false;

  /** Use {@link openThreads}. */
  constructor(options: ThreadsOptions, open: OpenThread) {
    const { lane, size, recycleAfter = 1, memoryMb = 1, killAfterMs = 0 } = options;
    if (!(recycleAfter >= 1 && memoryMb >= 1 && killAfterMs >= 0))
      throw new RangeError(
        `threads of lane ${lane}: recycleAfter and memoryMb are from 1, killAfterMs from 0`,
      );
    this.lane = lane;
    this.size = size;
    this.#options = options;
    this.#places = new Pool(lane, size);
    this.#slots = Array.from({ length: size }, () => new ThreadSlot(open, (error) => this.#lost(error)));
    this.#free = [...this.#slots];
  }

  /**
   * A job whose work is an export of the module, typed by it.
   * @throws RangeError as `defineJob`, and where the job's grace period ends before its thread would be ended.
   */
  job<Name extends ThreadName<Module>>(
    definition: ThreadJobDefinition<InputOf<Module[Name]>, Name>,
  ): Job<InputOf<Module[Name]>> {
    const { export: name, ...rest } = definition;
    const job = defineJob({ ...rest, lane: this.lane, run: (context) => this.run(name, context) });
    if (job.graceMs <= this.#killAfterMs)
      throw new RangeError(
        `job ${job.name}: a graceMs of ${job.graceMs} ends before its thread does, at ${this.#killAfterMs} ms`,
      );
    return job;
  }

  /**
   * Run an export in a thread, for a job that does more than that.
   * @returns what it returned. @throws what it threw; THREAD_FAILED when its thread was lost; signal.reason
   * when the attempt's signal aborted and the thread had to be ended; POOL_CLOSED.
   */
  async run<Name extends ThreadName<Module>>(
    name: Name,
    context: Pick<
      JobContext<InputOf<Module[Name]>>,
      "input" | "attempt" | "labels" | "signal" | "progress" | "note" | "warn"
    >,
  ): Promise<Json> {
    using _place = await this.#places.acquire(1, context.signal);
    const slot = this.#free.pop() as ThreadSlot;
    try {
      const { file, clock, memoryMb } = this.#options;
      const attempt = new ThreadAttempt({
        slot,
        filename: file.href,
        name,
        context,
        clock,
        memoryMb: memoryMb ?? Number.POSITIVE_INFINITY,
        killAfterMs: this.#killAfterMs,
        onLost: (error) => this.#lost(error),
      });
      return await attempt.run();
    } finally {
      this.#recycle(slot);
      this.#free.push(slot);
    }
  }

  /** End every thread. Calls that still run fail with THREAD_FAILED. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#places[Symbol.dispose]();
    for (const slot of this.#slots) this.#end(slot);
    await Promise.all(this.#ending);
  }

  get #killAfterMs(): number {
    return this.#options.killAfterMs ?? KILL_AFTER_MS;
  }

  #recycle(slot: ThreadSlot): void {
    const { calls } = slot;
    if (calls < (this.#options.recycleAfter ?? Number.POSITIVE_INFINITY)) return;
    this.#end(slot);
    this.#options.events.emit("thread.recycled", () => ({ lane: this.lane, tasks: calls }));
  }

  #end(slot: ThreadSlot): void {
    const ending = this.#ended(slot).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  async #ended(slot: ThreadSlot): Promise<void> {
    const stop = new AbortController();
    const late = this.#options.clock.sleep(CLOSE_MAX_MS, stop.signal).catch(() => {
      // The thread ended first, and nobody waits for the sleep any more.
    });
    await Promise.race([slot.end(), late]);
    stop.abort();
  }

  #lost(error: unknown): void {
    // Whoever closes the lane ends the threads: that is no news.
    if (this.#closed) return;
    const why = oneLine(describeError(error).message);
    this.#options.events.emit("thread.lost", () => ({ lane: this.lane, why }));
  }
}
