/**
 * Submits the tasks of schedules when they are due: the thin shell around `decide`.
 *
 * Promises: what is dealt with is remembered in the commit that stores the tasks, so that a due time starts at
 * most once, also over kill -9. A new schedule begins now; one whose `when` was changed goes on from what was
 * dealt with. A schedule that cannot be submitted is tried again and hinders no other. It never sleeps longer
 * than a minute towards a wall time, so that a clock that jumps, or a machine that slept, is noticed.
 */
import type { Clock } from "../base/clock.ts";
import { jobkitError } from "../base/error-table.ts";
import { describeError } from "../base/errors.ts";
import type { Random } from "../base/random.ts";
import { suggestion } from "../base/suggest.ts";
import type { Emitter } from "../events/emitter.ts";
import type { JobkitEvents } from "../events/table.ts";
import type { Added } from "../queue/queue-store.ts";
import { OneAtATime } from "../schedule/one-at-a-time.ts";
import { decide, type Decision } from "./decide.ts";
import { entriesOf, type Entry } from "./entries.ts";
import { Firing } from "./firing.ts";
import type { TimetableHost, TimetableStore } from "./host.ts";
import type { Schedule } from "./schedule.ts";
import { stateOf, type ScheduleState } from "./schedule-state.ts";

/** What a timetable is made of. It owns none of it: close it before the scheduler and the store. */
export interface TimetableOptions {
  readonly schedules: readonly Schedule[];
  readonly host: TimetableHost;
  readonly store: TimetableStore;
  readonly events: Emitter<JobkitEvents>;
  readonly clock: Clock;
  /** Gives ids to the tasks. */
  readonly random: Random;
  /** Time zone of schedules that name none. Default "UTC". */
  readonly zone?: string;
  /** Ends it, as disposal does. */
  readonly signal?: AbortSignal;
}

/** Longest sleep in ms towards a wall time. */
const NAP_MAX_MS = 60_000;
/** Pause in ms before a schedule is tried again whose task or mark was refused; twice as long each time. */
const REST_MIN_MS = 10_000;
/** Longest such pause: what was mended is noticed, and what is not does not fill the event log. */
const REST_MAX_MS = 10 * 60_000;

/** Submits the tasks of schedules when they are due. Close it before the scheduler. */
export class Timetable implements AsyncDisposable {
  readonly #options: TimetableOptions;
  readonly #entries: readonly Entry[];
  readonly #stop = new AbortController();
  readonly #turns = new OneAtATime();
  readonly #firing: Firing;
  readonly #ended: Promise<void>;

  /**
   * Read what is remembered and begin.
   * @throws SCHEDULE_INVALID, LIBRARY_MISSING; RangeError when two schedules share a name; what the store throws.
   */
  static async open(options: TimetableOptions): Promise<Timetable> {
    const entries = await entriesOf(options);
    return new Timetable(options, entries);
  }

  private constructor(options: TimetableOptions, entries: readonly Entry[]) {
    const { signal } = options;
    this.#options = options;
    this.#entries = entries;
    this.#firing = new Firing(options);
    this.#ended = this.#run(
      signal === undefined ? this.#stop.signal : AbortSignal.any([signal, this.#stop.signal]),
    );
  }

  /** How every schedule stands now, in the order they were given. */
  states(): readonly ScheduleState[] {
    const nowMs = this.#options.clock.now();
    return this.#entries.map((entry) => stateOf(entry, nowMs));
  }

  /**
   * Resolves when what is due at this moment, or was missed until now, has been submitted or refused: for whoever
   * runs everything there is to do and then ends. Never rejects.
   */
  async looked(): Promise<void> {
    await this.#turns.do(() => this.#turn(this.#stop.signal));
  }

  /**
   * Submit the task of a schedule now, due now, whatever its due times say; those stay as they are. Where
   * the last task has not ended it waits for its turn, or takes its place if that is the schedule's policy.
   * @throws SCHEDULE_UNKNOWN; what submitting throws.
   */
  async fireNow(name: string): Promise<Added> {
    const entry = this.#entries.find(({ schedule }) => schedule.name === name);
    if (entry === undefined) {
      const near = suggestion(
        name,
        this.#entries.map(({ schedule }) => schedule.name),
      );
      throw jobkitError("SCHEDULE_UNKNOWN", `asking for schedule ${JSON.stringify(name)} by hand${near}`);
    }
    return this.#turns.do(() => this.#firing.ask(entry));
  }

  /** Submit nothing more; what is being submitted is waited for. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const nextMs = await this.#turns.do(() => this.#turn(signal));
      await this.#nap(nextMs, signal);
    }
  }

  async #nap(untilMs: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    try {
      await clock.sleep(Math.min(NAP_MAX_MS, Math.max(1, untilMs - clock.now())), signal);
    } catch (error) {
      // The end of the sleep is how disposal and the caller's signal are noticed.
      if (!signal.aborted) throw error;
    }
  }

  /** @returns when the next turn is due, wall time in ms. */
  async #turn(signal: AbortSignal): Promise<number> {
    let untilMs = Number.POSITIVE_INFINITY;
    for (const entry of this.#entries) {
      if (signal.aborted) break;
      untilMs = Math.min(untilMs, await this.#look(entry));
    }
    return untilMs;
  }

  /** @returns when to look again, wall time in ms. */
  async #look(entry: Entry): Promise<number> {
    const { clock } = this.#options;
    const restMs = entry.restUntilMs - clock.monotonic();
    if (restMs > 0) return clock.now() + restMs;
    try {
      const decision = await this.#decide(entry);
      await this.#firing.act(entry, decision);
      entry.refusals = 0;
      return decision.nextMs ?? Number.POSITIVE_INFINITY;
    } catch (error) {
      return clock.now() + this.#rest(entry, error);
    }
  }

  /** A schedule that is refused rests alone: the others go on. @returns for how long, in ms. */
  #rest(entry: Entry, error: unknown): number {
    const { clock, events } = this.#options;
    const { code, message } = describeError(error);
    events.emit("scheduler.failed", () => ({ code, why: `schedule ${entry.schedule.name}: ${message}` }));
    const restMs = Math.min(REST_MAX_MS, REST_MIN_MS * 2 ** entry.refusals);
    entry.refusals += 1;
    entry.restUntilMs = clock.monotonic() + restMs;
    return restMs;
  }

  async #decide({ schedule, mark }: Entry): Promise<Decision> {
    const { clock } = this.#options;
    const moment = { uptoMs: mark.uptoMs, nowMs: clock.now() };
    const decision = decide(schedule, { ...moment, standing: "ended" });
    // Nearly every look finds nothing due: the store is asked about the last task only where it matters.
    if (decision.fire.length === 0 || mark.task === null) return decision;
    return decide(schedule, { ...moment, standing: await this.#firing.standing(mark.task) });
  }
}
