import { parseBytes, parseDuration } from "../base/units.ts";

/** The number a filter's value stands for: plain, or with a unit of time (to ms) or of size (to bytes). */
export function filterNumber(value: string): number | null {
  return parseDuration(value) ?? parseBytes(value);
}
