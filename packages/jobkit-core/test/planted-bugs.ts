/** Bugs planted in a simulation from outside: by a store that does one thing wrong, or by a part that forgets. */
import type { JobEvent, Marks, QueueStore, TaskDraft, Turn, TurnRequest } from "../src/index.ts";
import type { Lease } from "../src/pool/lease.ts";
import { Pools } from "../src/pool/pools.ts";
import { Lanes } from "../src/schedule/lanes.ts";
import { Unstored } from "../src/schedule/unstored.ts";
import { Waiters } from "../src/schedule/waiters.ts";
import type { Sabotage, SeededRandom } from "../src/testing/index.ts";
import { ThroughStore } from "./through-store.ts";

/** How often a bug shows where it could. */
const SHARE = 0.1;

/** A store that is wrong now and then. */
abstract class Wrong extends ThroughStore {
  readonly random: SeededRandom;

  constructor(inner: QueueStore, random: SeededRandom) {
    super(inner);
    this.random = random;
  }

  get strikes(): boolean {
    return this.random.chance(SHARE);
  }
}

class DropsWakeUp extends Wrong {
  override onWake(listener: () => void): Disposable {
    return this.inner.onWake(() => {
      if (!this.strikes) listener();
    });
  }
}

class ForgetsNextTime extends Wrong {
  override async turn(request: TurnRequest): Promise<Turn> {
    const turn = await this.inner.turn(request);
    return this.strikes ? { ...turn, nextAtMs: null } : turn;
  }
}

class CompletesTwice extends Wrong {
  override async turn(request: TurnRequest): Promise<Turn> {
    const turn = await this.inner.turn(request);
    const settled = turn.settled.map((one, at) =>
      request.settlements[at]?.outcome.kind === "done" && this.strikes
        ? { ...one, ended: [...one.ended, { id: one.id, kind: "failed" as const }] }
        : one,
    );
    return { ...turn, settled };
  }
}

class ClaimsTwice extends Wrong {
  #last: Turn["claimed"] = [];

  override async turn(request: TurnRequest): Promise<Turn> {
    const turn = await this.inner.turn(request);
    const again = this.strikes && request.room !== null ? this.#last.slice(0, 1) : [];
    this.#last = turn.claimed;
    return { ...turn, claimed: [...turn.claimed, ...again] };
  }
}

class LosesSettlement extends Wrong {
  override async turn(request: TurnRequest): Promise<Turn> {
    const lost = request.settlements.map(() => this.strikes);
    const turn = await this.inner.turn({
      ...request,
      settlements: request.settlements.filter((_, at) => lost[at] !== true),
    });
    const answers = [...turn.settled];
    const settled = request.settlements.map(({ id }, at) =>
      lost[at] === true
        ? { id, accepted: true, unblocked: [], ended: [] }
        : (answers.shift() as Turn["settled"][number]),
    );
    return { ...turn, settled };
  }
}

/** Stores drafts that have lost something on the way. */
class LosesFields extends Wrong {
  readonly lose: (draft: TaskDraft) => TaskDraft;

  constructor(inner: QueueStore, random: SeededRandom, lose: (draft: TaskDraft) => TaskDraft) {
    super(inner, random);
    this.lose = lose;
  }

  override addGraph(drafts: readonly TaskDraft[], marks?: Marks): ReturnType<QueueStore["addGraph"]> {
    return this.inner.addGraph(
      drafts.map((draft) => (this.strikes ? this.lose(draft) : draft)),
      marks,
    );
  }
}

class ForgetsMarks extends Wrong {
  override addGraph(drafts: readonly TaskDraft[], marks?: Marks): ReturnType<QueueStore["addGraph"]> {
    return this.strikes ? this.inner.addGraph(drafts) : this.inner.addGraph(drafts, marks);
  }
}

class ForksOfNothing extends Wrong {
  override async turn(request: TurnRequest): Promise<Turn> {
    const settlements = request.settlements.map((one) =>
      one.outcome.kind === "forked" && this.strikes
        ? { ...one, outcome: { kind: "interrupted" } as const }
        : one,
    );
    const turn = await this.inner.turn({ ...request, settlements });
    // It says that it has stored the children, and has not.
    const settled = turn.settled.map((one, at) => {
      const outcome = request.settlements[at]?.outcome;
      if (outcome?.kind !== "forked" || one.forked !== undefined) return one;
      return { ...one, forked: outcome.drafts.map(({ id }) => ({ id, added: true })) };
    });
    return { ...turn, settled };
  }
}

class ExceedsRoom extends Wrong {
  override turn(request: TurnRequest): Promise<Turn> {
    const { room } = request;
    if (room === null || !this.strikes) return this.inner.turn(request);
    const jobs = room.jobs.map((job) => ({ ...job, starts: job.starts + 1 }));
    return this.inner.turn({ ...request, room: { ...room, jobs } });
  }
}

/** A method of a part does something else, until this is disposed; `whole` is what it did before. */
function instead(
  part: object,
  method: string,
  what: (whole: () => unknown, args: unknown[]) => unknown,
): Disposable {
  const before = Reflect.get(part, method) as (...all: unknown[]) => unknown;
  Reflect.set(part, method, function wrong(this: unknown, ...all: unknown[]): unknown {
    return what(() => Reflect.apply(before, this, all), all);
  });
  return {
    [Symbol.dispose]: () => {
      Reflect.set(part, method, before);
    },
  };
}

/** Leases whose slots do not come back. */
function leaksLeases(random: SeededRandom): Disposable {
  return instead(Pools.prototype, "tryAcquire", (whole) => {
    const lease = whole() as Lease | null;
    if (lease === null || !random.chance(SHARE)) return lease;
    return { slots: lease.slots, [Symbol.dispose]: () => {} };
  });
}

/** What ended is told before the disk has it. */
function tellsEarly(random: SeededRandom): Disposable {
  return instead(Unstored.prototype, "add", (whole, args) => {
    if (random.chance(SHARE)) args[0] = Promise.resolve();
    return whole();
  });
}

/** A method that does nothing now and then. */
function forgets(part: object, method: string, random: SeededRandom): Disposable {
  return instead(part, method, (whole) => (random.chance(SHARE) ? undefined : whole()));
}

function fields(name: string, lose: (draft: TaskDraft) => TaskDraft): Sabotage {
  return { name, store: (inner, random) => new LosesFields(inner, random, lose) };
}

/** Every planted bug. */
export const plantedBugs: readonly Sabotage[] = [
  { name: "drop a wake-up", store: (inner, random) => new DropsWakeUp(inner, random) },
  { name: "forget when the next task is due", store: (inner, random) => new ForgetsNextTime(inner, random) },
  { name: "complete twice", store: (inner, random) => new CompletesTwice(inner, random) },
  { name: "claim twice", store: (inner, random) => new ClaimsTwice(inner, random) },
  { name: "lose a settlement", store: (inner, random) => new LosesSettlement(inner, random) },
  { name: "claim more than there is room for", store: (inner, random) => new ExceedsRoom(inner, random) },
  { name: "lose forked children", store: (inner, random) => new ForksOfNothing(inner, random) },
  { name: "forget a mark", store: (inner, random) => new ForgetsMarks(inner, random) },
  fields("claim beyond a sequence", (draft) => ({ ...draft, sequence: null })),
  fields("forget a deadline", (draft) => ({ ...draft, deadlineAtMs: null })),
  fields("forget an idempotency key", (draft) => ({ ...draft, idempotencyKey: null })),
  fields("forget a parent", (draft) => ({ ...draft, after: draft.after.slice(1) })),
  { name: "leak a lease", install: leaksLeases },
  { name: "leak a lane", install: (random) => forgets(Lanes.prototype, "give", random) },
  { name: "forget who waits", install: (random) => forgets(Waiters.prototype, "tell", random) },
  { name: "tell before it is durable", install: tellsEarly },
  { name: "lose an event", hears: (_event: JobEvent, random) => !random.chance(0.01) },
];
