/**
 * Waits for the disk on behalf of those whose transactions are committed but not yet durable, so that the next
 * transaction can be made meanwhile. One wait answers for all that was committed before it began. See
 * docs/adr/0008-own-sync.md. Must stay true: nobody is answered before a wait that began after his commit has
 * succeeded; and after one that failed nobody is ever answered well again, because the kernel may have dropped
 * what it could not write, and would call the next wait a success.
 */
import type { Clock } from "jobkit-core";
import type { LogFile } from "./log-file.ts";

/** Told with `null` when the disk has it, or with why it never will. */
export type SyncAnswer = (fault: unknown) => void;

/** A wait of at most so many ms is shorter than two switches between threads are worth. */
const SHORT_MS = 0.5;
/** One of so many ms is not a matter of luck: the disk has turned slow. */
const SLOW_MS = 5;
/** A short wait earns one point of trust, up to so many; one that is not costs two, a slow one all. */
const TRUST_MAX = 8;
const TRUST_LOST = 2;
/** With so much of it the next wait is made on this thread. */
const TRUSTED = 4;

/** Shares waits for one log among those who ask. */
export class LogSync {
  readonly #file: LogFile;
  readonly #clock: Clock;
  #asked: SyncAnswer[] = [];
  #running: Promise<void> | null = null;
  #trust = 0;
  #fault: { readonly error: unknown } | null = null;

  constructor(file: LogFile, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
  }

  /** True where nobody waits: all that was committed is on disk, or never will be. */
  get idle(): boolean {
    return this.#running === null;
  }

  /**
   * Be told when all that is committed now is on disk.
   * @param beside true where there is something to do meanwhile: then the wait is never made on this thread.
   */
  ask(answer: SyncAnswer, beside = false): void {
    if (this.#fault !== null) answer(this.#fault.error);
    else if (!beside && this.#running === null && this.#trust >= TRUSTED) this.#waitHere(answer);
    else {
      this.#asked.push(answer);
      this.#running ??= this.#run();
    }
  }

  /** Answer all that was asked before, then let go of the file. */
  async close(): Promise<void> {
    await this.#running;
    this.#file[Symbol.dispose]();
  }

  #waitHere(answer: SyncAnswer): void {
    const startedAtMs = this.#clock.monotonic();
    try {
      this.#file.syncNow();
    } catch (error) {
      this.#fault = { error };
    }
    this.#measure(startedAtMs);
    answer(this.#fault?.error ?? null);
  }

  async #run(): Promise<void> {
    while (this.#asked.length > 0) {
      const answers = this.#asked;
      this.#asked = [];
      const startedAtMs = this.#clock.monotonic();
      try {
        // Those who come now wait for the next: their frames may not be part of this one.
        if (this.#fault === null) await this.#file.sync();
      } catch (error) {
        this.#fault = { error };
      }
      this.#measure(startedAtMs);
      for (const answer of answers) answer(this.#fault?.error ?? null);
    }
    this.#running = null;
  }

  #measure(startedAtMs: number): void {
    const ms = this.#clock.monotonic() - startedAtMs;
    if (ms <= SHORT_MS) this.#trust = Math.min(TRUST_MAX, this.#trust + 1);
    else this.#trust = ms >= SLOW_MS ? 0 : Math.max(0, this.#trust - TRUST_LOST);
  }
}
