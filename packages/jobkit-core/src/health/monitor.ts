/**
 * Looks at the facts again and again, asks the rules, and tells of the alerts that begin and end: a thin
 * shell around judge.ts and alert-book.ts. It changes nothing but what it knows: whoever wants something done
 * about an alert listens to its events.
 *
 * It never stops silently: facts that cannot be had, or that take too long, are an alert themselves. It holds
 * one sleeping timer, and a bounded memory whatever goes wrong.
 */
import type { Clock } from "../base/clock.ts";
import { describeError } from "../base/errors.ts";
import { oneLine } from "../base/one-line.ts";
import type { Emitter } from "../events/emitter.ts";
import type { JobkitEvents } from "../events/table.ts";
import { type AlertBook, emptyAlertBook, stepAlerts } from "./alert-book.ts";
import type { AlertChange } from "./alert.ts";
import { healthRules } from "./built-in.ts";
import { noFacts, type HealthFacts } from "./facts.ts";
import { judge } from "./judge.ts";
import type { HealthMoment } from "./moment.ts";
import { lookBack, noHistory, type RecentHistory } from "./recent.ts";
import { healthReport, isWatched, type HealthReport } from "./report.ts";
import { defineHealthRules, type HealthRule } from "./rule.ts";
import { monitorSettings, valuesOf, type SettingsNow } from "./settings.ts";
import { within } from "./within.ts";

/** What a monitor is made of. It owns none of it. */
export interface HealthMonitorOptions {
  /** The facts of now. What it leaves out is taken for nothing. May be slow or fail: that is an alert. */
  readonly source: (signal: AbortSignal) => Partial<HealthFacts> | Promise<Partial<HealthFacts>>;
  readonly clock: Clock;
  readonly events: Emitter<JobkitEvents>;
  /** Default: the built-in ones. */
  readonly rules?: readonly HealthRule[];
  /** Asked at every look, so that a change is obeyed at once. Default: every default. */
  readonly settings?: SettingsNow;
}

/** The facts of a look may take so long, in ms; a source that takes longer is taken for one that hangs. */
const FACTS_MS = 10_000;
/** Wall and monotonic time differ by less through rounding alone. */
const JUMP_LEAST_MS = 1;
const CLOSED = new Error("the health monitor was closed");

/** Asks every rule about the facts, again and again, and tells of alerts that begin and end. */
export class HealthMonitor implements AsyncDisposable {
  readonly #options: HealthMonitorOptions;
  readonly #rules: readonly HealthRule[];
  readonly #settings: SettingsNow;
  readonly #stop = new AbortController();
  #watching: Promise<void> | null = null;
  #looking: Promise<HealthReport> | null = null;
  #book: AlertBook = emptyAlertBook;
  #history: RecentHistory = noHistory;
  #looked: { readonly nowMs: number; readonly monotonicMs: number } | null = null;
  #busy = false;
  /** How late the watch was woken since the last look that judged it. */
  #lateMs = 0;

  /** @throws RangeError where the rules are no table: see {@link defineHealthRules}. */
  constructor(options: HealthMonitorOptions) {
    this.#options = options;
    this.#rules = defineHealthRules(options.rules ?? healthRules);
    this.#settings = options.settings ?? (() => ({}));
  }

  /** Look now, and again and again until closed. @throws RangeError when it was started or closed before. */
  start(): void {
    if (this.#watching !== null || this.#stop.signal.aborted)
      throw new RangeError("health monitor: started twice, or after it was closed");
    this.#watching = this.#watch();
  }

  /** Look once, now. Looks never overlap: one that is under way is the answer. Never rejects. */
  look(): Promise<HealthReport> {
    return this.#lookOnce();
  }

  /** How all was at the last look. */
  report(): HealthReport {
    return healthReport({ alerts: this.#book.alerts, rules: this.#rules, looked: this.#looked });
  }

  /** Look no more. Resolves when a look that is under way has ended. Alerts that fire stay as they are. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(CLOSED);
    await this.#looking;
    await this.#watching;
  }

  async #watch(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#lookOnce();
      const values = valuesOf(monitorSettings, this.#settings());
      const ms = this.#busy ? values["health.intervalMs"] : values["health.idleIntervalMs"];
      const beganMs = clock.monotonic();
      try {
        await clock.sleep(ms, signal);
      } catch (error) {
        // Only closing ends a sleep early, and whoever closes wants no answer.
        if (!signal.aborted) throw error;
      }
      this.#lateMs = Math.max(this.#lateMs, clock.monotonic() - beganMs - ms);
    }
  }

  async #lookOnce(): Promise<HealthReport> {
    this.#looking ??= this.#look();
    try {
      return await this.#looking;
    } finally {
      this.#looking = null;
    }
  }

  async #look(): Promise<HealthReport> {
    const settings = this.#settings();
    const gathered = await this.#gather();
    if (this.#stop.signal.aborted) return this.report();
    const now = { nowMs: this.#options.clock.now(), monotonicMs: this.#options.clock.monotonic() };
    const moment = gathered.facts === null ? null : this.#momentOf(gathered.facts, now);
    const verdicts = judge({ rules: this.#rules, moment, why: gathered.why, settings });
    const values = valuesOf(monitorSettings, settings);
    const { book, changes } = stepAlerts(this.#book, verdicts, {
      nowMs: now.monotonicMs,
      targetsMax: values["health.targetsMax"],
      resolvedKeepMs: values["health.resolvedKeepMs"],
    });
    this.#book = book;
    this.#looked = now;
    this.#busy = moment === null || isBusy(moment) || isWatched(book.alerts);
    for (const change of changes) this.#tell(change);
    return this.report();
  }

  async #gather(): Promise<{ readonly facts: HealthFacts | null; readonly why: string }> {
    const { source, clock } = this.#options;
    const ask = async (signal: AbortSignal): Promise<Partial<HealthFacts>> => source(signal);
    try {
      const doing = "gathering the facts of health";
      const given = await within({ clock, ms: FACTS_MS, signal: this.#stop.signal, doing, ask });
      return { facts: { ...noFacts, ...given }, why: "" };
    } catch (error) {
      // Told as an alert by the look that asked.
      return { facts: null, why: describeError(error).message };
    }
  }

  #momentOf(facts: HealthFacts, now: { readonly nowMs: number; readonly monotonicMs: number }): HealthMoment {
    const before = this.#looked;
    const movedMs = before === null ? 0 : now.nowMs - before.nowMs - (now.monotonicMs - before.monotonicMs);
    const { history, recent } = lookBack(this.#history, {
      facts,
      nowMs: now.monotonicMs,
      jumpMs: Math.abs(movedMs) < JUMP_LEAST_MS ? 0 : movedMs,
      windowMs: valuesOf(monitorSettings, this.#settings())["health.windowMs"],
    });
    this.#history = history;
    const lateMs = this.#lateMs;
    this.#lateMs = 0;
    return { ...facts, ...now, recent, lateMs };
  }

  #tell({ kind, alert }: AlertChange): void {
    const { events } = this.#options;
    const fields = { alert: alert.rule, target: alert.target, level: alert.level, why: oneLine(alert.why) };
    const { state } = alert;
    if (kind === "pending") events.emit("alert.pending", () => fields);
    else if (kind === "fired") events.emit("alert.fired", () => fields);
    else
      events.emit("alert.resolved", () => ({
        ...fields,
        lastedMs: state.kind === "resolved" ? state.lastedMs : 0,
      }));
  }
}

/** True while something runs or waits, so that something may go wrong soon. */
function isBusy({ running, waiting, held, checks }: HealthMoment): boolean {
  return (
    running.length > 0 ||
    waiting.length > 0 ||
    held.length > 0 ||
    checks.some(({ state }) => state !== "well")
  );
}
