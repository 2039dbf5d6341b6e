import type { EventTable, FieldsOf, Severity } from "./define.ts";

/**
 * Where an event happened. Set by the runner and the scheduler; absent outside of a task. Read inside `emit`
 * and not kept: may be an object of a class whose getters work out what is seldom asked for, such as the span
 * (see {@link Emitter.emit} for what is read when).
 */
export interface EventScope {
  /** W3C trace id: the run. */
  readonly trace: string;
  /** W3C span id: the attempt; `null` for what happens to a task between its attempts. */
  readonly span: string | null;
  /** Name of the job. */
  readonly job: string;
  /** Number of the attempt, from 1; `null` before the first. */
  readonly attempt: number | null;
}

/** One fact, as every reader sees it: the envelope is typed, `attrs` are the fields of the row `ev`. */
export interface JobEvent {
  /** Number in the durable stream, growing by one. A transient event carries that of the last durable one. */
  readonly seq: number;
  /** Wall time in ms since 1970. */
  readonly ts: number;
  /** Name of the row. */
  readonly ev: string;
  readonly sev: Severity;
  readonly trace: string | null;
  readonly span: string | null;
  readonly job: string | null;
  readonly attempt: number | null;
  readonly attrs: Readonly<Record<string, string | number>>;
}

/** An event of one row of a table, with the fields of that row. */
export type EventOf<T extends EventTable, N extends keyof T & string> = Omit<JobEvent, "ev" | "attrs"> & {
  readonly ev: N;
  readonly attrs: FieldsOf<T[N]>;
};

/** True where the event is the marker of a loss in a reader's own stream. */
export function isGap(event: JobEvent): boolean {
  return event.ev === "stream.gap";
}
