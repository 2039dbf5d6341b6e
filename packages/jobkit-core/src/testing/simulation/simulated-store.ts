import type { TaskId } from "../../base/ids.ts";
import type {
  Added,
  Cancelled,
  CancelRequest,
  ListRequest,
  Marks,
  PruneRequest,
  QueueStore,
  RecoverRequest,
  Settled,
  TaskCount,
  TaskDraft,
  TaskPage,
  Turn,
  TurnRequest,
} from "../../queue/queue-store.ts";
import type { Task } from "../../task/task.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { forever, type MortalClock } from "./mortal-clock.ts";

/** What goes wrong, and how often. Shared by all processes of a simulation, and switched off for its end. */
export interface Faults {
  /** Share of calls that throw and do nothing. */
  failShare: number;
  /** Share of calls at which the process dies, half of them after the store has done its work. */
  deathShare: number;
  /** The call with this number throws as well; counted from 1 over all processes. `null`: none. */
  failCall: number | null;
  /** Longest answer in ms. */
  delayMaxMs: number;
  /** Calls so far. */
  calls: number;
}

/** Told what the store has really done, whether or not the process lives to hear of it. */
export interface StoreWitness {
  accepted(drafts: readonly TaskDraft[], added: readonly Added[]): void;
  touched(ids: readonly TaskId[]): void;
  requeued(ids: readonly TaskId[]): void;
}

/** Message of the errors this store makes up. */
export const INJECTED = "injected by the simulation";

interface SimulatedStoreOptions {
  readonly clock: MortalClock;
  readonly random: SeededRandom;
  readonly faults: Faults;
  readonly witness: StoreWitness;
}

/** A store as one process sees it: slow, failing, and never answering once the process is dead. */
export class SimulatedStore implements QueueStore {
  readonly #inner: QueueStore;
  readonly #options: SimulatedStoreOptions;

  constructor(inner: QueueStore, options: SimulatedStoreOptions) {
    this.#inner = inner;
    this.#options = options;
  }

  addGraph(drafts: readonly TaskDraft[], marks?: Marks): Promise<readonly Added[]> {
    return this.#call(
      () => this.#inner.addGraph(drafts, marks),
      (added) => this.#options.witness.accepted(drafts, added),
    );
  }

  turn(request: TurnRequest): Promise<Turn> {
    return this.#call(
      () => this.#inner.turn(request),
      ({ settled, expired }) => {
        const { witness } = this.#options;
        for (const [at, { outcome }] of request.settlements.entries()) {
          const forked = settled[at]?.forked;
          if (outcome.kind === "forked" && forked !== undefined && !("code" in forked))
            witness.accepted(outcome.drafts, forked);
        }
        witness.touched(idsOf([...settled, ...expired]));
      },
    );
  }

  touch(owner: string, ids: readonly TaskId[], leaseUntilMs: number): Promise<readonly TaskId[]> {
    return this.#call(() => this.#inner.touch(owner, ids, leaseUntilMs));
  }

  cancel(request: CancelRequest): Promise<readonly Cancelled[]> {
    return this.#call(
      () => this.#inner.cancel(request),
      (answers) => {
        this.#options.witness.touched(answers.map((answer) => answer.id));
        this.#options.witness.touched(idsOf(answers.flatMap((answer) => answer.settled ?? [])));
      },
    );
  }

  retry(ids: readonly TaskId[], nowMs: number): Promise<readonly TaskId[]> {
    return this.#call(
      () => this.#inner.retry(ids, nowMs),
      (again) => this.#options.witness.requeued(again),
    );
  }

  recover(request: RecoverRequest): Promise<readonly Task[]> {
    return this.#call(() => this.#inner.recover(request));
  }

  get(ids: readonly TaskId[]): Promise<readonly Task[]> {
    return this.#call(() => this.#inner.get(ids));
  }

  list(request: ListRequest): Promise<TaskPage> {
    return this.#call(() => this.#inner.list(request));
  }

  counts(): Promise<readonly TaskCount[]> {
    return this.#call(() => this.#inner.counts());
  }

  oldestDue(nowMs: number): Promise<Readonly<Record<string, number>>> {
    return this.#call(() => this.#inner.oldestDue(nowMs));
  }

  prune(request: PruneRequest): Promise<number> {
    return this.#call(() => this.#inner.prune(request));
  }

  marks(names: readonly string[]): Promise<Marks> {
    return this.#call(() => this.#inner.marks(names));
  }

  setMarks(marks: Marks): Promise<void> {
    return this.#call(() => this.#inner.setMarks(marks));
  }

  onWake(listener: () => void): Disposable {
    return this.#inner.onWake(() => {
      if (!this.#options.clock.dead) listener();
    });
  }

  /** The store outlives the process: nothing to close. */
  async [Symbol.asyncDispose](): Promise<void> {}

  async #call<T>(effect: () => Promise<T>, witness: (answer: T) => void = () => {}): Promise<T> {
    const { clock, faults } = this.#options;
    await this.#delay();
    const fate = this.#fate();
    if (fate === "fails") throw new Error(INJECTED);
    if (fate === "dies before") clock.die();
    if (clock.dead) return forever();
    const answer = await effect();
    witness(answer);
    if (fate === "dies after") clock.die();
    if (faults.delayMaxMs > 0) await this.#delay();
    return clock.dead ? forever() : answer;
  }

  #fate(): "works" | "fails" | "dies before" | "dies after" {
    const { random, faults } = this.#options;
    faults.calls += 1;
    if (faults.calls === faults.failCall || random.chance(faults.failShare)) return "fails";
    if (!random.chance(faults.deathShare)) return "works";
    return random.chance(0.5) ? "dies before" : "dies after";
  }

  /** No time, some turns of the event loop, or some ms: so that answers overtake each other. */
  async #delay(): Promise<void> {
    const { clock, random, faults } = this.#options;
    if (faults.delayMaxMs === 0 || random.chance(0.5)) return;
    await clock.sleep(random.chance(0.5) ? 0 : random.below(faults.delayMaxMs));
  }
}

function idsOf(answers: readonly Settled[]): readonly TaskId[] {
  return answers.flatMap((answer) => [answer.id, ...answer.ended.map((child) => child.id)]);
}
