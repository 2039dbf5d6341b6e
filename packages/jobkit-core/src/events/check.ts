import type { EventRow } from "./define.ts";
import type { JobEvent } from "./event.ts";

/**
 * What is wrong with the fields of an event by its row, in words; empty where nothing is. Types hold this
 * inside one program; an event from a log or a wire, or from a cast, is only proven by this.
 */
export function eventProblems(event: Pick<JobEvent, "ev" | "attrs">, row: EventRow): readonly string[] {
  const problems: string[] = [];
  for (const [name, field] of Object.entries(row.fields)) {
    const value = Object.hasOwn(event.attrs, name) ? event.attrs[name] : undefined;
    const text = field.kind === "id" || field.kind === "label" || field.kind === "text";
    if (value === undefined) problems.push(`${event.ev}: ${name} is missing`);
    else if (typeof value !== (text ? "string" : "number"))
      problems.push(`${event.ev}: ${name} is not a ${text ? "text" : "number"}`);
    else if (field.values !== undefined && !field.values.includes(String(value)))
      problems.push(`${event.ev}: ${name} is none of ${field.values.join(", ")}`);
  }
  for (const name of Object.keys(event.attrs))
    if (!Object.hasOwn(row.fields, name)) problems.push(`${event.ev}: ${name} is not a field of it`);
  return problems;
}
