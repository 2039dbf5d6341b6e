/** Which waiting events a newer one replaces: the request of a reader, as keys of events. */
import type { EventRow } from "./define.ts";
import type { KeyOf } from "./coalescing-queue.ts";

/**
 * `true`: of every transient row, by its first field of kind id (the task, mostly), or by job where it has none.
 * Or by name of row, the field whose value tells what is the same thing.
 */
export type Coalesce = true | { readonly rows: Readonly<Record<string, string>> };

/**
 * The key of an event within its row; `null` for one that is never replaced.
 * @throws RangeError for a row that does not exist or is durable, or a field that it does not have: a durable
 * event has a number that a reader would miss.
 */
export function coalesceKeys(
  wanted: Coalesce,
  rowOf: (name: string) => EventRow,
  names: readonly string[],
): KeyOf {
  const fields = wanted === true ? ownFields(rowOf, names) : chosenFields(wanted.rows, rowOf);
  return ({ ev, job, attrs }) => {
    const field = fields.get(ev);
    if (field === undefined) return null;
    return field === null ? (job ?? "") : (attrs[field] ?? "");
  };
}

function ownFields(
  rowOf: (name: string) => EventRow,
  names: readonly string[],
): ReadonlyMap<string, string | null> {
  const transient = names.filter((name) => rowOf(name).transient === true);
  return new Map(
    transient.map((name) => {
      const found = Object.entries(rowOf(name).fields).find(([, { kind }]) => kind === "id");
      return [name, found?.[0] ?? null];
    }),
  );
}

function chosenFields(
  rows: Readonly<Record<string, string>>,
  rowOf: (name: string) => EventRow,
): ReadonlyMap<string, string | null> {
  for (const [name, field] of Object.entries(rows)) {
    const row = rowOf(name);
    if (row.transient !== true) throw new RangeError(`event ${name}: only transient rows are coalesced`);
    if (!Object.hasOwn(row.fields, field))
      throw new RangeError(`event ${name}: ${field} is not a field of it`);
  }
  return new Map(Object.entries(rows));
}
