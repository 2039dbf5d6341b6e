/**
 * The `type` of a record without parsing all of it. Only what a strict walk over the first fields proves is
 * believed: text inside a string can look like a field, but it cannot end its string, so it cannot fake one.
 * Where the walk meets an object or array before `type`, it gives up and the line is parsed as a whole.
 */
import { endOfString } from "./bounded-json.ts";

/** What the beginning of a line says of itself. */
export interface LeadingFields {
  readonly type: string;
  /** Where it stood before `type`, else `undefined`. */
  readonly parentUuid: string | null | undefined;
}

const SPACE = /[ \t]*/y;
const SCALAR = /(?:true|false|null|-?\d{1,32})(?=[ \t]*[,}])/y;
const FIELDS_MAX = 32;
const CLOSING_UUID = /,"uuid":"([0-9A-Za-z-]{8,64})"(?:,"timestamp":"[0-9TZ:.+-]{10,40}")?\}$/;
/** What the two fields take at the end of a line, at most. */
const CLOSING_CHARS = 160;

/** The leading scalar fields up to `type`; `null` where they do not decide. Escaped names and types are not decided here. */
export function leadingFields(text: string): LeadingFields | null {
  let at = skip(SPACE, text, 0);
  if (text[at] !== "{") return null;
  at += 1;
  let parentUuid: string | null | undefined;
  for (let count = 0; count < FIELDS_MAX; count += 1) {
    at = skip(SPACE, text, at);
    const name = plainString(text, at);
    if (name === null) return null;
    at = skip(SPACE, text, name.next);
    if (text[at] !== ":") return null;
    at = skip(SPACE, text, at + 1);
    const value = plainString(text, at);
    if (name.text === "type") return value === null ? null : { type: value.text, parentUuid };
    if (name.text === "parentUuid") parentUuid = value === null ? null : value.text;
    at = skip(SPACE, text, value === null ? scalarEnd(text, at) : value.next);
    if (text[at] !== ",") return null;
    at += 1;
  }
  return null;
}

/**
 * The `uuid` of a record that ends with it (or with it and the timestamp), as Claude Code writes them; `null`
 * where it does not. In a line that is JSON the last brace closes the record itself, so the fields in front of
 * it are the record's own, and a quote inside a string would have a backslash before it.
 */
export function closingUuid(text: string): string | null {
  return CLOSING_UUID.exec(text.slice(-CLOSING_CHARS))?.[1] ?? null;
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** The string that begins at `at`, if it has no escapes. One with escapes is skipped as `text: ""`. */
function plainString(text: string, at: number): { readonly text: string; readonly next: number } | null {
  if (text[at] !== '"') return null;
  const end = endOfString(text, at);
  if (end >= text.length) return null;
  const inner = text.slice(at + 1, end);
  return { text: inner.includes("\\") ? "" : inner, next: end + 1 };
}

/** Behind the number or word at `at`, or -1 where there is none (then no comma follows and the walk gives up). */
function scalarEnd(text: string, at: number): number {
  SCALAR.lastIndex = at;
  return SCALAR.test(text) ? SCALAR.lastIndex : text.length;
}
