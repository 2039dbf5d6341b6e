/**
 * Event filters: which events a reader wants, as text, as a tree, and as two functions. `matches` judges
 * one event; `mayMatch` judges a row before anything of it has happened, so that rows no filter can
 * match are never even described. Always: `matches(event)` implies `mayMatch(name, row)`.
 */
import { jobkitError } from "../base/error-table.ts";
import { assertNever } from "../base/never.ts";
import { suggestion } from "../base/suggest.ts";
import type { RowFilter } from "./bus.ts";
import type { JobEvent } from "./event.ts";
import { printFilter, type FilterNode, type FilterTerm } from "./filter-ast.ts";
import { comparison } from "./filter-compare.ts";
import { parseFilter } from "./filter-parse.ts";
import { compileRows } from "./filter-rows.ts";

/** A filter ready for use. */
export interface EventFilter {
  /** The canonical text. */
  readonly text: string;
  readonly node: FilterNode;
  /** Does the event pass? A gap marker is judged like any event; whoever drops it tells no more of the loss. */
  readonly matches: (event: JobEvent) => boolean;
  /** Could any event of this row pass? The event must have the fields of its row. */
  readonly mayMatch: RowFilter;
}

/** What is known when a filter is read. */
export interface EventFilterOptions {
  /** The names of all rows: an `ev=` that none of them can meet is then an error, not silence. */
  readonly names?: Iterable<string>;
}

/**
 * Read a filter.
 * @example eventFilter('ev=task.* sev>=warn job!=cleanup or attr.code="DISK FULL"')
 * @throws FILTER_INVALID with the place and what was probably meant.
 */
export function eventFilter(text: string, options: EventFilterOptions = {}): EventFilter {
  const node = parseFilter(text);
  if (options.names !== undefined) checkNames(node, [...options.names], text);
  return compileFilter(node);
}

/** A tree to its two functions. A missing job, trace or field equals nothing, so that `!=` is true of it. */
export function compileFilter(node: FilterNode): EventFilter {
  const rows = compileRows(node);
  return {
    text: printFilter(node),
    node,
    matches: compileEvents(node),
    mayMatch: (name, row) => rows(name, row) !== "never",
  };
}

type Predicate = (event: JobEvent) => boolean;

function compileEvents(node: FilterNode): Predicate {
  switch (node.kind) {
    case "term":
      return compileTerm(node);
    case "not": {
      const inner = compileEvents(node.of);
      return (event) => !inner(event);
    }
    case "and": {
      const inner = node.of.map(compileEvents);
      return (event) => inner.every((one) => one(event));
    }
    case "or": {
      const inner = node.of.map(compileEvents);
      return (event) => inner.some((one) => one(event));
    }
    default:
      return assertNever(node);
  }
}

function compileTerm(term: FilterTerm): Predicate {
  const { field, attr } = term;
  const compare = comparison(term);
  if (field !== "attr") return (event) => compare(event[field]);
  return (event) => compare(Object.hasOwn(event.attrs, attr) ? (event.attrs[attr] ?? null) : null);
}

function checkNames(node: FilterNode, names: readonly string[], text: string): void {
  if (node.kind === "term") {
    if (node.field !== "ev") return;
    const meets = comparison({ ...node, op: "=" });
    if (names.some((name) => meets(name))) return;
    const words = node.pattern ? "" : suggestion(node.value, names);
    throw jobkitError(
      "FILTER_INVALID",
      `reading the event filter ${JSON.stringify(text.slice(0, 200))}: no event is named ${JSON.stringify(node.value)}${words}`,
      { next: "List the events to see their names." },
    );
  } else if (node.kind === "not") checkNames(node.of, names, text);
  else for (const child of node.of) checkNames(child, names, text);
}
