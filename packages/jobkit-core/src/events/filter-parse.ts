/**
 * The text of an event filter to its tree.
 *
 *   filter := both ("or" both)*          both := one (["and"] one)*
 *   one    := "not" one | "(" [filter] ")" | term
 *   term   := (ev | sev | job | trace | span | attempt | seq | ts | attr.NAME) (= != >= <= > <) value
 *   value  := letters with * for any text | "text, \" and \\ escaped" | ~"the same with *"
 */
import { jobkitError } from "../base/error-table.ts";
import type { CodedError } from "../base/errors.ts";
import { nearestName } from "../base/suggest.ts";
import { severities } from "./define.ts";
import {
  allOf,
  anyOf,
  everything,
  filterFields,
  filterOperators,
  type FilterField,
  type FilterNode,
  type FilterTerm,
} from "./filter-ast.ts";
import { filterNumber } from "./filter-number.ts";

/** No filter text is longer, in characters. */
const FILTER_LENGTH_MAX = 4_096;
/** "not" and parentheses nest no deeper. */
const FILTER_DEPTH_MAX = 32;

const WORD = /[A-Za-z0-9_.]*/y;
const BARE = /[^\s()"=<>!]+/y;
const ATTR = /^attr\.([A-Za-z_][A-Za-z0-9_]*)$/;
const QUOTED = /(~?)"((?:[^"\\]|\\["\\])*)"/y;

/**
 * Read a filter; "" lets everything through.
 * @throws FILTER_INVALID with the place (character, from 1) and what was probably meant.
 */
export function parseFilter(text: string): FilterNode {
  if (text.length > FILTER_LENGTH_MAX)
    throw jobkitError("FILTER_INVALID", `reading an event filter of ${text.length} characters`, {
      next: `Write at most ${FILTER_LENGTH_MAX} characters.`,
    });
  const reader = new FilterReader(text);
  reader.blanks();
  if (reader.atEnd) return everything;
  const node = reader.either(0);
  if (!reader.atEnd) throw reader.invalid("there is a closing parenthesis too many");
  return node;
}

class FilterReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  blanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? "x")) this.#at += 1;
  }

  either(depth: number): FilterNode {
    const parts = [this.#both(depth)];
    while (this.#keyword("or")) parts.push(this.#both(depth));
    return anyOf(parts);
  }

  invalid(words: string, at: number = this.#at, next?: string): CodedError {
    const doing = `reading the event filter ${JSON.stringify(this.#text.slice(0, 200))} at character ${at + 1}: ${words}`;
    return jobkitError("FILTER_INVALID", doing, next === undefined ? {} : { next });
  }

  #both(depth: number): FilterNode {
    const parts = [this.#one(depth)];
    for (;;) {
      const joined = this.#keyword("and");
      const over = this.atEnd || this.#text[this.#at] === ")" || this.#sees("or");
      if (over && !joined) return allOf(parts);
      parts.push(this.#one(depth));
    }
  }

  #one(depth: number): FilterNode {
    if (depth > FILTER_DEPTH_MAX) throw this.invalid(`it nests deeper than ${FILTER_DEPTH_MAX}`);
    if (this.#keyword("not")) return { kind: "not", of: this.#one(depth + 1) };
    if (this.#text[this.#at] !== "(") return this.#term();
    const opened = this.#at;
    this.#at += 1;
    this.blanks();
    const inner = this.#text[this.#at] === ")" ? everything : this.either(depth + 1);
    if (this.#text[this.#at] !== ")") throw this.invalid("a parenthesis is not closed", opened);
    this.#at += 1;
    this.blanks();
    return inner;
  }

  #term(): FilterTerm {
    const start = this.#at;
    const name = this.#match(WORD)?.[0] ?? "";
    if (name === "") throw this.invalid(this.atEnd ? "a term is missing at its end" : "expected a term");
    if (name === "or" || name === "and") throw this.invalid(`a term is missing before "${name}"`, start);
    const attr = ATTR.exec(name)?.[1] ?? "";
    const field = attr === "" ? this.#field(name, start) : ("attr" as const);
    this.blanks();
    const op = filterOperators.find((one) => this.#text.startsWith(one, this.#at));
    if (op === undefined) throw this.#missingOperator(name, start);
    this.#at += op.length;
    this.blanks();
    const valueAt = this.#at;
    const term: FilterTerm = { kind: "term", field, attr, op, ...this.#value() };
    this.#checkValue(term, valueAt);
    this.blanks();
    return term;
  }

  #field(name: string, at: number): FilterField {
    const field = filterFields.find((one) => one === name);
    if (field !== undefined) return field;
    if (name.includes(".") && !name.startsWith("attr.")) throw this.#bareName(name, at);
    const near = nearestName(name, filterFields);
    const words = near === null ? "" : `: did you mean "${near}"?`;
    throw this.invalid(
      `there is no field "${name}"${words}`,
      at,
      `Use one of ${filterFields.join(", ")}, or attr.${near === null ? name.replace(/^.*\./, "") : "NAME"} for a field of a row.`,
    );
  }

  #bareName(name: string, at: number): CodedError {
    return this.invalid(`"${name}" is not a field: did you mean "ev=${name}"?`, at, `Write ev=${name}.`);
  }

  #missingOperator(name: string, at: number): CodedError {
    return this.invalid(`"${name}" is not compared with anything`, at, `Write for example ${name}=VALUE.`);
  }

  #value(): { readonly value: string; readonly pattern: boolean } {
    const quoted = this.#match(QUOTED);
    if (quoted !== null) {
      const value = (quoted[2] ?? "").replaceAll(/\\(["\\])/g, "$1");
      return { value, pattern: quoted[1] === "~" && value.includes("*") };
    }
    if (this.#text[this.#at] === '"') throw this.invalid("a quoted text is not closed");
    const bare = this.#match(BARE)?.[0];
    if (bare === undefined)
      throw this.invalid("a value is missing", this.#at, 'Put an odd value in quotes: attr.why="a b".');
    return { value: bare, pattern: bare.includes("*") };
  }

  #checkValue({ field, op, value, pattern }: FilterTerm, at: number): void {
    const ordered = op !== "=" && op !== "!=";
    if (pattern && (ordered || field === "sev" || isNumeric(field)))
      throw this.invalid(`"*" cannot stand in a value compared by order or number`, at);
    if (field === "sev") this.#checkSeverity(value, at);
    else if (ordered && !isNumeric(field) && field !== "attr")
      throw this.invalid(`${field} has no order`, at, `Write ${field}=VALUE or ${field}!=VALUE.`);
    else if ((ordered || isNumeric(field)) && filterNumber(value) === null)
      throw this.invalid(
        `${JSON.stringify(value)} is not a number`,
        at,
        "Write a number, or one with a unit: 5m, 8MiB.",
      );
  }

  #checkSeverity(value: string, at: number): void {
    if (severities.some((one) => one === value)) return;
    const near = nearestName(value, severities);
    const words = near === null ? "" : `: did you mean "${near}"?`;
    throw this.invalid(`there is no severity "${value}"${words}`, at, `Use one of ${severities.join(", ")}.`);
  }

  /** True, and past it, where `word` stands here as a word of its own. */
  #keyword(word: string): boolean {
    if (!this.#sees(word)) return false;
    this.#at += word.length;
    this.blanks();
    return true;
  }

  #sees(word: string): boolean {
    return (
      this.#text.startsWith(word, this.#at) &&
      !/[A-Za-z0-9_.=<>!]/.test(this.#text[this.#at + word.length] ?? " ")
    );
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at += match[0].length;
    return match;
  }
}

function isNumeric(field: FilterTerm["field"]): boolean {
  return field === "attempt" || field === "seq" || field === "ts";
}
