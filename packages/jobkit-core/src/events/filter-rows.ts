/** What a filter says of a row before any event of it has happened, in three values. */
import { assertNever } from "../base/never.ts";
import type { EventRow } from "./define.ts";
import type { FilterNode, FilterTerm } from "./filter-ast.ts";
import { comparison } from "./filter-compare.ts";

/** What a row promises of all events that have its fields. */
type Promised = "always" | "never" | "maybe";

/** Judges a row. */
export type RowPredicate = (name: string, row: EventRow) => Promised;

/** A filter as a judge of rows. Never "never" for a row one of whose events would pass. */
export function compileRows(node: FilterNode): RowPredicate {
  switch (node.kind) {
    case "term":
      return compileRowTerm(node);
    case "not": {
      const inner = compileRows(node.of);
      return (name, row) => opposite(inner(name, row));
    }
    case "and": {
      const inner = node.of.map(compileRows);
      return (name, row) =>
        join(
          inner.map((one) => one(name, row)),
          "never",
          "always",
        );
    }
    case "or": {
      const inner = node.of.map(compileRows);
      return (name, row) =>
        join(
          inner.map((one) => one(name, row)),
          "always",
          "never",
        );
    }
    default:
      return assertNever(node);
  }
}

function compileRowTerm(term: FilterTerm): RowPredicate {
  const compare = comparison(term);
  if (term.field === "ev") return (name) => sure(compare(name));
  if (term.field === "sev") return (_, row) => sure(compare(row.sev));
  if (term.field !== "attr") return () => "maybe";
  return (_, row) => {
    if (!Object.hasOwn(row.fields, term.attr)) return sure(compare(null));
    const values = row.fields[term.attr]?.values;
    if (values === undefined) return "maybe";
    const held = values.filter((value) => compare(value)).length;
    return held === 0 ? "never" : held === values.length ? "always" : "maybe";
  };
}

function opposite(promised: Promised): Promised {
  return promised === "maybe" ? "maybe" : promised === "always" ? "never" : "always";
}

function join(all: readonly Promised[], decides: Promised, neutral: Promised): Promised {
  if (all.includes(decides)) return decides;
  return all.includes("maybe") ? "maybe" : neutral;
}

function sure(held: boolean): Promised {
  return held ? "always" : "never";
}
