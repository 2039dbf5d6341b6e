/** How events are called in Prometheus: snake_case, base units, the unit in the name. */
import type { EventRow, EventUnit } from "../events/define.ts";

/** Bounds of the buckets of a histogram, in the unit of its values. All are powers of two: counts are exact. */
const BOUNDS: Readonly<Record<EventUnit, readonly number[]>> = {
  ms: powersOfTwo(0, 22, 1), // A millisecond to an hour and ten minutes.
  bytes: powersOfTwo(8, 40, 2), // 256 bytes to a tebibyte.
  tokens: powersOfTwo(0, 24, 2),
  count: powersOfTwo(0, 12, 1),
};

/** A measure of an event, as Prometheus wants it. */
export interface PrometheusMeasure {
  /** Without the namespace. */
  readonly name: string;
  /** A value of the bus divided by this is in the base unit. */
  readonly divisor: number;
}

/** The counter of a row: `task.finished` is `task_finished_total`. */
export function counterMeasure(ev: string, unit: EventUnit): PrometheusMeasure {
  const base = unit === "count" ? snakeCase(ev) : withUnit(snakeCase(ev), unit);
  return { name: `${base}_total`, divisor: divisorOf(unit) };
}

/** The histogram of a field: `ranMs` of `task.finished` is `task_finished_ran_seconds`. */
export function histogramMeasure(ev: string, field: string, unit: EventUnit): PrometheusMeasure {
  const own = snakeCase(unit === "ms" ? field.replace(/Ms$/, "") : field);
  return { name: withUnit(`${snakeCase(ev)}_${own}`, unit), divisor: divisorOf(unit) };
}

/** The bounds of the buckets of a histogram, in the unit of its values. */
export function bucketBounds(unit: EventUnit): readonly number[] {
  return BOUNDS[unit];
}

/** A name of a row or a field as part of a name of Prometheus. */
export function snakeCase(name: string): string {
  return name
    .replaceAll(".", "_")
    .replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    .replaceAll(/[^a-z0-9_]/g, "_");
}

/** The sentence of a histogram: that of its row, and which of its fields it is about. */
export function histogramHelp(row: EventRow, field: string, unit: EventUnit): string {
  return `${row.doc} The field ${field}${unit === "ms" ? ", in seconds" : ""}.`;
}

function withUnit(name: string, unit: EventUnit): string {
  const suffix = { ms: "_seconds", bytes: "_bytes", tokens: "_tokens", count: "" }[unit];
  return name.endsWith(suffix) ? name : `${name}${suffix}`;
}

function divisorOf(unit: EventUnit): number {
  return unit === "ms" ? 1000 : 1;
}

function powersOfTwo(first: number, last: number, step: number): readonly number[] {
  const count = Math.floor((last - first) / step) + 1;
  return Array.from({ length: count }, (_, at) => 2 ** (first + at * step));
}
