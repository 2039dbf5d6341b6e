import type { Clock } from "../base/clock.ts";
import { describeError } from "../base/errors.ts";
import { BODY_FAILED, type Body } from "./body.ts";
import type { BusRow } from "./bus-row.ts";
import type { EmitterTarget } from "./emitter.ts";
import type { EventScope, JobEvent } from "./event.ts";
import type { FanOut, Registered } from "./fan-out.ts";

/** Longer texts in fields are cut to so many characters: no reader, log or line has to hold whatever a job says. */
const ATTR_TEXT_MAX = 8_192;

/** Makes events of what was emitted, and sends them. Only what somebody wants gets here. */
export class EventStream implements EmitterTarget {
  lastSeq: number;
  readonly #clock: Clock;
  readonly #fanOut: FanOut;

  constructor(clock: Clock, fanOut: FanOut, lastSeq: number) {
    this.#clock = clock;
    this.#fanOut = fanOut;
    this.lastSeq = lastSeq;
  }

  tell(row: BusRow, amount: number, body: Body, scope: EventScope | null): void {
    const { listeners, series } = row;
    const seq = this.lastSeq; // Before the body: one that emits, against its contract, must not take the number.
    if (listeners.length === 0) {
      series?.record(fieldsToCount(body), scope === null ? null : scope.job, amount);
      return;
    }
    const attrs = fieldsFrom(body);
    series?.record(attrs, scope === null ? null : scope.job, amount);
    this.#fanOut.send(this.event(row, seq, scope, attrs), listeners);
  }

  /** Count and tell everybody but one, whom it is about. */
  tellOthers(row: BusRow, attrs: Record<string, string | number>, except: Registered): void {
    row.value += 1;
    if (row.numbered) this.lastSeq += 1;
    const others = row.listeners.filter((registered) => registered !== except);
    row.series?.record(attrs, null, 1);
    if (others.length > 0) this.#fanOut.send(this.event(row, this.lastSeq, null, attrs), others);
  }

  /** The event itself. The scope is read here and nowhere else, but for the job of a finer count. */
  event(row: BusRow, seq: number, scope: EventScope | null, attrs: JobEvent["attrs"]): JobEvent {
    const within = scope ?? NOWHERE;
    return {
      seq,
      ts: this.#clock.now(),
      ev: row.name,
      sev: row.row.sev,
      trace: within.trace,
      span: within.span,
      job: within.job,
      attempt: within.attempt,
      attrs,
    };
  }
}

/** The scope of what happens outside of any task. */
const NOWHERE = { trace: null, span: null, job: null, attempt: null } as const;

/**
 * The fields that `build` makes, long texts cut. Never throws: a body that does is a mistake in the
 * reporting, not in the work, so the event stands and says so in `bodyFailed`.
 */
function fieldsFrom(build: Body): Record<string, string | number> {
  try {
    return bounded(build());
  } catch (error) {
    return { [BODY_FAILED]: describeError(error).message };
  }
}

/** The fields only to count by: as {@link fieldsFrom}, but nobody keeps them, so that long texts may stay. */
function fieldsToCount(build: Body): Record<string, string | number> {
  try {
    return build();
  } catch {
    return NO_FIELDS; // The occurrence is counted all the same; the next listener sees why.
  }
}

const NO_FIELDS: Record<string, string | number> = {};

/** Cut what is too long, on a copy: the fields belong to whoever built them. */
function bounded(attrs: Record<string, string | number>): Record<string, string | number> {
  // By for-in: over the shape of a literal it is faster than any list of names that could be kept.
  for (const name in attrs) {
    const value = attrs[name];
    if (typeof value === "string" && value.length > ATTR_TEXT_MAX)
      return Object.fromEntries(Object.entries(attrs).map(([key, one]) => [key, shortened(one)]));
  }
  return attrs;
}

function shortened(value: string | number): string | number {
  const tooLong = typeof value === "string" && value.length > ATTR_TEXT_MAX;
  return tooLong ? `${value.slice(0, ATTR_TEXT_MAX - 1)}…` : value;
}
