import { jobkitError } from "../base/error-table.ts";
import type { Json } from "../base/json.ts";

/** Deeper than this is a circle, or nothing that anybody reads again. */
const DEPTH_MAX = 200;

/**
 * What a job returned, as JSON of its own: later changes to the returned object do not reach it.
 * `undefined` becomes `null`; object fields that are `undefined` are left out.
 * @throws RESULT_INVALID naming the place where JSON cannot hold it (a function, a symbol, a BigInt, NaN,
 * an instance of a class, a circle, more than 200 levels).
 */
export function asResult(value: unknown): Json {
  return value === undefined || value === null ? null : copy(value, "result", 0);
}

function copy(value: unknown, place: string, depth: number): Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw invalid(place, `is ${value}`);
    return value === 0 ? 0 : value;
  }
  if (typeof value !== "object") throw invalid(place, `is a ${typeof value}`);
  if (depth >= DEPTH_MAX)
    throw invalid(place.slice(0, 80), `is more than ${DEPTH_MAX} levels deep, or a circle`);
  if (Array.isArray(value)) return value.map((item, at) => copy(item, `${place}[${at}]`, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw invalid(place, "is an instance of a class");
  const fields: [string, Json][] = [];
  for (const [name, item] of Object.entries(value))
    if (item !== undefined) fields.push([name, copy(item, `${place}.${name}`, depth + 1)]);
  // Not an assignment per field: a field called __proto__ stays a field.
  return Object.fromEntries(fields);
}

function invalid(place: string, why: string): Error {
  return jobkitError("RESULT_INVALID", `storing what the job returned: ${place} ${why}`);
}
