/**
 * What is not durable yet must not be acted on: nobody is told how a task ended, and nothing starts that follows
 * on something else (its own earlier attempt, a parent, the one before it in its sequence).
 */
import type { TaskId } from "../../base/ids.ts";
import type { JobEvent } from "../../events/event.ts";
import { mayStartEarly } from "../../queue/early-start.ts";
import type { Outcome, Turn, TurnRequest } from "../../queue/queue-store.ts";
import type { Complaints } from "./complaints.ts";

/** What says that a task is over; what says that an attempt is, by outcome. */
const LAST: readonly string[] = ["task.finished", "task.failed"];
const ENDS: Readonly<Record<Outcome["kind"], readonly string[]>> = {
  done: LAST,
  failed: LAST,
  cancelled: LAST,
  retrying: ["task.retrying"],
  interrupted: ["task.interrupted"],
  forked: ["task.forked", ...LAST],
};

/** What a turn did that a loss of power would still undo. */
interface Pending {
  /** By task: what may not be told yet. */
  readonly ended: ReadonlyMap<TaskId, readonly string[]>;
  readonly held: ReadonlySet<TaskId>;
}

export class LawOfDisk {
  readonly #complaints: Complaints;
  readonly #pending = new Map<Turn, Pending>();

  constructor(complaints: Complaints) {
    this.#complaints = complaints;
  }

  /** A turn was done, and is not durable yet. */
  done({ settlements }: TurnRequest, turn: Turn): void {
    const { settled, expired, claimed } = turn;
    const ended = new Map<TaskId, readonly string[]>();
    for (const [at, { id, outcome }] of settlements.entries())
      if (settled[at]?.accepted === true) ended.set(id, ENDS[outcome.kind]);
    for (const { id } of [...expired, ...[...settled, ...expired].flatMap((one) => one.ended)])
      ended.set(id, LAST);
    const held = claimed
      .filter((task) => !mayStartEarly({ claimed: [task], settled: [] }))
      .map(({ id }) => id);
    this.#pending.set(turn, { ended, held: new Set(held) });
  }

  /** It is. */
  durable(turn: Turn): void {
    this.#pending.delete(turn);
  }

  /** The process died, which undoes nothing: what it did is there for the next one. */
  died(): void {
    this.#pending.clear();
  }

  event({ ev, attrs }: JobEvent): void {
    if (this.#pending.size === 0) return;
    const id = attrs["task"] as TaskId;
    for (const { ended, held } of this.#pending.values()) {
      if (ended.get(id)?.includes(ev) === true)
        this.#complaints.of(id, `was told ${ev} before that was durable`);
      if (ev === "task.started" && held.has(id))
        this.#complaints.of(id, "started before what it follows on was durable");
    }
  }
}
