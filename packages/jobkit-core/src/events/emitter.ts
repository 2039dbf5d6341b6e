/**
 * The hot path: what reporting a fact costs while nobody listens is decided here. An emitter counts and
 * numbers by itself, and hands on only what somebody wants to see.
 */
import type { Body } from "./body.ts";
import type { BusRow } from "./bus-row.ts";
import type { AmountName, CountName, EventRow, EventTable, FieldsOf } from "./define.ts";
import type { EventScope } from "./event.ts";

/**
 * The fields an event is described with: those of its row, none missing and none beyond. (`Given` is what the
 * call site returns. Without it the compiler would widen "done" to a text and let further fields pass.)
 */
export type Described<R extends EventRow, Given> = Given & {
  readonly [K in Exclude<keyof Given, keyof R["fields"]>]: never;
};

/** Reports facts of one table. Hand this, not the bus, to whoever does so. */
export interface Emitter<T extends EventTable> {
  /**
   * Count one occurrence and, if somebody listens, describe it. `body` runs inside the call, at most once:
   * only where a listener wants the row, or the row has `hist` or `by`. It must not emit. Texts longer than
   * 8,192 characters are cut.
   * @param scope Read inside the call and not kept, `job` for the finer counts of the row, all of it only
   * where an event is really made: its properties may be getters that do some work.
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

/** What a bus hands out: an emitter that also finds rows beforehand. */
export interface TableEmitter<T extends EventTable> extends Emitter<T> {
  /** One row, looked up once: for rows that are reported so often that finding them by name shows. */
  row<N extends CountName<T> | AmountName<T>>(
    name: N,
  ): N extends CountName<T> ? CountHandle<T[N]> : AmountHandle<T[N]>;
}

/** One row that counts occurrences. */
export interface CountHandle<R extends EventRow> {
  /** As {@link Emitter.emit}. */
  emit<const Given extends FieldsOf<R>>(body: () => Described<R, Given>, scope?: EventScope): void;
}

/** One row that counts an amount. */
export interface AmountHandle<R extends EventRow> {
  /** As {@link Emitter.add}. */
  add<const Given extends FieldsOf<R>>(
    amount: number,
    body: () => Described<R, Given>,
    scope?: EventScope,
  ): void;
}

/** What an emitter hands its events on to. */
export interface EmitterTarget {
  /** The number the last durable event got. */
  lastSeq: number;
  /** Somebody wants more of this event than its count. */
  tell(row: BusRow, amount: number, body: Body, scope: EventScope | null): void;
}

/** One row of a bus, whatever the types of its fields: those are checked where it is handed out. */
export class RowHandle {
  readonly #row: BusRow;
  readonly #target: EmitterTarget;

  constructor(row: BusRow, target: EmitterTarget) {
    this.#row = row;
    this.#target = target;
  }

  emit(body: Body, scope?: EventScope): void {
    const row = this.#row;
    row.value += 1;
    if (row.numbered) this.#target.lastSeq += 1;
    if (!row.quiet) this.#target.tell(row, 1, body, scope ?? null);
  }

  add(amount: number, body: Body, scope?: EventScope): void {
    const row = this.#row;
    if (!(amount >= 0 && amount < Number.POSITIVE_INFINITY))
      throw new RangeError(`event ${row.name}: cannot add ${amount}`);
    row.value += amount;
    if (row.numbered) this.#target.lastSeq += 1;
    if (!row.quiet) this.#target.tell(row, amount, body, scope ?? null);
  }
}

/** The rows of a table by name, each with its handle made once. */
export class RowEmitter {
  readonly #handles: ReadonlyMap<string, RowHandle>;

  constructor(handles: ReadonlyMap<string, RowHandle>) {
    this.#handles = handles;
  }

  emit(name: string, body: Body, scope?: EventScope): void {
    this.row(name).emit(body, scope);
  }

  add(name: string, amount: number, body: Body, scope?: EventScope): void {
    this.row(name).add(amount, body, scope);
  }

  row(name: string): RowHandle {
    const handle = this.#handles.get(name);
    if (handle === undefined) throw noSuchEvent(name);
    return handle;
  }
}

/** For a name that no table declares. */
export function noSuchEvent(name: string): RangeError {
  return new RangeError(`no such event: ${name}`);
}
