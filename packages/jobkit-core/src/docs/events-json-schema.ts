import type { Json } from "../base/json.ts";
import { assertNever } from "../base/never.ts";
import type { EventRow, EventTable, Field } from "../events/define.ts";

/** Fields of the envelope that are a text, or `null` outside of a task. */
const textOrNull: Json = { type: ["string", "null"] };

/**
 * The JSON Schema (draft 2020-12) of one line of the event stream: the envelope, and by `ev` the fields of
 * each row. Rows that are not in `table` are allowed: a stream may carry those of other programs.
 */
export function eventsJsonSchema(table: EventTable, title = "Event"): Json {
  const names = Object.keys(table);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title,
    type: "object",
    required: ["seq", "ts", "ev", "sev", "trace", "span", "job", "attempt", "attrs"],
    properties: {
      seq: { type: "integer", minimum: 0 },
      ts: { type: "number", description: "Wall time in ms since 1970." },
      ev: { type: "string", pattern: "^[a-z][a-z0-9]*(\\.[a-z][a-zA-Z0-9]*)+$" },
      sev: { enum: ["trace", "info", "warn", "error"] },
      trace: textOrNull,
      span: textOrNull,
      job: textOrNull,
      attempt: { type: ["integer", "null"], minimum: 1 },
      attrs: { type: "object", additionalProperties: { type: ["string", "number"] } },
    },
    allOf: names.map((name) => ({
      anyOf: [
        { properties: { ev: { not: { const: name } } } },
        { properties: { attrs: { $ref: `#/$defs/${name}` } } },
      ],
    })),
    $defs: Object.fromEntries(Object.entries(table).map(([name, row]) => [name, eventAttrsSchema(row)])),
  };
}

/** The JSON Schema of the `attrs` of one row. */
export function eventAttrsSchema(row: EventRow): { readonly [key: string]: Json } {
  return {
    type: "object",
    description: row.doc,
    required: Object.keys(row.fields),
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.entries(row.fields).map(([name, field]) => [name, fieldSchema(field)]),
    ),
  };
}

function fieldSchema({ kind, values }: Field<unknown>): Json {
  if (values !== undefined) return { enum: values };
  switch (kind) {
    case "id":
    case "label":
    case "text":
      return { type: "string" };
    case "count":
    case "bytes":
    case "tokens":
      return { type: "number", description: kind === "count" ? "A whole number." : `In ${kind}.` };
    case "ms":
      return { type: "number", description: "In ms." };
    default:
      return assertNever(kind);
  }
}
