import type { OneThread, OpenThread, PoolThread } from "./thread-pool.ts";

/** One call into a thread. */
export interface ThreadCall {
  readonly filename: string;
  /** The export to call. */
  readonly name: string;
  readonly request: unknown;
  /** What is handed over instead of copied. */
  readonly transfer: readonly unknown[];
  /** Ends the thread. */
  readonly kill: AbortSignal;
}

/** How a call ended: it was answered; or it was not, and the thread is gone or still there. */
export type CallEnd =
  | { readonly kind: "answered"; readonly answer: unknown }
  | { readonly kind: "refused" | "lost"; readonly error: unknown };

/** A place for one thread at a time: started when it is first needed, replaced when it ends. */
export class ThreadSlot {
  readonly #open: OpenThread;
  readonly #onEnd: (error: unknown) => void;
  #pool: OneThread | null = null;
  #calls = 0;

  /** @param onEnd hears of a thread that ended while it had nothing to do. */
  constructor(open: OpenThread, onEnd: (error: unknown) => void) {
    this.#open = open;
    this.#onEnd = onEnd;
  }

  /** Calls that this thread has answered. */
  get calls(): number {
    return this.#calls;
  }

  /** The thread that is there now. */
  get thread(): PoolThread | undefined {
    return this.#pool?.threads[0];
  }

  /** One at a time. Never rejects. */
  async call({ filename, name, request, transfer, kill }: ThreadCall): Promise<CallEnd> {
    this.#pool ??= this.#open((error) => this.#ended(error));
    const { thread } = this;
    try {
      const options = { filename, name, transferList: transfer as never[], signal: kill };
      const answer = await this.#pool.run(request, options);
      this.#calls += 1;
      return { kind: "answered", answer };
    } catch (error) {
      // The library rejects alike for a thread that is gone and for a call that never reached one.
      const lost = this.thread !== thread;
      if (lost) this.#calls = 0;
      return { kind: lost ? "lost" : "refused", error };
    }
  }

  #ended(error: unknown): void {
    this.#calls = 0;
    this.#onEnd(error);
  }

  /** End the thread; the next call starts a new one. Resolves when it has ended. */
  async end(): Promise<void> {
    const pool = this.#pool;
    this.#pool = null;
    this.#calls = 0;
    await pool?.destroy();
  }
}
