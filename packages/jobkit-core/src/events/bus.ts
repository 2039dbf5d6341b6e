/**
 * Counts every event always; builds the event only when somebody listens to its row.
 *
 * Invariants: `emit` never throws because of a listener, never waits, and costs a lookup and an
 * addition while nobody listens. Durable rows are numbered without holes, transient ones are not
 * numbered. Listeners are called in the order they came, inside `emit`: they only hand on.
 */
import type { Clock } from "../base/clock.ts";
import { describeError } from "../base/errors.ts";
import type { AmountName, CountName, EventRow, EventTable, FieldsOf } from "./define.ts";
import type { EventScope, JobEvent } from "./event.ts";
import { jobkitEvents } from "./table.ts";

/** Emits the rows of one table. Hand this, not the bus, to whoever reports facts. */
export interface Emitter<T extends EventTable> {
  /** Count one occurrence and, if somebody listens, describe it. `body` runs at most once, inside the call. */
  emit<N extends CountName<T>>(name: N, body: () => FieldsOf<T[N]>, scope?: EventScope): void;
  /** Add `amount` (in the unit of the row) and, if somebody listens, describe it. */
  add<N extends AmountName<T>>(name: N, amount: number, body: () => FieldsOf<T[N]>, scope?: EventScope): void;
}

/** One counter of the table, as it stands now. */
export interface Counter {
  readonly name: string;
  readonly id: number;
  readonly unit: EventRow["unit"];
  readonly value: number;
  readonly doc: string;
}

/** A reader inside the process. Must be quick and must not block. */
export type EventListener = (event: JobEvent) => void;

/** Which rows a listener wants: by name and row, decided once when it comes. */
export type RowFilter = (name: string, row: EventRow) => boolean;

export interface ListenOptions {
  /** Appears in subscriber.failed. */
  readonly name: string;
  /** Default: every row. */
  readonly rows?: RowFilter;
}

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
  value: number;
  listeners: readonly Registered[];
}

interface Registered {
  readonly name: string;
  readonly rows: RowFilter;
  readonly listener: EventListener;
  failures: number;
}

const LISTENER_FAILURES_MAX = 10;

export class EventBus {
  readonly #clock: Clock;
  readonly #rows = new Map<string, Row>();
  readonly #registered = new Set<Registered>();
  #nextSeq: number;

  /** @throws RangeError when two tables share a name or an id. */
  constructor(options: EventBusOptions) {
    this.#clock = options.clock;
    this.#nextSeq = options.nextSeq ?? 1;
    const ids = new Set<number>();
    for (const table of [jobkitEvents, ...(options.tables ?? [])] as readonly EventTable[])
      for (const [name, row] of Object.entries(table)) {
        if (this.#rows.has(name)) throw new RangeError(`event ${name}: declared twice`);
        if (ids.has(row.id)) throw new RangeError(`event ${name}: id ${row.id} is taken`);
        ids.add(row.id);
        this.#rows.set(name, { name, row, value: 0, listeners: [] });
      }
  }

  /** The number the last durable event got; one less than the first where there was none yet. */
  get lastSeq(): number {
    return this.#nextSeq - 1;
  }

  /** A typed emitter of one of the tables this bus was built with. */
  emitter<T extends EventTable>(table: T): Emitter<T> {
    for (const name of Object.keys(table))
      if (!this.#rows.has(name)) throw new RangeError(`event ${name}: its table was not given to the bus`);
    const body = (build: () => unknown) => build as () => Record<string, string | number>;
    return {
      emit: (name, build, scope) => this.#count(name, 1, body(build), scope),
      add: (name, amount, build, scope) => this.#count(name, amount, body(build), scope),
    };
  }

  /** Call `listener` for each event of the wanted rows until the handle is disposed. */
  listen(options: ListenOptions, listener: EventListener): Disposable {
    const registered: Registered = { name: options.name, rows: options.rows ?? (() => true), listener, failures: 0 };
    this.#registered.add(registered);
    this.#relist();
    return { [Symbol.dispose]: () => this.#remove(registered) };
  }

  /** Every counter, by id. */
  counters(): readonly Counter[] {
    return [...this.#rows.values()]
      .map(({ name, row, value }) => ({ name, id: row.id, unit: row.unit, value, doc: row.doc }))
      .toSorted((a, b) => a.id - b.id);
  }

  /** One counter's value. @throws RangeError for a name no table declares. */
  count(name: string): number {
    return this.#row(name).value;
  }

  /** Add what an earlier process counted. Names that no longer exist are ignored. */
  restore(counts: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(counts)) {
      const row = this.#rows.get(name);
      if (row !== undefined && Number.isFinite(value) && value > 0) row.value += value;
    }
  }

  /** The row of a name. @throws RangeError for a name no table declares. */
  row(name: string): EventRow {
    return this.#row(name).row;
  }

  #row(name: string): Row {
    const row = this.#rows.get(name);
    if (row === undefined) throw new RangeError(`no such event: ${name}`);
    return row;
  }

  #count(
    name: string,
    amount: number,
    build: () => Record<string, string | number>,
    scope: EventScope | undefined,
  ): void {
    const row = this.#row(name);
    row.value += amount;
    const durable = row.row.transient !== true;
    if (durable) this.#nextSeq += 1;
    if (row.listeners.length === 0) return;
    const event: JobEvent = {
      seq: this.#nextSeq - 1,
      ts: this.#clock.now(),
      ev: name,
      sev: row.row.sev,
      trace: scope?.trace ?? null,
      span: scope?.span ?? null,
      job: scope?.job ?? null,
      attempt: scope?.attempt ?? null,
      attrs: build(),
    };
    for (const registered of row.listeners) this.#deliver(registered, event);
  }

  #deliver(registered: Registered, event: JobEvent): void {
    try {
      registered.listener(event);
      registered.failures = 0;
    } catch (error) {
      registered.failures += 1;
      const removed = registered.failures >= LISTENER_FAILURES_MAX;
      if (removed) this.#remove(registered);
      // The report goes to the others only: a listener that fails on its own report would never end.
      queueMicrotask(() => this.#reportFailure(registered, removed, describeError(error).message));
    }
  }

  #reportFailure(registered: Registered, removed: boolean, why: string): void {
    const wasHere = this.#registered.delete(registered);
    this.#relist();
    this.#count(
      "subscriber.failed",
      1,
      () => ({ subscriber: registered.name, why, removed: removed ? "yes" : "no" }),
      undefined,
    );
    if (wasHere && !removed) {
      this.#registered.add(registered);
      this.#relist();
    }
  }

  #remove(registered: Registered): void {
    if (this.#registered.delete(registered)) this.#relist();
  }

  #relist(): void {
    for (const row of this.#rows.values())
      row.listeners = [...this.#registered].filter((one) => one.rows(row.name, row.row));
  }
}
