import type { Clock } from "../base/clock.ts";
import type { Alarms } from "../run/alarms.ts";

/** Where the loop waits. Waking is remembered: what happens while the loop works is seen right after. */
export class Gate {
  readonly #clock: Clock;
  readonly #alarms: Alarms;
  #open = false;
  #hurried = false;
  #pass: (() => void) | null = null;

  constructor(clock: Clock, alarms: Alarms) {
    this.#clock = clock;
    this.#alarms = alarms;
  }

  /** True where somebody woke it since the last wait. */
  get open(): boolean {
    return this.#open;
  }

  /** End the wait that is going on, or the next one. */
  wake(): void {
    this.#open = true;
    this.#pass?.();
  }

  /**
   * The same without the turn of the event loop where somebody really waits: who submits to an idle scheduler
   * is served in the same turn, so that a store can put adding and claiming into one commit.
   */
  hurry(): void {
    this.#hurried = this.#pass !== null;
    this.wake();
  }

  /**
   * Wait until woken, at most `ms` of monotonic time (Infinity: no limit), then one turn of the event loop:
   * what happens together is seen together, and other work of the process gets its turn.
   */
  async wait(ms: number): Promise<void> {
    if (!this.#open && ms > 0) await this.#closed(ms);
    if (this.#hurried) this.#hurried = false;
    else await this.#clock.sleep(0);
    this.#open = false;
  }

  async #closed(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pass = resolve;
    const alarm = { atMs: this.#clock.monotonic() + ms, ring: resolve };
    if (ms !== Number.POSITIVE_INFINITY) this.#alarms.add(alarm);
    await promise;
    this.#pass = null;
    this.#alarms.remove(alarm);
  }
}
