import type { EventRow, EventTable } from "../events/define.ts";

/** One enumerant of the wire. */
export interface WireEvent {
  /** Name of the row. */
  readonly ev: string;
  /** The same in camelCase, as schemas want it. */
  readonly name: string;
  /** Dense from 1, in the order of the ids; for jobkit's own table it is the id. 0 is a row not known here. */
  readonly ordinal: number;
  readonly row: EventRow;
}

/**
 * The rows of a table as an enum of the wire. Ids are dense and never reused, so ordinals never move: a reader
 * of an older table meets ordinals it does not know, never one that means something else.
 * @throws RangeError when two names are the same in camelCase.
 */
export function wireEvents(table: EventTable): readonly WireEvent[] {
  const rows = Object.entries(table).toSorted(([, a], [, b]) => a.id - b.id);
  const firstId = rows[0]?.[1].id ?? 1;
  const seen = new Map<string, string>();
  return rows.map(([ev, row]) => {
    const name = camelCase(ev);
    const twin = seen.get(name);
    if (twin !== undefined) throw new RangeError(`event ${ev}: on the wire it is ${name}, as ${twin} is`);
    seen.set(name, ev);
    return { ev, name, ordinal: row.id - firstId + 1, row };
  });
}

/**
 * The rows of a table as a Cap'n Proto enum, to be put into a schema file.
 * @param name In PascalCase.
 */
export function eventsCapnpEnum(table: EventTable, name: string): string {
  const enumerants = wireEvents(table).map(
    (event) => `  ${event.name} @${event.ordinal};\n${commented(sentence(event.row))}`,
  );
  return [
    `enum ${name} {`,
    "  # Generated from the table of events. Append only: an ordinal is never reused.",
    "",
    `  unknown @0;\n${commented("A row that the sender has and this schema has not.")}`,
    ...enumerants,
    "}\n",
  ].join("\n");
}

function sentence(row: EventRow): string {
  return row.obsolete === true ? `Obsolete. ${row.doc}` : row.doc;
}

/** A comment belongs to the declaration above it; one that goes on after a line end must say so again. */
function commented(text: string): string {
  return text
    .split(/\s*[\r\n]+\s*/)
    .map((line) => `  # ${line}`)
    .join("\n");
}

function camelCase(ev: string): string {
  return ev
    .split(".")
    .map((part, at) => (at === 0 ? part : part.charAt(0).toUpperCase() + part.slice(1)))
    .join("");
}
