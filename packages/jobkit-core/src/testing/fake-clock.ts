import type { Clock } from "../base/clock.ts";

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** 2026-01-01T00:00:00Z: any fixed date would do, a plausible one reads better in failures. */
const START_MS = 1_767_225_600_000;
/** So many turns without coming to rest is a loop that never ends, not work. */
const TURNS_MAX = 100_000;

/**
 * A clock that moves only when told to. Sleepers wake in due order, of equals the oldest first, and
 * each sees its own due time. It waits for promises and for `sleep(0)`, not for real files or sockets.
 */
export class FakeClock implements Clock {
  #monotonicMs = 0;
  #wallOffsetMs: number;
  /** Sorted by due time; of equals the older first. */
  #sleepers: Sleeper[] = [];
  #turning = 0;

  /** @param startMs wall time in ms since 1970 at which it begins. Default: the first instant of 2026. */
  constructor(startMs: number = START_MS) {
    this.#wallOffsetMs = startMs;
  }

  now(): number {
    return this.#wallOffsetMs + this.#monotonicMs;
  }

  monotonic(): number {
    return this.#monotonicMs;
  }

  /** Sleepers that wait now: 0 after everything was closed, or something leaks a timer. */
  get pending(): number {
    return this.#sleepers.length + this.#turning;
  }

  /** Ms until the next sleeper is due; `null` where nobody sleeps. */
  get nextDueMs(): number | null {
    const first = this.#sleepers[0];
    return first === undefined ? null : first.dueMs - this.#monotonicMs;
  }

  /** 0 ms or less: one turn of the event loop, without moving the clock. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const leave = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason as Error);
      };
      const wake = (): void => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const sleeper: Sleeper = { dueMs: this.#monotonicMs + ms, wake };
      signal?.addEventListener("abort", leave, { once: true });
      if (ms > 0) this.#sleepers.splice(this.#placeOf(sleeper.dueMs), 0, sleeper);
      else this.#turn(wake);
    });
  }

  /** Move `ms` forward, stopping at each due sleeper and letting everything it starts come to rest. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#monotonicMs + ms;
    for (;;) {
      await this.settle();
      const next = this.#sleepers[0];
      if (next === undefined || next.dueMs > endMs) break;
      this.#sleepers.shift();
      this.#monotonicMs = Math.max(this.#monotonicMs, next.dueMs);
      next.wake();
    }
    this.#monotonicMs = Math.max(this.#monotonicMs, endMs);
    await this.settle();
  }

  /** Move the wall clock alone, in either direction, as a person or a time server does. Wakes nobody. */
  jump(ms: number): void {
    this.#wallOffsetMs += ms;
  }

  /** Let everything that can run without time passing run. @throws RangeError when it never comes to rest. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < TURNS_MAX; turns += 1) {
      await nextTurn();
      if (this.#turning === 0) return;
    }
    throw new RangeError(`fake clock: not at rest after ${TURNS_MAX} turns of the event loop`);
  }

  #turn(wake: () => void): void {
    this.#turning += 1;
    setImmediate(() => {
      this.#turning -= 1;
      wake();
    });
  }

  #placeOf(dueMs: number): number {
    let low = 0;
    let high = this.#sleepers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sleepers[middle]?.dueMs ?? Number.POSITIVE_INFINITY) <= dueMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A macrotask turn is the only fence after which every runnable promise callback has run. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
