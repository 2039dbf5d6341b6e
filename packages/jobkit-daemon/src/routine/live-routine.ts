/**
 * The pipelines and the timetable of a daemon that lives: opened with it, begun when it starts work, and swapped
 * whole when the configuration is read again.
 */
import {
  type Added,
  type JobkitEvents,
  type Clock,
  jobkitEvents,
  type EventBus,
  type KnownNames,
  type Pipelines,
  type QueueStore,
  type Random,
  type Schedule,
  type Scheduler,
  type ScheduleState,
  type TableEmitter,
  Timetable,
} from "jobkit-core";
import type { Routine } from "./routine.ts";
import { runDateOf } from "./run-date.ts";
import { RUN_PIPELINE } from "./run-pipeline.ts";
import type { ScheduleSpec } from "./schedule-spec.ts";

/** What it is made of. It owns none of it: close it before the scheduler. */
export interface LiveRoutineOptions {
  readonly routine: Routine;
  readonly pipelines: Pipelines;
  /** What pipelines and schedules may name, now that the application is open. */
  readonly known: KnownNames;
  readonly scheduler: Scheduler;
  readonly store: QueueStore;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly random: Random;
}

export class LiveRoutine implements AsyncDisposable {
  readonly pipelines: Pipelines;
  readonly known: KnownNames;
  readonly #options: LiveRoutineOptions;
  readonly #events: TableEmitter<JobkitEvents>;
  #routine: Routine;
  #timetable: Timetable | null = null;
  /** The change that came last; the next one waits for it, so that none is made to what another is replacing. */
  #change: Promise<void> = Promise.resolve();

  constructor(options: LiveRoutineOptions) {
    this.#options = options;
    this.#routine = options.routine;
    this.#events = options.bus.emitter(jobkitEvents);
    this.pipelines = options.pipelines;
    this.known = options.known;
  }

  /** What is in force. */
  get now(): Routine {
    return this.#routine;
  }

  /** Watch the clock from here on. Once. @throws what the store throws. */
  begin(): Promise<void> {
    return this.#inTurn(async () => {
      this.#timetable ??= await this.#open(this.#routine);
    });
  }

  /** Resolves when everything that is due, or was missed, has been submitted. */
  async looked(): Promise<void> {
    await this.#timetable?.looked();
  }

  /** Submit what a schedule does, now. @throws SCHEDULE_UNKNOWN; what the store throws. */
  async fire(name: string): Promise<Added> {
    await this.begin();
    const timetable = this.#timetable as Timetable;
    await timetable.looked();
    return await timetable.fireNow(name);
  }

  /** How every schedule stands; none before the beginning. */
  states(): readonly ScheduleState[] {
    return this.#timetable?.states() ?? [];
  }

  /** Have another routine from now on. Runs under way go on as they were. @throws what the store throws. */
  replace(routine: Routine): Promise<void> {
    return this.#inTurn(async () => {
      // The new one first: where the store refuses it, the old one goes on. For a moment there are both, and a due
      // time is submitted once all the same.
      const next = this.#timetable === null ? null : await this.#open(routine);
      const before = this.#timetable;
      this.#timetable = next;
      this.#routine = routine;
      this.pipelines.replace(routine.pipelines);
      await before?.[Symbol.asyncDispose]();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inTurn(async () => this.#timetable?.[Symbol.asyncDispose]());
  }

  async #inTurn(change: () => Promise<void>): Promise<void> {
    const own = this.#change.then(change);
    this.#change = own.catch(() => {
      // Whoever asked for it is told; the next one begins with what there is.
    });
    await own;
  }

  #open({ schedules, zone }: Routine): Promise<Timetable> {
    const { scheduler, store, clock, random } = this.#options;
    return Timetable.open({
      schedules: schedules.map((spec) => scheduleOf(spec, zone)),
      host: scheduler,
      store,
      events: this.#events,
      clock,
      random,
      zone,
    });
  }
}

/** A written schedule as a timetable takes it. */
export function scheduleOf(spec: ScheduleSpec, zone: string): Schedule {
  const { name, doc = "", when, pipeline, args = {}, job = "", input = {} } = spec;
  const { missed, overlap, jitterMs, catchUpWindowMs, graceMs } = spec;
  const task: Schedule["task"] =
    pipeline === undefined
      ? { job, input }
      : (dueMs) => ({
          job: RUN_PIPELINE,
          input: { pipeline, date: runDateOf(spec, dueMs, zone), args },
          labels: { pipeline },
        });
  return {
    name,
    doc,
    when,
    task,
    ...(missed === undefined ? {} : { missed }),
    ...(overlap === undefined ? {} : { overlap }),
    ...(jitterMs === undefined ? {} : { jitterMs }),
    ...(catchUpWindowMs === undefined ? {} : { catchUpWindowMs }),
    ...(graceMs === undefined ? {} : { graceMs }),
  };
}
