/**
 * JSON from outside, parsed without trust: nesting is bounded before anything walks the value, and the
 * names of fields never reach a prototype (they are read with `field`, never copied into a plain object).
 *
 * V8 13.6 may give an escaped key of one character, as {"\u0000": 1}, the name of another key of one character
 * that was parsed before. That cannot matter here: every field that is read has a name of several characters,
 * so has everything that a prototype offers, and what a wrong name of a tool's input holds is redacted and
 * capped all the same.
 */

/** Fields of a parsed object. Read them with `field`; an inherited name is not a field. */
export type JsonFields = Readonly<Record<string, unknown>>;

/** An object, or why there is none. */
export type BoundedParse =
  | { readonly kind: "object"; readonly fields: JsonFields }
  | { readonly kind: "refused"; readonly reason: "not-json" | "not-an-object" | "too-deep" };

/** Lines up to this many characters are measured after parsing, longer ones before: their nesting could fill memory. */
const PARSE_FIRST_CHARS = 64 * 1024;

/** Parse one line. Never throws; takes no stack however deep the text nests. */
export function parseBounded(text: string, depthMax: number): BoundedParse {
  if (text.length > PARSE_FIRST_CHARS && textDepth(text, depthMax) > depthMax)
    return { kind: "refused", reason: "too-deep" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "refused", reason: "not-json" }; // The answer is the reason; the engine's words name only a position.
  }
  if (!isFields(value)) return { kind: "refused", reason: "not-an-object" };
  if (deeperThan(value, depthMax)) return { kind: "refused", reason: "too-deep" };
  return { kind: "object", fields: value };
}

/** Is it an object that is neither `null` nor an array? */
export function isFields(value: unknown): value is JsonFields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of an own field, `undefined` where there is none: `__proto__` and `constructor` are nothing special. */
export function field(fields: JsonFields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** An own field that is a string, else `null`. */
export function textField(fields: JsonFields, name: string): string | null {
  const value = field(fields, name);
  return typeof value === "string" ? value : null;
}

/** An own field that is an object, else `null`. */
export function fieldsField(fields: JsonFields, name: string): JsonFields | null {
  const value = field(fields, name);
  return isFields(value) ? value : null;
}

/** Nesting of brackets outside strings; stops counting one past the limit. */
function textDepth(text: string, limit: number): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length && deepest <= limit; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, (depth += 1));
    else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return deepest;
}

/** Index of the quote that ends the string whose opening quote stands at `start`; the text's length where none does. */
export function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}

function deeperThan(value: object, limit: number): boolean {
  let level: object[] = [value];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    const next: object[] = [];
    for (const holder of level)
      for (const inner of Object.values(holder))
        if (typeof inner === "object" && inner !== null) next.push(inner);
    level = next;
  }
  return false;
}
