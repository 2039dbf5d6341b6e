/** Values against bounds, as findings; the one place that knows what "between the bounds" means. */
import type { Finding } from "./rule.ts";

/** A value that is better the smaller it is. */
export interface Measured {
  readonly target: string;
  readonly value: number;
  readonly bound: number;
  /** An alert that has fired is kept until the value is no more than this. Default: `bound`. */
  readonly clearBound?: number;
  readonly why: string;
}

/** A finding where `value` is above `bound`, an easing one where it is above `clearBound`, else none. */
export function aboveBound({ target, value, bound, clearBound = bound, why }: Measured): readonly Finding[] {
  if (value > bound) return [{ target, why, value, bound }];
  return value > clearBound ? [{ target, why, value, bound, easing: true }] : [];
}

/** The same for a value that is better the larger it is: `clearBound` lies above `bound`. */
export function belowBound({ target, value, bound, clearBound = bound, why }: Measured): readonly Finding[] {
  if (value < bound) return [{ target, why, value, bound }];
  return value < clearBound ? [{ target, why, value, bound, easing: true }] : [];
}

/** The largest value first. */
export function largestFirst(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => b.value - a.value);
}

/** A share for people: 0.234 is "23 %". */
export function sayShare(share: number): string {
  return `${Math.round(share * 100)} %`;
}
