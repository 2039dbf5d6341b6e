import { assertNever, type Emitter } from "jobkit-core";
import type { DaemonEvents } from "./events.ts";
import type { LogFact } from "./event-log/log-fact.ts";

/** Facts that may wait for the bus; opening a log tells one or two. */
const WAITING_MAX = 16;

/** Turns what the event log says of itself into events. The log is open before the bus, so the first facts wait. */
export class LogTeller {
  #events: Emitter<DaemonEvents> | null = null;
  #waiting: LogFact[] = [];

  take(fact: LogFact): void {
    if (this.#events !== null) tell(this.#events, fact);
    else if (this.#waiting.length < WAITING_MAX) this.#waiting.push(fact);
  }

  /** Emit from here on, beginning with what waits and with what was cut off when the log was opened. */
  tellTo(events: Emitter<DaemonEvents>, healedBytes: number): void {
    this.#events = events;
    if (healedBytes > 0) tell(events, { kind: "healed", bytes: healedBytes });
    for (const fact of this.#waiting) tell(events, fact);
    this.#waiting = [];
  }
}

function tell(events: Emitter<DaemonEvents>, fact: LogFact): void {
  switch (fact.kind) {
    case "healed":
      events.emit("log.healed", () => ({ bytes: fact.bytes }));
      return;
    case "failed":
      events.emit("log.failed", () => ({ code: fact.code, why: fact.why }));
      return;
    case "recovered":
      events.emit("log.recovered", () => ({ failedMs: Math.round(fact.failedMs), dropped: fact.dropped }));
      return;
    case "pruned":
      events.emit("log.pruned", () => ({
        segments: fact.segments,
        bytes: fact.bytes,
        throughSeq: fact.throughSeq,
      }));
      return;
    default:
      assertNever(fact);
  }
}
