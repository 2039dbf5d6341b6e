/** Readers of single values: each answers the value, or leaves a problem and answers what stands in for it. */
import type { Json } from "../base/json.ts";
import { suggestion } from "../base/suggest.ts";
import { parseDuration } from "../base/units.ts";
import { shown, type Place } from "./place.ts";
import { readReference, textsIn } from "./reference.ts";

const JSON_DEPTH_MAX = 64;

/** Text that is not empty; "" where it is none. */
export function readText(place: Place, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  place.complain(value === undefined ? "is missing" : `${shown(value)} is not a text`);
  return "";
}

/** One of `choices`; the first where it is none. */
export function readChoice<T extends string>(place: Place, value: unknown, choices: readonly [T, ...T[]]): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const near = typeof value === "string" ? suggestion(value, choices) : "";
  place.complain(`${shown(value)} is not one of ${choices.join(", ")}${near}`);
  return choices[0];
}

/** True or false; false where it is neither. */
export function readFlag(place: Place, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  place.complain(`${shown(value)} is not true or false`);
  return false;
}

/** Bounds of a number, both included. */
export interface NumberRange {
  readonly min: number;
  readonly max?: number;
  readonly whole?: boolean;
}

/** A number within its range; its minimum where it is none. */
export function readNumber(place: Place, value: unknown, range: NumberRange): number {
  const { min, max = Number.MAX_SAFE_INTEGER, whole = false } = range;
  const fits =
    typeof value === "number" && value >= min && value <= max && (!whole || Number.isInteger(value));
  if (fits) return value;
  const top = range.max === undefined ? "" : ` to ${max}`;
  const from = min === -Number.MAX_SAFE_INTEGER ? "" : ` from ${min}${top}`;
  place.complain(`${shown(value)} is not a ${whole ? "whole " : ""}number${from}`);
  return min;
}

/** Ms, as a number or as text with a unit. */
export function readDuration(place: Place, value: unknown, minMs: number): number {
  const ms = typeof value === "string" ? parseDuration(value) : value;
  if (typeof ms === "number" && ms >= minMs && ms <= Number.MAX_SAFE_INTEGER) return ms;
  place.complain(
    `${shown(value)} is not a duration such as 30s, 5m or 1h30m${minMs > 0 ? ", longer than 0" : ""}`,
  );
  return minMs;
}

/** An object of texts. */
export function readTexts(place: Place, value: unknown): Readonly<Record<string, string>> {
  const found: [string, string][] = [];
  for (const [key, inner] of Object.entries(place.object(value, null) ?? {})) {
    // Files hold numbers where people mean words: `year: 2026` is taken as it looks.
    const plain = typeof inner === "number" || typeof inner === "boolean" ? String(inner) : inner;
    found.push([key, readText(place.inside(key), plain)]);
  }
  return Object.fromEntries(found);
}

/** Anything that JSON can hold; `null` in place of what it cannot. */
export function readJson(place: Place, value: unknown, depth = 0): Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "object" && depth < JSON_DEPTH_MAX) {
    if (Array.isArray(value)) return value.map((inner, at) => readJson(place.inside(at), inner, depth + 1));
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      const fields = Object.entries(value).filter(([, inner]) => inner !== undefined);
      return Object.fromEntries(
        fields.map(([key, inner]) => [key, readJson(place.inside(key), inner, depth + 1)]),
      );
    }
  }
  place.complain(`${typeof value === "object" ? "this object" : shown(value)} is nothing that JSON can hold`);
  return null;
}

/** What a reference may name at this place. `item` is false where there is no fan-out. */
export interface ReferenceScope {
  readonly item: boolean;
  readonly args: readonly string[];
  readonly results: readonly string[];
}

/** Leave a problem for every reference in a value that will stand for nothing. */
export function checkReferences(place: Place, value: Json, scope: ReferenceScope): void {
  for (const { text, keys } of textsIn(value)) {
    const reference = readReference(text);
    if (reference === null) continue;
    let there = place;
    for (const key of keys) there = there.inside(key);
    if ("wrong" in reference) there.complain(reference.wrong);
    else if (reference.root === "item" && !scope.item) there.complain(`${text} needs a phase with a map`);
    else if (reference.root === "args") there.expectKnown("argument", reference.path[0] ?? "", scope.args);
    else if (reference.root === "results")
      there.expectKnown("phase in `after`", reference.path[0] ?? "", scope.results);
  }
}
