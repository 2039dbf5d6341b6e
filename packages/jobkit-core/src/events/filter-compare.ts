import { assertNever } from "../base/never.ts";
import { severities, type Severity } from "./define.ts";
import type { FilterOperator, FilterTerm } from "./filter-ast.ts";
import { filterNumber } from "./filter-number.ts";

/** Judges one value against one term; `null` is a value that is not there. */
export type Compare = (value: string | number | null) => boolean;

/** The comparison of a term. What is not there equals nothing: `=` is false of it, `!=` true, an order false. */
export function comparison({ field, op, value, pattern }: FilterTerm): Compare {
  if (field === "sev") {
    const wanted = severities.indexOf(value as Severity);
    return (given) => ordered(severities.indexOf(given as Severity), op, wanted);
  }
  const number = filterNumber(value);
  if (op === "=" || op === "!=") {
    const text = pattern ? matcher(value) : (given: string) => given === value;
    const equals: Compare = (given) =>
      given !== null &&
      (typeof given === "number" && number !== null ? given === number : text(String(given)));
    return op === "=" ? equals : (given) => !equals(given);
  }
  return (given) => typeof given === "number" && number !== null && ordered(given, op, number);
}

function ordered(a: number, op: FilterOperator, b: number): boolean {
  switch (op) {
    case "=":
      return a === b;
    case "!=":
      return a !== b;
    case ">=":
      return a >= b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case "<":
      return a < b;
    default:
      return assertNever(op);
  }
}

/** `*` as any text. Greedy over the literal parts from the left, so that the cost never backtracks. */
function matcher(pattern: string): (text: string) => boolean {
  const parts = pattern.split("*");
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  const middle = parts.slice(1, -1).filter((part) => part !== "");
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
      return false;
    let at = first.length;
    for (const part of middle) {
      const found = text.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return at <= text.length - last.length;
  };
}
