import type { Coalesce } from "./coalesce.ts";
import type { JobEvent } from "./event.ts";
import type { EventFilter } from "./filter.ts";
import type { EventHistory } from "./history.ts";

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
  /**
   * Of transient events about the same thing that wait for the reader, keep the newest alone; it waits at the
   * place of its own arrival, so that the order stays that of the emitter. What was replaced is counted in
   * `coalesced` and is no loss: no gap tells of it, and a gap for the newest counts one event. Durable events
   * are never replaced. Default: nothing is.
   */
  readonly coalesce?: Coalesce;
  /** Ends the iteration when it aborts, as disposing does. */
  readonly signal?: AbortSignal;
}

/**
 * The events, for one reader. Ends when disposed or aborted, which is also what leaving a `for await` does;
 * it then holds nothing: no listener, no queue, no open history. Rejects only where the history does, and
 * is over then.
 */
export interface Subscription extends AsyncIterableIterator<JobEvent>, Disposable {
  /** How many events wait now. */
  readonly waiting: number;
  /** How many events were dropped so far because the reader was too slow. */
  readonly dropped: number;
  /** How many waiting events were replaced so far by newer ones of the same thing. */
  readonly coalesced: number;
  /**
   * What waits now, at most `max` events, for a reader that hands them on in one go; waits for the first.
   * An empty answer means the end.
   */
  nextBatch(max: number): Promise<readonly JobEvent[]>;
}
