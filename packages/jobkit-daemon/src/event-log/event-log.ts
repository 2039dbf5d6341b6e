/**
 * The durable event stream: every numbered event, in order, in segments of JSON lines.
 *
 * What must stay true:
 * - `append` never throws because of the disk and never waits. Events of one turn go out in one write, in a
 *   microtask that runs before anything that awaits goes on: killing the process afterwards loses none.
 * - Numbers in the log grow by one. Where they cannot, a gap line says which are missing; a reader that finds
 *   a hole without one (a deleted or damaged file) says so itself. Events of a turn that a killed process never
 *   wrote leave no hole: nobody outside has seen them, and the next life gives their numbers out again. This
 *   needs the log to be the first listener of its bus.
 * - While the disk refuses, the newest events wait in a bounded ring, and it is tried again by itself.
 * - Nothing is ever renamed: a reader that holds a file holds the right one.
 */
import type { Clock, EventBus, JobEvent } from "jobkit-core";
import { daemonError } from "../errors.ts";
import { Backlog } from "./backlog.ts";
import { formatEventLine, formatHeader, type LogOrigin } from "./format.ts";
import { gatherBatch } from "./gather-batch.ts";
import { systemError, type LogFact } from "./log-fact.ts";
import type { LogLimits } from "./log-limits.ts";
import { systemLogDisk, type LogDisk } from "./log-disk.ts";
import type { OpenSegment } from "./open-segment.ts";
import { readLog } from "./read-log.ts";
import { Shelf, type ShelfState } from "./shelf.ts";
import { SyncTimer } from "./sync-timer.ts";

/** What {@link openEventLog} needs. */
export interface EventLogOptions {
  /** `<data>/events`; made where absent. Its owner is this log alone, under the lock of the data folder. */
  readonly folder: string;
  readonly origin: LogOrigin;
  readonly clock: Clock;
  readonly limits: () => LogLimits;
  /** Default: the disk of this machine. */
  readonly disk?: LogDisk;
  /** Told once for each episode. May emit events. Default: nobody. */
  readonly report?: (fact: LogFact) => void;
}

/** How the log is. */
export interface EventLogState {
  /** The last event that was taken. */
  readonly lastSeq: number;
  /** The last event that the operating system has. */
  readonly writtenSeq: number;
  /** Events that wait for the disk. */
  readonly waiting: number;
  /** Events that this life of the log will never have. */
  readonly dropped: number;
  /** Why the disk refuses, or `null` where it does not. */
  readonly failing: { readonly code: string; readonly why: string } | null;
}

interface Trouble {
  readonly sinceMs: number;
  readonly droppedBefore: number;
  readonly code: string;
  readonly why: string;
  /** What was written to the last segment may be lost: go on in another file. */
  readonly elsewhere: boolean;
}

/** So much waits at most until the end of a turn; more is written at once. */
const TURN_CHARACTERS = 64 * 1024;

/**
 * Open the log in `folder` and cut off a line that was never finished.
 * @throws LOG_UNREADABLE where the folder or its last segment cannot be read: then the next number is not known.
 */
export function openEventLog(options: EventLogOptions): EventLog {
  const shelf = new Shelf(options.folder, options.disk ?? systemLogDisk);
  try {
    return new EventLog(options, shelf, shelf.openLast());
  } catch (error) {
    throw daemonError("LOG_UNREADABLE", `opening the event log in ${options.folder}`, { cause: error });
  }
}

/** Made by {@link openEventLog}. Close it last of all that emits. */
export class EventLog implements AsyncDisposable {
  /** Bytes of a line that the last life never finished; cut off when this log was opened. */
  readonly healedBytes: number;
  readonly #options: EventLogOptions;
  readonly #shelf: Shelf;
  readonly #backlog = new Backlog();
  readonly #syncTimer: SyncTimer;
  readonly #closing = new AbortController();
  /** Segments on their way to being closed. */
  readonly #retiring = new Set<Promise<void>>();
  #segment: OpenSegment | null;
  #headerDue = true;
  #lastSeq: number;
  #writtenSeq: number;
  #turnScheduled = false;
  #errorWaits = false;
  #trouble: Trouble | null = null;
  #pruneFailed = false;

  constructor(options: EventLogOptions, shelf: Shelf, state: ShelfState) {
    this.#options = options;
    this.#shelf = shelf;
    this.#segment = state.segment;
    this.#lastSeq = state.lastSeq;
    this.#writtenSeq = state.lastSeq;
    this.healedBytes = state.healedBytes;
    this.#syncTimer = new SyncTimer(options.clock, () => this.#sync());
    this.#prune();
  }

  /** The last number that was taken; a bus goes on with the next one. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  get state(): EventLogState {
    const { code, why } = this.#trouble ?? { code: "", why: "" };
    return {
      lastSeq: this.#lastSeq,
      writtenSeq: this.#writtenSeq,
      waiting: this.#backlog.length,
      dropped: this.#backlog.dropped,
      failing: this.#trouble === null ? null : { code, why },
    };
  }

  /**
   * Take every numbered event of `bus` until disposed. Be its first listener: then an event is written before
   * anybody else who waits for a turn can act on it.
   * @throws RangeError when the bus would give numbers out again: build it with `nextSeq: lastSeq + 1`.
   */
  listenTo(bus: EventBus): Disposable {
    if (bus.lastSeq < this.#lastSeq)
      throw new RangeError(`event log: the bus is at ${bus.lastSeq}, the log already has ${this.#lastSeq}`);
    return bus.listen({ name: "event-log", rows: (_, row) => row.transient !== true }, (event) =>
      this.append(event),
    );
  }

  /** Take one numbered event. One that is not newer than the last is ignored, as is any after closing. */
  append(event: JobEvent): void {
    if (event.seq <= this.#lastSeq || this.#closing.signal.aborted) return;
    const { lineBytes, ringBytes } = this.#options.limits();
    this.#lastSeq = event.seq;
    this.#backlog.push({ seq: event.seq, ts: event.ts, text: formatEventLine(event, lineBytes) });
    if (event.sev === "error") this.#errorWaits = true;
    if (this.#trouble !== null) this.#backlog.trim(ringBytes);
    else if (this.#backlog.characters >= TURN_CHARACTERS) this.flush();
    else this.#scheduleTurn();
  }

  /** Hand everything that waits to the operating system now. Never throws because of the disk. */
  flush(): void {
    if (this.#trouble !== null || this.#closing.signal.aborted) return;
    try {
      this.#writeOut();
    } catch (error) {
      this.#fail(error, false);
    }
  }

  /** The same, and force it to the disk without the event loop: for the last words of a process. */
  flushToDisk(): void {
    this.flush();
    try {
      this.#segment?.syncNow();
    } catch (error) {
      this.#fail(error, true);
    }
  }

  /**
   * Everything taken so far with a number above `sinceSeq`, gaps told; also what the disk did not take yet.
   * @throws LOG_UNREADABLE.
   */
  read(sinceSeq: number): AsyncGenerator<JobEvent, void, undefined> {
    const flush = (): number => {
      this.flush();
      return this.#writtenSeq;
    };
    const { folder } = this.#options;
    const log = { folder, untilSeq: this.#lastSeq, flush, waiting: () => this.#backlog.list() };
    return readLog(log, sinceSeq);
  }

  /** Write what waits, force it to the disk, close. A disk that still refuses is told once more and left. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return;
    if (this.#trouble === null) this.flush();
    else this.#tryAgain();
    this.#closing.abort();
    await this.#syncTimer.stop();
    if (this.#segment !== null) this.#retire(this.#segment);
    this.#segment = null;
    await Promise.all(this.#retiring);
  }

  /** A microtask runs before anything that awaits goes on, so what is said to the outside is written first. */
  #scheduleTurn(): void {
    if (this.#turnScheduled) return;
    this.#turnScheduled = true;
    queueMicrotask(() => {
      this.#turnScheduled = false;
      this.flush();
    });
  }

  #writeOut(): void {
    const limits = this.#options.limits();
    while (this.#backlog.length > 0) this.#writeBatch(this.#segmentToFill(limits), limits);
    if (this.#segment?.dirty !== true) return;
    this.#syncTimer.within(this.#errorWaits ? 0 : limits.syncMs);
    this.#errorWaits = false;
  }

  #segmentToFill({ segmentBytes }: LogLimits): OpenSegment {
    if (this.#segment !== null && this.#segment.bytes < segmentBytes) return this.#segment;
    if (this.#segment !== null) this.#retire(this.#segment);
    this.#segment = null;
    this.#segment = this.#shelf.begin(this.#writtenSeq + 1);
    this.#headerDue = true;
    this.#prune();
    return this.#segment;
  }

  #writeBatch(segment: OpenSegment, { segmentBytes }: LogLimits): void {
    const { clock, origin } = this.#options;
    const moment = { wallMs: clock.now(), monotonicMs: clock.monotonic() };
    const { text, lastSeq, taken } = gatherBatch(this.#backlog, {
      header: this.#headerDue ? formatHeader(origin, this.#writtenSeq + 1, moment) : "",
      segmentBytes: segment.bytes,
      segmentBytesMax: segmentBytes,
      writtenSeq: this.#writtenSeq,
    });
    segment.append(text);
    this.#headerDue = false;
    this.#writtenSeq = lastSeq;
    this.#backlog.take(taken);
  }

  async #sync(): Promise<void> {
    const segment = this.#segment;
    if (segment === null) return;
    try {
      await segment.sync();
      if (segment === this.#segment && !segment.isLinked()) throw new Error(`${segment.path} was deleted`);
    } catch (error) {
      this.#fail(error, segment === this.#segment);
    }
  }

  /** Go over to the backlog until the disk accepts again. Told once. */
  #fail(error: unknown, elsewhere: boolean): void {
    if (this.#trouble !== null) return;
    const { code, why } = systemError(error);
    const sinceMs = this.#options.clock.monotonic();
    this.#trouble = { sinceMs, droppedBefore: this.#backlog.dropped, code, why, elsewhere };
    if (this.#segment !== null) this.#track(this.#segment.abandon());
    this.#segment = null;
    this.#backlog.trim(this.#options.limits().ringBytes);
    this.#tell({ kind: "failed", code, why });
    this.#retryLater();
  }

  #retryLater(): void {
    const { clock, limits } = this.#options;
    void clock.sleep(limits().retryMs, this.#closing.signal).then(
      () => this.#tryAgain(),
      () => {
        // Closed: closing tried once more by itself.
      },
    );
  }

  /** Look where the log really ends, and go on from there. */
  #tryAgain(): void {
    const trouble = this.#trouble;
    if (trouble === null || this.#closing.signal.aborted) return;
    try {
      this.#reopen(trouble);
      this.#writeOut();
    } catch {
      // Told when it began; the reason may change, the state does not.
      if (this.#segment !== null) this.#track(this.#segment.abandon());
      this.#segment = null;
      this.#retryLater();
      return;
    }
    this.#trouble = null;
    const failedMs = this.#options.clock.monotonic() - trouble.sinceMs;
    this.#tell({ kind: "recovered", failedMs, dropped: this.#backlog.dropped - trouble.droppedBefore });
  }

  #reopen({ elsewhere }: Trouble): void {
    const state = this.#shelf.openLast();
    // What was cut off is what the disk refused half of; its event still waits, so there is nothing to tell.
    this.#writtenSeq = Math.max(this.#writtenSeq, state.lastSeq);
    this.#backlog.takeThrough(this.#writtenSeq);
    this.#segment = state.segment;
    if (!elsewhere || state.segment === null) return;
    this.#segment = null;
    this.#track(state.segment.abandon());
  }

  #prune(): void {
    const { clock, limits } = this.#options;
    const { totalBytes, segmentBytes, ageMs } = limits();
    try {
      // The newest segment may grow to its own limit, so that much is kept free for it.
      const closedBytes = Math.max(0, totalBytes - segmentBytes);
      const pruned = this.#shelf.prune({ closedBytes, oldestMs: clock.now() - ageMs });
      if (pruned.segments > 0) this.#tell({ kind: "pruned", ...pruned });
      this.#pruneFailed = false;
    } catch (error) {
      // Too much history is no reason to stop writing it; said once until it works again.
      if (!this.#pruneFailed) this.#tell({ kind: "failed", ...systemError(error) });
      this.#pruneFailed = true;
    }
  }

  /** Force to the disk and close, beside the work that goes on. */
  #retire(segment: OpenSegment): void {
    const finishing = segment
      .finish()
      .catch((error: unknown) => this.#tell({ kind: "failed", ...systemError(error) }));
    this.#track(finishing);
  }

  #track(work: Promise<void>): void {
    const tracked: Promise<void> = work
      .catch(() => {
        // Closing a descriptor that was given up: its error was told when it was given up.
      })
      .finally(() => this.#retiring.delete(tracked));
    this.#retiring.add(tracked);
  }

  #tell(fact: LogFact): void {
    const { report } = this.#options;
    if (report !== undefined) queueMicrotask(() => report(fact));
  }
}
