/** Everything a bus says, kept for a test to look at and to wait for. */
import type { EventBus } from "../events/bus.ts";
import { eventProblems } from "../events/check.ts";
import type { EventTable } from "../events/define.ts";
import type { JobEvent } from "../events/event.ts";

/** So many events are kept by default; the oldest go first. */
export const RECORDED_DEFAULT = 100_000;

interface Waiter {
  readonly name: string;
  readonly where: (event: JobEvent) => boolean;
  readonly grant: (event: JobEvent) => void;
}

/** Listens to every row of a bus from its making to its disposal. */
export class Recorder implements Disposable {
  readonly #max: number;
  readonly #listening: Disposable;
  readonly #seen = new Set<string>();
  readonly #problems: string[] = [];
  #events: JobEvent[] = [];
  /** Events that had to go from the front of the list. */
  #dropped = 0;
  /** Number (from the first event recorded) up to which `next` has answered. */
  #answered = 0;
  #waiters: Waiter[] = [];

  constructor(bus: EventBus, options: { readonly name?: string; readonly max?: number } = {}) {
    this.#max = options.max ?? RECORDED_DEFAULT;
    this.#listening = bus.listen({ name: options.name ?? "recorder" }, (event) => {
      this.#problems.push(...eventProblems(event, bus.row(event.ev)));
      this.#record(event);
    });
  }

  /** What was recorded and is still kept, in order. */
  get events(): readonly JobEvent[] {
    return this.#events;
  }

  /** How many events had to go because more than `max` came. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Events whose fields did not fit their row, in words. A sound program has none. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** The names of all rows that were ever emitted here: the tally for {@link assertNoDeadRows}. */
  get seen(): ReadonlySet<string> {
    return this.#seen;
  }

  /** The names of the events, in order, with repetitions. */
  names(): readonly string[] {
    return this.#events.map(({ ev }) => ev);
  }

  /** The events of one row, in order. */
  of(name: string): readonly JobEvent[] {
    return this.#events.filter(({ ev }) => ev === name);
  }

  /**
   * The first event of that row (for which `where` holds) after the one that `next` answered with before:
   * one that came in the meantime, or else the one to come. So a test that calls it in a row reads the
   * stream in order, and nothing is missed between two calls.
   * @throws signal.reason when `signal` aborts.
   */
  next(
    name: string,
    where: (event: JobEvent) => boolean = () => true,
    signal?: AbortSignal,
  ): Promise<JobEvent> {
    const from = Math.max(0, this.#answered - this.#dropped);
    const at = this.#events.findIndex((event, index) => index >= from && event.ev === name && where(event));
    const found = this.#events[at];
    if (found !== undefined) {
      this.#answered = this.#dropped + at + 1;
      return Promise.resolve(found);
    }
    return this.#wait(name, where, signal);
  }

  /** Forget what was recorded, but for the tally. `next` waits for what comes from here on. */
  clear(): void {
    this.#dropped += this.#events.length;
    this.#answered = this.#dropped;
    this.#events = [];
  }

  /** Hear nothing more; whoever waits is not answered. */
  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
    this.#waiters = [];
  }

  #record(event: JobEvent): void {
    this.#events.push(event);
    this.#seen.add(event.ev);
    // Cutting a tenth at a time keeps the cost of a full recorder constant per event.
    if (this.#events.length > this.#max * 1.1) this.#dropped += this.#cut();
    const waiter = this.#waiters.find(({ name, where }) => name === event.ev && where(event));
    if (waiter === undefined) return;
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    this.#answered = this.#dropped + this.#events.length;
    waiter.grant(event);
  }

  #cut(): number {
    return this.#events.splice(0, this.#events.length - this.#max).length;
  }

  #wait(name: string, where: Waiter["where"], signal: AbortSignal | undefined): Promise<JobEvent> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        name,
        where,
        grant: (event) => {
          signal?.removeEventListener("abort", leave);
          resolve(event);
        },
      };
      if (signal?.aborted === true) leave();
      else {
        signal?.addEventListener("abort", leave, { once: true });
        this.#waiters.push(waiter);
      }
    });
  }
}

/**
 * Refuse rows that nobody emits: a row without a call site is a promise to readers that nothing keeps.
 * @param seen Names of the rows that were emitted, for example {@link Recorder.seen} of a whole suite.
 * @throws Error naming the dead rows. Obsolete rows are dead on purpose.
 */
export function assertNoDeadRows(table: EventTable, seen: Iterable<string>): void {
  const alive = new Set(seen);
  const dead = Object.entries(table).filter(([name, row]) => row.obsolete !== true && !alive.has(name));
  if (dead.length > 0) throw new Error(`rows that nobody emits: ${dead.map(([name]) => name).join(", ")}`);
}
