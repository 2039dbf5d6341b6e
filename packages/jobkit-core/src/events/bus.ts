/**
 * Counts every event always; builds the event only when somebody listens to its row (or a histogram does).
 *
 * Invariants: `emit` never throws because of a listener or a body, never waits, and costs a lookup and an
 * addition while nobody listens. Durable rows are numbered without holes, transient ones are not
 * numbered. Listeners are called in the order they came, inside `emit`, and all of them see all events
 * in the order of their numbers, even where a listener emits: they only hand on.
 */
import type { Clock } from "../base/clock.ts";
import { fieldsFrom, type Body } from "./body.ts";
import type { AmountName, CountName, EventRow, EventTable, FieldsOf } from "./define.ts";
import type { EventScope, JobEvent } from "./event.ts";
import { FanOut, type Registered } from "./fan-out.ts";
import { RowSeries, type EventSeries } from "./series.ts";
import { jobkitEvents } from "./table.ts";

/**
 * The fields an event is described with: those of its row, none missing and none beyond. (`Given` is what the
 * call site returns. Without it the compiler would widen "done" to a text and let further fields pass.)
 */
export type Described<R extends EventRow, Given> = Given & {
  readonly [K in Exclude<keyof Given, keyof R["fields"]>]: never;
};

/** Emits the rows of one table. Hand this, not the bus, to whoever reports facts. */
export interface Emitter<T extends EventTable> {
  /**
   * Count one occurrence and, if somebody listens, describe it. `body` runs inside the call, at most once:
   * only where a listener wants the row or the row feeds a histogram. It must not emit. Texts longer than
   * 8,192 characters are cut.
   */
  emit<N extends CountName<T>, const Given extends FieldsOf<T[N]>>(
    name: N,
    body: () => Described<T[N], Given>,
    scope?: EventScope,
  ): void;
  /**
   * Add `amount` (in the unit of the row) and, if somebody listens, describe it.
   * @throws RangeError when the amount is negative or not finite: the counter would be spoilt for ever.
   */
  add<N extends AmountName<T>, const Given extends FieldsOf<T[N]>>(
    name: N,
    amount: number,
    body: () => Described<T[N], Given>,
    scope?: EventScope,
  ): void;
}

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

interface Row {
  readonly name: string;
  readonly row: EventRow;
  readonly series: RowSeries | null;
  value: number;
  restored: number;
  /** Replaced, never changed: a delivery under way goes on over the list it began with. */
  listeners: readonly Registered[];
}

/** The one stream of a program: emitters on one side, listeners on the other. Owns no timer and no disk. */
export class EventBus {
  readonly #clock: Clock;
  readonly #rows = new Map<string, Row>();
  readonly #fanOut = new FanOut({
    remove: (registered) => this.#unlist(registered),
    report: (registered, why, removed) => this.#report(registered, why, removed),
  });
  #nextSeq: number;

  /** @throws RangeError when two tables share a name or an id, or `nextSeq` is not a whole number from 1. */
  constructor(options: EventBusOptions) {
    this.#clock = options.clock;
    this.#nextSeq = options.nextSeq ?? 1;
    if (!Number.isSafeInteger(this.#nextSeq) || this.#nextSeq < 1)
      throw new RangeError(`the first event cannot be number ${this.#nextSeq}`);
    const ids = new Set<number>();
    for (const table of [jobkitEvents, ...(options.tables ?? [])] as readonly EventTable[])
      for (const [name, row] of Object.entries(table)) {
        if (this.#rows.has(name)) throw new RangeError(`event ${name}: declared twice`);
        if (ids.has(row.id)) throw new RangeError(`event ${name}: id ${row.id} is taken`);
        ids.add(row.id);
        const series = row.hist === undefined ? null : new RowSeries(name, row);
        this.#rows.set(name, { name, row, series, value: 0, restored: 0, listeners: [] });
      }
  }

  /** The number the last durable event got; one less than the first where there was none yet. */
  get lastSeq(): number {
    return this.#nextSeq - 1;
  }

  /** A typed emitter of one of the tables this bus was built with. */
  emitter<T extends EventTable>(table: T): Emitter<T> {
    for (const name of Object.keys(table))
      if (this.#rows.get(name)?.row !== table[name])
        throw new RangeError(`event ${name}: its table was not given to the bus`);
    return {
      emit: (name, build, scope) => this.#count(name, 1, untyped(build), scope ?? null),
      add: (name, amount, build, scope) => this.#count(name, amount, untyped(build), scope ?? null),
    };
  }

  /** Call `listener` for each event of the wanted rows, from the next one on, until the handle is disposed. */
  listen(options: ListenOptions, listener: EventListener): Disposable {
    const wants = options.rows ?? (() => true);
    const rows = [...this.#rows.values()].filter(({ name, row }) => wants(name, row));
    const registered: Registered = { name: options.name, listener, failures: 0, here: true };
    for (const row of rows) row.listeners = [...row.listeners, registered];
    return { [Symbol.dispose]: () => this.#fanOut.remove(registered) };
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

  /** Every histogram that holds a value: by row, field and job. They go on counting in the caller's hands. */
  histograms(): readonly EventSeries[] {
    const found: EventSeries[] = [];
    for (const { series } of this.#rows.values()) if (series !== null) found.push(...series);
    return found;
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
    return this.#event(row, to, null, { from, to, dropped });
  }

  #row(name: string): Row {
    const row = this.#rows.get(name);
    if (row === undefined) throw new RangeError(`no such event: ${name}`);
    return row;
  }

  #count(
    name: string,
    amount: number,
    build: Body,
    scope: EventScope | null,
    except: Registered | null = null,
  ): void {
    const row = this.#row(name);
    if (!(amount >= 0 && amount < Number.POSITIVE_INFINITY))
      throw new RangeError(`event ${name}: cannot add ${amount}`);
    row.value += amount;
    if (row.row.transient !== true) this.#nextSeq += 1;
    const { listeners, series } = row;
    if (listeners.length === 0 && series === null) return;
    const seq = this.#nextSeq - 1;
    const attrs = fieldsFrom(build);
    series?.record(attrs, scope?.job ?? null);
    if (listeners.length > 0) this.#fanOut.send(this.#event(row, seq, scope, attrs), listeners, except);
  }

  #event(row: Row, seq: number, scope: EventScope | null, attrs: JobEvent["attrs"]): JobEvent {
    return {
      seq,
      ts: this.#clock.now(),
      ev: row.name,
      sev: row.row.sev,
      trace: scope?.trace ?? null,
      span: scope?.span ?? null,
      job: scope?.job ?? null,
      attempt: scope?.attempt ?? null,
      attrs,
    };
  }

  /** Told after the delivery, and to the others only: who fails on its own report would never end. */
  #report(registered: Registered, why: string, removed: boolean): void {
    const attrs = { subscriber: registered.name, why, removed: removed ? "yes" : "no" };
    queueMicrotask(() => this.#count("subscriber.failed", 1, () => attrs, null, registered));
  }

  #unlist(registered: Registered): void {
    for (const row of this.#rows.values())
      if (row.listeners.includes(registered))
        row.listeners = row.listeners.filter((other) => other !== registered);
  }
}

/** The fields of a row are texts and numbers, which its mapped type no longer shows. */
function untyped(build: () => unknown): Body {
  return build as Body;
}
