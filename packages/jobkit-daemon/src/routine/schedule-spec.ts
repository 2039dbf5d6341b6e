/**
 * A schedule as a person writes it, in code or in a configuration file: data, no functions. The reader takes
 * the names of its keys from here, the published schema everything, so that neither knows more than the other.
 */
import type { Json, MissedPolicy, OverlapPolicy } from "jobkit-core";

/** Work that is due again and again: a run of a pipeline, or a task of a job. One of the two, not both. */
export interface ScheduleSpec {
  /** kebab-case; in a file the key it stands under. What was done last is remembered under it. */
  readonly name: string;
  /** One sentence for people. */
  readonly doc?: string;
  /** `daily at 03:30` or `cron 0 3 * * 1`, with a zone behind it or without; or `every 6h`. */
  readonly when: string;
  /** The pipeline to run. */
  readonly pipeline?: string;
  /** What its runs are told beside the date. */
  readonly args?: Readonly<Record<string, Json>>;
  /**
   * What the date of a run is. "day": the day of the due time in the zone of the schedule, so at `daily at 03:30` the
   * day that has just begun. "minute": the due time itself, in UTC. Default: "day" where it is due at most once a
   * day. A pipeline runs once at a date.
   */
  readonly dates?: DateStyle;
  /** With dates of days: so many days later; -1 is the day before, which is over. Default 0. */
  readonly dateOffsetDays?: number;
  /** The job to submit a task of. */
  readonly job?: string;
  /** Its input. Default: an empty object. */
  readonly input?: Json;
  /** Due times that passed while nobody was there. Default "once": the newest is made up for. */
  readonly missed?: MissedPolicy;
  /**
   * A due time at which the last task, or the run it waits for, has not ended. Default "skip". A run cannot be
   * replaced: what it did so far would stand half done.
   */
  readonly overlap?: OverlapPolicy;
  readonly jitterMs?: number;
  readonly catchUpWindowMs?: number;
  readonly graceMs?: number;
}

/** How the date of a run is made of a due time. */
export type DateStyle = "day" | "minute";

/** The styles, in the order of the documentation. */
export const dateStyles = ["day", "minute"] as const satisfies readonly DateStyle[];
/** What may become of missed due times, but for a number of them. */
export const missedWords = ["skip", "once"] as const;
/** What may happen at a due time that meets a task of before. */
export const overlapWords = ["skip", "queue", "replace"] as const satisfies readonly OverlapPolicy[];
/** Missed due times that may be made up for. */
export const missedRange = { min: 1, max: 100 } as const;
/** Days that a date may lie off its due time. */
export const offsetRange = { min: -366, max: 366 } as const;

const duration = { anyOf: [{ type: "number", minimum: 0 }, { type: "string" }] } as const;

/** Every key of a schedule in a file: its sentence and its JSON Schema. */
export const scheduleKeys = {
  doc: { doc: "One sentence for people.", schema: { type: "string" } },
  when: {
    doc: "daily at 03:30 or cron 0 3 * * 1, a time zone such as Europe/Berlin may follow; or every 6h.",
    schema: { type: "string" },
  },
  pipeline: { doc: "The pipeline to run; once at a date.", schema: { type: "string" } },
  args: { doc: "What its runs are told beside the date.", schema: { type: "object" } },
  dates: {
    doc: "What the date of a run is: the day of the due time in the zone of the schedule, or the minute of it in UTC. Default: day where it is due at most once a day.",
    schema: { enum: dateStyles },
  },
  dateOffsetDays: {
    doc: "With dates of days: so many days later; -1 is the day before. Default 0.",
    schema: { type: "integer", minimum: offsetRange.min, maximum: offsetRange.max },
  },
  job: { doc: "The job to submit a task of, where no pipeline is run.", schema: { type: "string" } },
  input: { doc: "The input of that task. Default: an empty object.", schema: {} },
  missed: {
    doc: "Due times that passed while nobody was there: skip, once (the default), or all: N for the newest N.",
    schema: {
      anyOf: [
        { enum: missedWords },
        {
          type: "object",
          additionalProperties: false,
          required: ["all"],
          properties: { all: { type: "integer", minimum: missedRange.min, maximum: missedRange.max } },
        },
      ],
    },
  },
  overlap: {
    doc: "A due time at which the last one has not ended: skip (the default), queue, or for a task of a job replace.",
    schema: { enum: overlapWords },
  },
  jitterMs: { doc: "Start up to so long after the due time, as ms or with a unit: 5m.", schema: duration },
  catchUpWindowMs: {
    doc: "Missed due times further back are not made up for, as ms or with a unit: 7d.",
    schema: duration,
  },
  graceMs: {
    doc: "Overdue when it was not dealt with so long after its start. Default 10m.",
    schema: duration,
  },
} as const;

/** The keys, in the order of the documentation. */
export const scheduleKeyNames: readonly string[] = Object.keys(scheduleKeys);
