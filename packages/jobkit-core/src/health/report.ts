import { type Alert, isActive } from "./alert.ts";
import { BLIND } from "./judge.ts";
import type { HealthLevel, HealthRule } from "./rule.ts";

/** One alert, for status and screens. */
export interface AlertReport {
  readonly rule: string;
  readonly target: string;
  readonly level: HealthLevel;
  readonly state: "pending" | "firing" | "resolved";
  /** Wall time in ms since 1970 at which it came into this state. */
  readonly sinceMs: number;
  readonly why: string;
  readonly value: number;
  readonly bound: number;
}

/** How all is, at the last look. Plain JSON. */
export interface HealthReport {
  /** False where an alert of level "error" fires. */
  readonly ok: boolean;
  /** The worst of what fires. */
  readonly level: "ok" | HealthLevel;
  /** One line for each rule that fires: how many targets, and of a single one, why. */
  readonly reasons: readonly string[];
  /** Firing first, then pending, then resolved; errors before warnings; the latest first. */
  readonly alerts: readonly AlertReport[];
  /** Wall time in ms since 1970 of the last look; `null` before the first. */
  readonly lookedAtMs: number | null;
}

export interface ReportOf {
  readonly alerts: readonly Alert[];
  readonly rules: readonly HealthRule[];
  /** When the last look was, on both clocks; `null` before the first. */
  readonly looked: { readonly nowMs: number; readonly monotonicMs: number } | null;
}

const ORDER = { firing: 0, pending: 1, resolved: 2 } as const;

/** The report over `alerts`. */
export function healthReport({ alerts, rules, looked }: ReportOf): HealthReport {
  const firing = alerts.filter(({ state }) => state.kind === "firing");
  const bad = firing.some(({ level }) => level === "error");
  return {
    ok: !bad,
    level: bad ? "error" : firing.length > 0 ? "warn" : "ok",
    reasons: [...Map.groupBy(firing, ({ rule }) => rule)].map(([rule, found]) => reason(rule, found, rules)),
    alerts: alerts.toSorted(byUrgency).map(({ rule, target, level, state, why, value, bound }) => ({
      rule,
      target,
      level,
      state: state.kind,
      sinceMs: looked === null ? 0 : looked.nowMs - (looked.monotonicMs - state.sinceMs),
      why,
      value,
      bound,
    })),
    lookedAtMs: looked?.nowMs ?? null,
  };
}

function byUrgency(a: Alert, b: Alert): number {
  const order = ORDER[a.state.kind] - ORDER[b.state.kind];
  if (order !== 0) return order;
  if (a.level !== b.level) return a.level === "error" ? -1 : 1;
  return b.state.sinceMs - a.state.sinceMs;
}

function reason(name: string, found: readonly Alert[], rules: readonly HealthRule[]): string {
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.why;
  const summary = [...rules, BLIND].find((rule) => rule.name === name)?.summary(found.length);
  return `${summary ?? `${name}: ${found.length} targets`}, such as: ${only?.why ?? ""}`;
}

/** True where there is something to keep an eye on. */
export function isWatched(alerts: readonly Alert[]): boolean {
  return alerts.some(isActive);
}
