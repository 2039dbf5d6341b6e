import type { HealthLevel } from "./rule.ts";

/**
 * The life of an alert, one per rule and target. Times are monotonic ms.
 *
 *   ok ──▶ pending ──▶ firing ──▶ resolved ──▶ ok
 *    ▲        │                      │
 *    └────────┘          pending ◀───┘
 *
 * "ok" is the absence of an alert. A resolved one is kept for a while, for whoever comes later to look.
 */
export type AlertState =
  | { readonly kind: "pending"; /** The rule is broken since. */ readonly sinceMs: number }
  | {
      readonly kind: "firing";
      /** It fired then. */ readonly sinceMs: number;
      /** The rule holds again since; `null` while it is broken. */ readonly quietSinceMs: number | null;
    }
  | {
      readonly kind: "resolved";
      /** It was resolved then. */ readonly sinceMs: number;
      /** From its firing to then. */ readonly lastedMs: number;
    };

/** One rule that does not hold of one target, or did not until a while ago. */
export interface Alert {
  readonly rule: string;
  readonly target: string;
  readonly level: HealthLevel;
  readonly state: AlertState;
  /** The finding that was the last. */
  readonly why: string;
  readonly value: number;
  readonly bound: number;
}

/** What a step did, in the order to tell it. A pending alert that never fires ends without a change. */
export interface AlertChange {
  readonly kind: "pending" | "fired" | "resolved";
  readonly alert: Alert;
}

/** True where an alert is on, or about to be. */
export function isActive({ state }: Alert): boolean {
  return state.kind !== "resolved";
}
