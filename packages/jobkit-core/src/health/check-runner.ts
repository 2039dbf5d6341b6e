/**
 * Asks the checks of jobs, and holds the jobs whose startup or ready check is not well.
 *
 * A job with a startup check is held until that has been well once; only then its other checks are asked. A
 * job with a ready check is held until it is well, and again whenever it is not. A live check holds nothing:
 * a rule makes an alert of it. Checks of one job wait for each other's start only, never for an answer, and
 * one that hangs, throws or lies harms no other.
 */
import type { Clock } from "../base/clock.ts";
import { describeError } from "../base/errors.ts";
import { oneLine } from "../base/one-line.ts";
import type { Emitter } from "../events/emitter.ts";
import type { JobkitEvents } from "../events/table.ts";
import type { CheckAnswer, JobCheck, JobChecks } from "../job/checks.ts";
import { afterAnswer, type CheckState, notAsked } from "./check-state.ts";
import type { CheckFact } from "./facts.ts";
import { checkSettings, valuesOf, type SettingsNow } from "./settings.ts";
import { within } from "./within.ts";

/** Keeps the tasks of a job from starting. A scheduler is one. */
export interface JobHolder {
  /** While anybody holds a job none of its tasks starts. Holding again by the same name changes the reason. */
  hold(job: string, by: string, why: string): void;
  /** Undo what `hold` did by the same name. */
  release(job: string, by: string): void;
}

/** What a check runner is made of. It owns none of it. */
export interface CheckRunnerOptions {
  readonly jobs: readonly { readonly name: string; readonly checks: JobChecks }[];
  readonly holder: JobHolder;
  readonly clock: Clock;
  readonly events: Emitter<JobkitEvents>;
  /** Asked before every question. Default: every default. */
  readonly settings?: SettingsNow;
}

type CheckName = CheckFact["check"];

/** One check of one job. */
interface Asked {
  readonly job: string;
  readonly name: CheckName;
  readonly check: JobCheck;
  state: CheckState;
}

/** The name by which checks hold a job. */
export const HELD_BY_CHECK = "check";
const CLOSED = new Error("the check runner was closed");

/** Asks the checks of jobs, and holds the jobs that are not well. */
export class CheckRunner implements AsyncDisposable {
  readonly #options: CheckRunnerOptions;
  readonly #settings: SettingsNow;
  readonly #stop = new AbortController();
  readonly #asked: Asked[] = [];
  readonly #loops: Promise<void>[] = [];
  #started = false;

  constructor(options: CheckRunnerOptions) {
    this.#options = options;
    this.#settings = options.settings ?? (() => ({}));
  }

  /** Hold every job that has to be well first, then ask. Call it before the scheduler starts. */
  start(): void {
    if (this.#started || this.#stop.signal.aborted)
      throw new RangeError("check runner: started twice, or after it was closed");
    this.#started = true;
    for (const { name, checks } of this.#options.jobs) {
      if (checks.startup !== undefined || checks.ready !== undefined)
        this.#options.holder.hold(name, HELD_BY_CHECK, "its checks were not asked yet");
      this.#loops.push(this.#job(name, checks));
    }
  }

  /** Every check that is asked by now. */
  facts(): readonly CheckFact[] {
    const nowMs = this.#options.clock.monotonic();
    return this.#asked.map(({ job, name, state }) => ({
      job,
      check: name,
      state: state.state,
      sinceMs: nowMs - state.sinceMs,
      why: state.why,
    }));
  }

  /** Ask no more. Jobs that are held stay so: who cannot be asked is not known to be well. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(CLOSED);
    await Promise.all(this.#loops);
  }

  async #job(job: string, { startup, ready, live }: JobChecks): Promise<void> {
    if (startup !== undefined) await this.#keepAsking(this.#begin(job, "startup", startup), "until well");
    if (startup !== undefined && ready === undefined && !this.#stop.signal.aborted) this.#release(job);
    await Promise.all([
      ready === undefined ? null : this.#keepAsking(this.#begin(job, "ready", ready), "for ever"),
      live === undefined ? null : this.#keepAsking(this.#begin(job, "live", live), "for ever"),
    ]);
  }

  #begin(job: string, name: CheckName, check: JobCheck): Asked {
    const asked: Asked = { job, name, check, state: notAsked(this.#options.clock.monotonic()) };
    this.#asked.push(asked);
    return asked;
  }

  async #keepAsking(asked: Asked, howLong: "until well" | "for ever"): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const settings = valuesOf(checkSettings, this.#settings());
      const answer = await this.#answer(asked, settings["health.checkTimeoutMs"]);
      if (signal.aborted) return;
      this.#note(asked, answer, settings["health.checkFailures"]);
      if (howLong === "until well" && asked.state.state === "well") return;
      const ms = answer.ok ? settings["health.checkIntervalMs"] : settings["health.checkRetryMs"];
      try {
        await clock.sleep(ms, signal);
      } catch (error) {
        // Only closing ends a sleep early, and whoever closes wants no answer.
        if (!signal.aborted) throw error;
      }
    }
  }

  async #answer({ job, name, check }: Asked, ms: number): Promise<CheckAnswer> {
    const { clock } = this.#options;
    const doing = `asking the ${name} check of ${job}`;
    try {
      const ask = async (signal: AbortSignal): Promise<CheckAnswer> => check(signal);
      const answer = await within({ clock, ms, signal: this.#stop.signal, doing, ask });
      return answer.ok ? answer : { ok: false, why: oneLine(answer.why) };
    } catch (error) {
      // A check that throws has answered no; its words are the reason.
      return { ok: false, why: oneLine(describeError(error).message) };
    }
  }

  #note(asked: Asked, answer: CheckAnswer, failuresMax: number): void {
    const { clock, events, holder } = this.#options;
    const { job, name, state: before } = asked;
    asked.state = afterAnswer(before, answer, { nowMs: clock.monotonic(), failuresMax });
    const { state, why } = asked.state;
    if (state === "unwell" && name !== "live" && (before.state !== state || before.why !== why))
      holder.hold(job, HELD_BY_CHECK, `${name} check: ${why}`);
    if (state === before.state) return;
    if (state === "unwell") events.emit("check.failed", () => ({ target: job, check: name, why }));
    else {
      events.emit("check.passed", () => ({ target: job, check: name }));
      if (name === "ready") this.#release(job);
    }
  }

  #release(job: string): void {
    this.#options.holder.release(job, HELD_BY_CHECK);
  }
}
