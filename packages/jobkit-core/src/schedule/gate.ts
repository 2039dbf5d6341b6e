import type { Clock } from "../base/clock.ts";
import { after } from "../run/timer.ts";

/** Where the loop waits. Waking is remembered: what happens while the loop works is seen right after. */
export class Gate {
  readonly #clock: Clock;
  #open = false;
  #pass: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True where somebody called {@link wake} since the last wait. */
  get open(): boolean {
    return this.#open;
  }

  /** End the wait that is going on, or the next one. */
  wake(): void {
    this.#open = true;
    this.#pass?.();
  }

  /**
   * Wait until woken, at most `ms` of monotonic time (Infinity: no limit), then one turn of the event loop:
   * what happens together is seen together, and other work of the process gets its turn.
   */
  async wait(ms: number): Promise<void> {
    if (!this.#open && ms > 0) await this.#closed(ms);
    await this.#clock.sleep(0);
    this.#open = false;
  }

  async #closed(ms: number): Promise<void> {
    let timer: Disposable | null = null;
    await new Promise<void>((resolve) => {
      this.#pass = resolve;
      timer = after(this.#clock, ms, resolve);
    });
    this.#pass = null;
    (timer as Disposable | null)?.[Symbol.dispose]();
  }
}
