import type { Clock } from "../base/clock.ts";
import type { Alarms } from "../run/alarms.ts";

/** The event loop gets a turn at the latest after so many ms, or so many waits, of the scheduler's own work. */
const WORK_MS_MAX = 1;
const WAITS_MAX = 32;

/** Where the loop waits. Waking is remembered: what happens while the loop works is seen right after. */
export class Gate {
  readonly #clock: Clock;
  readonly #alarms: Alarms;
  #open = false;
  #pass: (() => void) | null = null;
  /** When, in monotonic ms, and how many waits ago the event loop had its last turn. */
  #turnedMs = Number.NEGATIVE_INFINITY;
  #waits = 0;

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
   * Wait until woken, at most `ms` of monotonic time (Infinity: no limit). What wakes it together is seen
   * together: promises that are settled by now have their say first. Now and then the event loop gets a turn,
   * so that other work of the process does; not each time, because that costs as much as several tasks.
   */
  async wait(ms: number): Promise<void> {
    this.#waits += 1;
    if (!this.#open && ms > 0) await this.#closed(ms);
    if (this.#waits >= WAITS_MAX) {
      await this.#clock.sleep(0);
      this.#turned(this.#clock.monotonic());
    }
    this.#open = false;
  }

  async #closed(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pass = resolve;
    const beganMs = this.#clock.monotonic();
    const alarm = { atMs: beganMs + ms, ring: resolve };
    if (ms !== Number.POSITIVE_INFINITY) this.#alarms.add(alarm);
    await promise;
    this.#pass = null;
    this.#alarms.remove(alarm);
    const nowMs = this.#clock.monotonic();
    // Whoever really waited has let the event loop have its turns.
    if (nowMs - beganMs >= WORK_MS_MAX) this.#turned(nowMs);
    else if (nowMs - this.#turnedMs >= WORK_MS_MAX) this.#waits = WAITS_MAX;
  }

  #turned(nowMs: number): void {
    this.#waits = 0;
    this.#turnedMs = nowMs;
  }
}
