/**
 * Findings to alerts: a pure state machine, one per rule and target.
 *
 * What must stay true: an alert fires only where its rule was broken without a break for `forMs`, is resolved
 * only where it held without a break for `clearForMs`, and between two firings there is exactly one
 * resolution. A rule has at most `targetsMax` targets of its own, and one more that stands for the rest.
 */
import { type Alert, type AlertChange, type AlertState, isActive } from "./alert.ts";
import { admit, OTHER_TARGETS } from "./admit.ts";
import type { Finding, HealthLevel } from "./rule.ts";

/** What one rule came to at one moment. */
export interface RuleVerdict {
  readonly rule: string;
  readonly level: HealthLevel;
  readonly forMs: number;
  readonly clearForMs: number;
  /** `null` where the rule could not be asked: its alerts stay as they are, since nobody knows better. */
  readonly findings: readonly Finding[] | null;
}

/** Every alert there is, by rule and target. A value: a step makes another one. */
export interface AlertBook {
  readonly alerts: readonly Alert[];
}

/** What a step of the book depends on beside the verdicts. */
export interface StepOptions {
  /** Monotonic; never smaller than at the step before. */
  readonly nowMs: number;
  /** Targets of their own that one rule may have, at least 1. */
  readonly targetsMax: number;
  /** A resolved alert is forgotten after so long, in ms. */
  readonly resolvedKeepMs: number;
}

/** No alert yet. */
export const emptyAlertBook: AlertBook = { alerts: [] };

/** Go on from `book` by what the rules came to. Alerts of a rule that is not among them are resolved at once. */
export function stepAlerts(
  book: AlertBook,
  verdicts: readonly RuleVerdict[],
  options: StepOptions,
): { readonly book: AlertBook; readonly changes: readonly AlertChange[] } {
  const changes: AlertChange[] = [];
  const alerts: Alert[] = [];
  const known = Map.groupBy(book.alerts, ({ rule }) => rule);
  for (const verdict of [...verdicts, ...retired(known, verdicts)]) {
    const before = known.get(verdict.rule) ?? [];
    const after = verdict.findings === null ? before : stepRule(before, verdict, options, changes);
    alerts.push(...forgetOld(after, options));
  }
  return { book: { alerts }, changes };
}

/** Rules that are asked no longer, as rules of which all is well. */
function retired(
  known: ReadonlyMap<string, readonly Alert[]>,
  verdicts: readonly RuleVerdict[],
): readonly RuleVerdict[] {
  const asked = new Set(verdicts.map(({ rule }) => rule));
  return [...known]
    .filter(([rule]) => !asked.has(rule))
    .map(([rule]) => ({ rule, level: "warn", forMs: 0, clearForMs: 0, findings: [] }));
}

function stepRule(
  before: readonly Alert[],
  verdict: RuleVerdict,
  { nowMs, targetsMax }: StepOptions,
  changes: AlertChange[],
): readonly Alert[] {
  const findings = new Map(
    admit(verdict.findings ?? [], before, targetsMax).map((finding) => [finding.target, finding]),
  );
  const after: Alert[] = [];
  const known = new Map(before.map((alert) => [alert.target, alert]));
  for (const target of new Set([...known.keys(), ...findings.keys()])) {
    const alert = known.get(target);
    const finding = findings.get(target);
    const state = follow(alert?.state, finding, verdict, nowMs);
    if (state === null) continue;
    // The words and the level are those of the finding that was the last.
    const latest = finding === undefined ? alert : { ...finding, level: verdict.level };
    if (latest === undefined) continue;
    const { level, why, value, bound } = latest;
    const next: Alert = { rule: verdict.rule, target, level, state, why, value, bound };
    after.push(next);
    const kind = changeOf(alert?.state, state);
    if (kind !== null) changes.push({ kind, alert: next });
  }
  return after;
}

/** The state after this one; `null` for ok. */
function follow(
  state: AlertState | undefined,
  finding: Finding | undefined,
  { forMs, clearForMs }: RuleVerdict,
  nowMs: number,
): AlertState | null {
  const broken = finding !== undefined && finding.easing !== true;
  if (state?.kind === "firing") {
    // An easing value is no reason to fire, and none to call it over.
    if (finding !== undefined) return { ...state, quietSinceMs: null };
    const quietSinceMs = state.quietSinceMs ?? nowMs;
    if (nowMs - quietSinceMs < clearForMs) return { ...state, quietSinceMs };
    return { kind: "resolved", sinceMs: nowMs, lastedMs: nowMs - state.sinceMs };
  }
  if (!broken) return state?.kind === "resolved" ? state : null;
  const sinceMs = state?.kind === "pending" ? state.sinceMs : nowMs;
  if (nowMs - sinceMs < forMs) return { kind: "pending", sinceMs };
  return { kind: "firing", sinceMs: nowMs, quietSinceMs: null };
}

function changeOf(from: AlertState | undefined, to: AlertState): AlertChange["kind"] | null {
  if (from?.kind === to.kind) return null;
  return to.kind === "firing" ? "fired" : to.kind;
}

/** Drop resolved alerts that are old, and the oldest of those that are more than there is place for. */
function forgetOld(
  alerts: readonly Alert[],
  { nowMs, targetsMax, resolvedKeepMs }: StepOptions,
): readonly Alert[] {
  const own = alerts.filter((alert) => alert.target !== OTHER_TARGETS);
  const places = targetsMax - own.filter(isActive).length;
  const newest = own
    .filter((alert) => !isActive(alert))
    .toSorted((a, b) => b.state.sinceMs - a.state.sinceMs)
    .slice(0, Math.max(0, places));
  const kept = new Set<Alert>(newest);
  return alerts.filter(
    (alert) =>
      isActive(alert) ||
      (nowMs - alert.state.sinceMs < resolvedKeepMs && (alert.target === OTHER_TARGETS || kept.has(alert))),
  );
}
