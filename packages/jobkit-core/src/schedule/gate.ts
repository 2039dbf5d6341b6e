import type { Clock } from "../base/clock.ts";
import type { Alarm, Alarms } from "../run/alarms.ts";

/** The event loop gets a turn at the latest after so many ms, or so many waits, of the scheduler's own work. */
const WORK_MS_MAX = 1;
const WAITS_MAX = 32;

/** Where the loop waits. Waking is remembered: what happens while the loop works is seen right after. */
export class Gate {
  readonly #clock: Clock;
  readonly #alarms: Alarms;
  #open = false;
  /** Ends the wait that is going on. */
  #pass: (() => void) | null = null;
  #alarm: Alarm | null = null;
  /** Monotonic ms at which the last wait began. */
  #beganMs = 0;
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
   * When it opens, at most after `ms` of monotonic time (Infinity: no limit); `null` where it is open. Then
   * {@link pass} it. What wakes it together is seen together: promises that are settled by then have their say
   * first.
   */
  opens(ms: number): Promise<void> | null {
    this.#waits += 1;
    if (this.#open || ms <= 0) return null;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pass = resolve;
    this.#beganMs = this.#clock.monotonic();
    if (ms !== Number.POSITIVE_INFINITY) {
      this.#alarm = { atMs: this.#beganMs + ms, ring: resolve };
      this.#alarms.add(this.#alarm);
    }
    return promise;
  }

  /**
   * Shut it behind oneself. Now and then the event loop gets a turn before, so that other work of the process
   * does; not each time, because that costs as much as several tasks. @returns what to wait for first, or `null`.
   */
  pass(): Promise<void> | null {
    if (this.#pass !== null) this.#opened();
    if (this.#waits >= WAITS_MAX) return this.#letOthers();
    this.#open = false;
    return null;
  }

  #opened(): void {
    this.#pass = null;
    if (this.#alarm !== null) this.#alarms.remove(this.#alarm);
    this.#alarm = null;
    const nowMs = this.#clock.monotonic();
    // Whoever really waited has let the event loop have its turns.
    if (nowMs - this.#beganMs >= WORK_MS_MAX) this.#turned(nowMs);
    else if (nowMs - this.#turnedMs >= WORK_MS_MAX) this.#waits = WAITS_MAX;
  }

  async #letOthers(): Promise<void> {
    await this.#clock.sleep(0);
    this.#turned(this.#clock.monotonic());
    this.#open = false;
  }

  #turned(nowMs: number): void {
    this.#waits = 0;
    this.#turnedMs = nowMs;
  }
}
