/**
 * One reader of the event stream at its own pace.
 *
 * The emitter never waits: events queue up to a bound, then the oldest go. Where they were, the reader
 * finds a stream.gap with exact numbers; with a history it finds the events themselves, read again, and a
 * gap only where the history no longer has them. No event comes twice, none out of order.
 */
import { jobkitEvents } from "./table.ts";
import { BoundedQueue } from "../base/bounded-queue.ts";
import type { EventBus } from "./bus.ts";
import type { JobEvent } from "./event.ts";
import type { EventFilter } from "./filter.ts";
import { readRange, type EventHistory } from "./history.ts";

/** Events that wait for a reader, by default. */
export const SUBSCRIPTION_QUEUE_DEFAULT = 4_096;
/** No reader may have more events wait for it. */
export const SUBSCRIPTION_QUEUE_MAX = 1_000_000;

/** What a reader wants, and how much may wait for it. */
export interface SubscribeOptions {
  /** Appears in subscriber.lagged and subscriber.failed. */
  readonly name: string;
  /** Default: every event. */
  readonly filter?: EventFilter;
  /** How many events may wait, 1 to {@link SUBSCRIPTION_QUEUE_MAX}. Default {@link SUBSCRIPTION_QUEUE_DEFAULT}. */
  readonly queueMax?: number;
  /**
   * Begin after the durable event of that number. Default: now. What lies between it and now is read from
   * `history`; without one it is a gap. A number that was not given yet is taken for "now".
   */
  readonly since?: number;
  readonly history?: EventHistory;
  /** Ends the iteration when it aborts, as disposing does. */
  readonly signal?: AbortSignal;
}

/**
 * The events, for one reader. Ends when disposed or aborted, which is also what leaving a `for await` does;
 * it then holds nothing: no listener, no queue, no open history. Rejects only where the history does, and
 * is over then.
 */
export interface Subscription extends AsyncIterableIterator<JobEvent>, Disposable {
  /**
   * What waits now, at most `max` events, for a reader that hands them on in one go; waits for the first.
   * An empty answer means the end.
   */
  nextBatch(max: number): Promise<readonly JobEvent[]>;
}

/**
 * Read the stream of `bus` from now, or from `since`.
 * @throws RangeError when `queueMax` is out of range.
 */
export function subscribe(bus: EventBus, options: SubscribeOptions): Subscription {
  return new BusSubscription(bus, options);
}

/** Events that had to go, since the reader last heard of any. */
interface Loss {
  /** How many, transient ones included. */
  dropped: number;
  /** How many of them were transient: those have no number of their own, and no history has them. */
  transient: number;
  /** First and last number that is missing; the number the first one carried where only transient ones are. */
  from: number;
  to: number;
}

class BusSubscription implements Subscription {
  readonly #bus: EventBus;
  readonly #options: SubscribeOptions;
  readonly #queue: BoundedQueue<JobEvent>;
  readonly #listening: Disposable;
  readonly #abort = (): void => this[Symbol.dispose]();
  #loss: Loss | null = null;
  /** Events lost in this episode of lag; 0 outside of one. */
  #lagged = 0;
  /** Numbers that are to be read from the history before anything of the queue. */
  #replay: AsyncGenerator<JobEvent> | null = null;
  #wake: (() => void) | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #open = true;

  constructor(bus: EventBus, options: SubscribeOptions) {
    const queueMax = options.queueMax ?? SUBSCRIPTION_QUEUE_DEFAULT;
    if (!(queueMax <= SUBSCRIPTION_QUEUE_MAX))
      throw new RangeError(`a subscription of ${queueMax} waiting events`);
    this.#bus = bus;
    this.#options = options;
    this.#queue = new BoundedQueue(queueMax);
    const { filter, name, signal } = options;
    const rows = filter === undefined ? {} : { rows: filter.mayMatch };
    // From here on the queue has everything above lastSeq; the replay brings everything up to it.
    this.#listening = bus.listen({ name, ...rows }, (event) => this.#take(event));
    const since = options.since ?? bus.lastSeq;
    if (since < bus.lastSeq) this.#replay = this.#read(since + 1, bus.lastSeq);
    if (signal?.aborted === true) this.#abort();
    else signal?.addEventListener("abort", this.#abort, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<JobEvent, undefined>> {
    const [event] = await this.nextBatch(1);
    return event === undefined ? { done: true, value: undefined } : { done: false, value: event };
  }

  return(): Promise<IteratorResult<JobEvent, undefined>> {
    this[Symbol.dispose]();
    return Promise.resolve({ done: true, value: undefined });
  }

  nextBatch(max: number): Promise<readonly JobEvent[]> {
    // One after the other, so that two calls at once get different events, in order.
    const answer = this.#turn.then(() => this.#pull(Math.max(1, max)));
    this.#turn = answer.catch(() => {}); // The caller has the error; the next call must go on regardless.
    return answer;
  }

  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    this.#listening[Symbol.dispose]();
    this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#queue.clear();
    this.#loss = null;
    void this.#replay?.return(undefined).catch(() => {}); // Nobody is left to whom its failure would matter.
    this.#replay = null;
    this.#wake?.();
  }

  #take(event: JobEvent): void {
    const { filter } = this.#options;
    if (filter !== undefined && !filter.matches(event)) return;
    const lost = this.#queue.push(event);
    if (lost !== undefined) this.#lose(lost);
    this.#wake?.();
  }

  #lose({ ev, seq }: JobEvent): void {
    const loss = (this.#loss ??= { dropped: 0, transient: 0, from: seq, to: seq });
    const transient = this.#bus.row(ev).transient === true;
    if (!transient) {
      if (loss.dropped === loss.transient) loss.from = seq;
      loss.to = seq;
    }
    loss.dropped += 1;
    loss.transient += transient ? 1 : 0;
    this.#lagged += 1;
    if (this.#lagged > 1) return;
    // Not from inside a delivery: how much was lost is better known once the turn is over.
    queueMicrotask(() => {
      const attrs = { subscriber: this.#options.name, dropped: this.#lagged };
      this.#bus.emitter(jobkitEvents).emit("subscriber.lagged", () => attrs);
    });
  }

  async #pull(max: number): Promise<readonly JobEvent[]> {
    while (this.#open) {
      const replayed = await this.#pullReplay(max);
      if (replayed.length > 0) return replayed;
      const batch = this.#pullQueue(max);
      if (batch.length > 0) return batch;
      if (this.#replay === null && this.#open) await this.#more();
    }
    return [];
  }

  /** From the history while there is something to read there. Resolves with nothing when that is over. */
  async #pullReplay(max: number): Promise<readonly JobEvent[]> {
    const batch: JobEvent[] = [];
    while (this.#replay !== null && batch.length < max) {
      const replay = this.#replay;
      const step = await this.#unlessDisposed(replay.next());
      if (step === null) return [];
      if (step.done !== true) batch.push(step.value);
      else if (this.#replay === replay) this.#replay = null;
    }
    return batch;
  }

  #pullQueue(max: number): JobEvent[] {
    const batch: JobEvent[] = [];
    if (this.#loss !== null) {
      const loss = this.#loss;
      this.#loss = null;
      if (this.#options.history !== undefined && loss.dropped > loss.transient) {
        this.#replay = this.#read(loss.from, loss.to, loss.transient);
        return batch;
      }
      batch.push(this.#bus.markGap(loss.from, loss.to, loss.dropped));
    }
    while (batch.length < max) {
      const event = this.#queue.shift();
      if (event === undefined) break;
      batch.push(event);
    }
    // Half empty is caught up: a reader at the edge is not told of again for every single event.
    if (this.#queue.length <= this.#queue.max / 2) this.#lagged = 0;
    return batch;
  }

  /** The events `from` to `to` from the history, as far as it has them. */
  async *#read(from: number, to: number, transient = 0): AsyncGenerator<JobEvent> {
    const { history, filter } = this.#options;
    if (history === undefined) {
      yield this.#bus.markGap(from, to, to - from + 1);
      return;
    }
    for await (const part of readRange(history, from - 1, to)) {
      if (!("event" in part)) yield this.#bus.markGap(part.from, part.to, part.to - part.from + 1);
      else if (filter === undefined || filter.matches(part.event)) yield part.event;
    }
    if (transient > 0) yield this.#bus.markGap(to, to, transient);
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
    });
  }

  /** The step, or `null` as soon as the subscription is disposed: a history that hangs must not hold us. */
  #unlessDisposed<T>(step: Promise<T>): Promise<T | null> {
    return new Promise((resolve, reject) => {
      this.#wake = () => {
        if (!this.#open) resolve(null);
      };
      step.then(resolve, (error: unknown) => {
        reject(error);
        this[Symbol.dispose]();
      });
    }).finally(() => {
      this.#wake = null;
    }) as Promise<T | null>;
  }
}
