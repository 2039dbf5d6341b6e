/**
 * One reader of the event stream at its own pace.
 *
 * The emitter never waits: events queue up to a bound, then the oldest go. Where they were, the reader
 * finds a stream.gap with exact numbers; with a history it finds the events themselves, read again, and a
 * gap only where the history no longer has them. No event comes twice, none out of order.
 *
 * A reader that only wants to know how things stand may ask to have waiting transient events replaced by
 * newer ones of the same thing. Those are merged, not lost: there is no gap for them.
 */
import { jobkitEvents } from "./table.ts";
import { BoundedQueue } from "../base/bounded-queue.ts";
import type { EventBus } from "./bus.ts";
import { coalesceKeys } from "./coalesce.ts";
import { CoalescingQueue } from "./coalescing-queue.ts";
import type { JobEvent } from "./event.ts";
import { readRange } from "./history.ts";
import {
  SUBSCRIPTION_QUEUE_DEFAULT,
  SUBSCRIPTION_QUEUE_MAX,
  type SubscribeOptions,
  type Subscription,
} from "./subscription-options.ts";

/**
 * Read the stream of `bus` from now, or from `since`.
 * @throws RangeError when `queueMax` is out of range or `coalesce` names what cannot be coalesced.
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

/** Events on their way to a reader. */
type EventQueue = Pick<BoundedQueue<JobEvent>, "max" | "length" | "push" | "shift" | "clear"> & {
  readonly coalesced?: number;
};

class BusSubscription implements Subscription {
  readonly #bus: EventBus;
  readonly #options: SubscribeOptions;
  readonly #queue: EventQueue;
  readonly #listening: Disposable;
  readonly #abort = (): void => this[Symbol.dispose]();
  #loss: Loss | null = null;
  #dropped = 0;
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
    const { filter, name, signal, coalesce } = options;
    this.#queue =
      coalesce === undefined
        ? new BoundedQueue(queueMax)
        : new CoalescingQueue(
            queueMax,
            coalesceKeys(coalesce, (row) => bus.row(row), bus.names()),
          );
    const rows = filter === undefined ? {} : { rows: filter.mayMatch };
    // From here on the queue has everything above lastSeq; the replay brings everything up to it.
    this.#listening = bus.listen({ name, ...rows }, (event) => this.#take(event));
    const since = options.since ?? bus.lastSeq;
    if (since < bus.lastSeq) this.#replay = this.#read(since + 1, bus.lastSeq);
    if (signal?.aborted === true) this.#abort();
    else signal?.addEventListener("abort", this.#abort, { once: true });
  }

  get waiting(): number {
    return this.#queue.length;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get coalesced(): number {
    return this.#queue.coalesced ?? 0;
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
    this.#dropped += 1;
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
