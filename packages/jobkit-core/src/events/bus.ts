/**
 * Counts every event always; builds the event only when somebody listens to its row (or a histogram does).
 *
 * Invariants: `emit` never throws because of a listener or a body, never waits, and costs a lookup and an
 * addition while nobody listens. Durable rows are numbered without holes, transient ones are not
 * numbered. Listeners are called in the order they came, inside `emit`, and all of them see all events
 * in the order of their numbers, even where a listener emits: they only hand on.
 */
import type { Clock } from "../base/clock.ts";
import { hasFailed } from "./body.ts";
import { BusRow } from "./bus-row.ts";
import type { EventRow, EventTable, LiveName } from "./define.ts";
import { noSuchEvent, RowEmitter, RowHandle, type TableEmitter } from "./emitter.ts";
import type { EventOf, JobEvent } from "./event.ts";
import { FanOut, type Registered } from "./fan-out.ts";
import type { EventSeries, LabelledCount } from "./series.ts";
import { EventStream } from "./stream.ts";
import { jobkitEvents } from "./table.ts";

/** One counter of the table, as it stands now. */
export interface Counter {
  readonly name: string;
  readonly id: number;
  readonly unit: EventRow["unit"];
  /** What earlier processes counted (see {@link EventBus.restore}) included. */
  readonly value: number;
  /** What this process counted. */
  readonly sinceStart: number;
  readonly doc: string;
}

/** A reader inside the process. Must be quick and must not block. */
export type EventListener = (event: JobEvent) => void;

/** Which rows a listener wants: by name and row, decided once when it comes. */
export type RowFilter = (name: string, row: EventRow) => boolean;

/** How a listener wants to hear. */
export interface ListenOptions {
  /** Appears in subscriber.failed. */
  readonly name: string;
  /** Default: every row. */
  readonly rows?: RowFilter;
}

/** What a bus is made of. */
export interface EventBusOptions {
  readonly clock: Clock;
  /** Tables of the application beside jobkit's own. */
  readonly tables?: readonly EventTable[];
  /** The number of the next durable event; continue after the last one of the log. Default 1. */
  readonly nextSeq?: number;
}

/** The one stream of a program: emitters on one side, listeners on the other. Owns no timer and no disk. */
export class EventBus {
  readonly #rows = new Map<string, BusRow>();
  readonly #fanOut = new FanOut({
    remove: (registered) => this.#unlist(registered),
    report: (registered, why, removed) => this.#report(registered, why, removed),
  });
  readonly #stream: EventStream;

  /** @throws RangeError when two tables share a name or an id, or `nextSeq` is not a whole number from 1. */
  constructor({ clock, tables = [], nextSeq = 1 }: EventBusOptions) {
    if (!Number.isSafeInteger(nextSeq) || nextSeq < 1)
      throw new RangeError(`the first event cannot be number ${nextSeq}`);
    this.#stream = new EventStream(clock, this.#fanOut, nextSeq - 1);
    const ids = new Set<number>();
    for (const table of [jobkitEvents, ...tables] as readonly EventTable[])
      for (const [name, row] of Object.entries(table)) {
        if (this.#rows.has(name)) throw new RangeError(`event ${name}: declared twice`);
        if (ids.has(row.id)) throw new RangeError(`event ${name}: id ${row.id} is taken`);
        ids.add(row.id);
        this.#rows.set(name, new BusRow(name, row));
      }
  }

  /** The number the last durable event got; one less than the first where there was none yet. */
  get lastSeq(): number {
    return this.#stream.lastSeq;
  }

  /** A typed emitter of one of the tables this bus was built with. */
  emitter<T extends EventTable>(table: T): TableEmitter<T> {
    const handles = new Map<string, RowHandle>();
    for (const name of Object.keys(table)) {
      const row = this.#rows.get(name);
      if (row === undefined || row.row !== table[name]) throw foreignTable(name);
      handles.set(name, new RowHandle(row, this.#stream));
    }
    return new RowEmitter(handles) as unknown as TableEmitter<T>;
  }

  /** Call `listener` for each event of the wanted rows, from the next one on, until the handle is disposed. */
  listen(options: ListenOptions, listener: EventListener): Disposable {
    const wants = options.rows ?? (() => true);
    const registered: Registered = { name: options.name, listener, failures: 0, here: true };
    for (const row of this.#rows.values())
      if (wants(row.name, row.row)) row.listen([...row.listeners, registered]);
    return { [Symbol.dispose]: () => this.#fanOut.remove(registered) };
  }

  /**
   * Hear one row, typed by its table: `attrs` has the fields of the row. An event whose body failed has not,
   * and is passed over.
   * @throws RangeError where the table was not given to the bus.
   */
  on<T extends EventTable, N extends LiveName<T>>(
    table: T,
    ev: N,
    listener: (event: EventOf<T, N>) => void,
  ): Disposable {
    if (this.#rows.get(ev)?.row !== table[ev]) throw foreignTable(ev);
    return this.listen({ name: `on ${ev}`, rows: (name) => name === ev }, (event) => {
      if (!hasFailed(event.attrs)) listener(event as EventOf<T, N>);
    });
  }

  /** Every counter, by id. */
  counters(): readonly Counter[] {
    return [...this.#rows.values()]
      .map(({ name, row, value, restored }) => ({
        name,
        id: row.id,
        unit: row.unit,
        value,
        sinceStart: value - restored,
        doc: row.doc,
      }))
      .toSorted((a, b) => a.id - b.id);
  }

  /** One counter's value. @throws RangeError for a name no table declares. */
  count(name: string): number {
    return this.#row(name).value;
  }

  /** The finer counters: by job and labels, of every row with `hist` or `by` that was emitted. Since the start. */
  labelledCounts(): readonly LabelledCount[] {
    return [...this.#rows.values()].flatMap(({ series }) => series?.counts() ?? []);
  }

  /** Every histogram that holds a value: by row, field, job and labels. They go on counting in the caller's hands. */
  histograms(): readonly EventSeries[] {
    return [...this.#rows.values()].flatMap(({ series }) => series?.series() ?? []);
  }

  /** Add what an earlier process counted. Names that no longer exist are ignored: their rows are gone. */
  restore(counts: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(counts)) {
      const row = this.#rows.get(name);
      if (row === undefined || !Number.isFinite(value) || value <= 0) continue;
      row.value += value;
      row.restored += value;
    }
  }

  /** The names of all rows, by table. */
  names(): readonly string[] {
    return [...this.#rows.keys()];
  }

  /** The row of a name. @throws RangeError for a name no table declares. */
  row(name: string): EventRow {
    return this.#row(name).row;
  }

  /**
   * Count and build the marker of a loss, for the stream of the one reader that lost something. Nobody else
   * sees it. Numbers `from` to `to` are missing there; `dropped` counts transient events too.
   */
  markGap(from: number, to: number, dropped: number): JobEvent {
    const row = this.#row("stream.gap");
    row.value += 1;
    return this.#stream.event(row, to, null, { from, to, dropped });
  }

  #row(name: string): BusRow {
    const row = this.#rows.get(name);
    if (row === undefined) throw noSuchEvent(name);
    return row;
  }

  /** Told after the delivery, and to the others only: who fails on its own report would never end. */
  #report(registered: Registered, why: string, removed: boolean): void {
    const attrs = { subscriber: registered.name, why, removed: removed ? "yes" : "no" };
    queueMicrotask(() => this.#stream.tellOthers(this.#row("subscriber.failed"), attrs, registered));
  }

  #unlist(registered: Registered): void {
    for (const row of this.#rows.values())
      if (row.listeners.includes(registered))
        row.listen(row.listeners.filter((other) => other !== registered));
  }
}

function foreignTable(name: string): RangeError {
  return new RangeError(`event ${name}: its table was not given to the bus`);
}
