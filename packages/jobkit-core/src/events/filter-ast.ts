/** What an event filter means, as a value. `printFilter` and `parseFilter` lead to and from its text. */
import { assertNever } from "../base/never.ts";

/** The parts of the envelope a term can name; `attr` names a field of the row. */
export const filterFields = ["ev", "sev", "job", "trace", "span", "attempt", "seq", "ts"] as const;
/** One of {@link filterFields}. */
export type FilterField = (typeof filterFields)[number];

/** How a term compares. Order is that of numbers, or of severities. */
export const filterOperators = [">=", "<=", "!=", "=", ">", "<"] as const;
/** One of {@link filterOperators}. */
export type FilterOperator = (typeof filterOperators)[number];

/** One comparison. */
export interface FilterTerm {
  readonly kind: "term";
  readonly field: FilterField | "attr";
  /** Name of the field of the row where `field` is "attr", else "". */
  readonly attr: string;
  readonly op: FilterOperator;
  readonly value: string;
  /** The value is a pattern in which `*` stands for any text. */
  readonly pattern: boolean;
}

/** A tree in normal form: "and" and "or" have no child of their own kind and never exactly one child. */
export type FilterNode =
  | FilterTerm
  | { readonly kind: "not"; readonly of: FilterNode }
  /** No child at all: everything. */
  | { readonly kind: "and"; readonly of: readonly FilterNode[] }
  /** At least two children. */
  | { readonly kind: "or"; readonly of: readonly FilterNode[] };

/** The filter that lets everything through. */
export const everything: FilterNode = { kind: "and", of: [] };

/** Join filters with "and", keeping the normal form. */
export function allOf(nodes: readonly FilterNode[]): FilterNode {
  const flat = nodes.flatMap((node) => (node.kind === "and" ? node.of : [node]));
  const [only] = flat;
  return flat.length === 1 && only !== undefined ? only : { kind: "and", of: flat };
}

/** Join filters with "or", keeping the normal form. `nodes` is not empty. */
export function anyOf(nodes: readonly FilterNode[]): FilterNode {
  const flat = nodes.flatMap((node) => (node.kind === "or" ? node.of : [node]));
  const [only] = flat;
  return flat.length === 1 && only !== undefined ? only : { kind: "or", of: flat };
}

const BARE = /^[A-Za-z0-9_./:@+%~^,;?$&-]+$/;
const BARE_PATTERN = /^[A-Za-z0-9_./:@+%~^,;?$&*-]+$/;

/** The text of a filter, in the grammar of `parseFilter`. "" lets everything through. */
export function printFilter(node: FilterNode): string {
  switch (node.kind) {
    case "term":
      return `${node.field === "attr" ? `attr.${node.attr}` : node.field}${node.op}${printValue(node)}`;
    case "not":
      return `not ${printInner(node.of, node.of.kind === "and" || node.of.kind === "or")}`;
    case "and":
      return node.of.map((child) => printInner(child, child.kind === "or")).join(" ");
    case "or":
      return node.of.map((child) => printInner(child, false)).join(" or ");
    default:
      return assertNever(node);
  }
}

function printInner(node: FilterNode, wrap: boolean): string {
  return wrap || (node.kind === "and" && node.of.length === 0) ? `(${printFilter(node)})` : printFilter(node);
}

function printValue({ value, pattern }: FilterTerm): string {
  if (pattern && BARE_PATTERN.test(value)) return value;
  const escaped = value.replaceAll(/["\\]/g, "\\$&");
  if (!pattern) return BARE.test(value) ? value : `"${escaped}"`;
  // In quotes a star stands for itself unless the pattern says otherwise: ~"…" is a quoted pattern.
  return `~"${escaped}"`;
}
