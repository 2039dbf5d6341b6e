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
  TaskCount,
  TaskDraft,
  TaskPage,
  Turn,
  TurnRequest,
} from "../../queue/queue-store.ts";
import type { Task } from "../../task/task.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { INJECTED, type Faults } from "./faults.ts";
import { forever, type MortalClock } from "./mortal-clock.ts";
import type { StoreWitness } from "./witness.ts";

interface SimulatedStoreOptions {
  readonly clock: MortalClock;
  readonly random: SeededRandom;
  readonly faults: Faults;
  readonly witness: StoreWitness;
  /** How long the disk takes. */
  readonly disk: SeededRandom;
}

/** A store as one process sees it: slow, failing, and never answering once the process is dead. */
export class SimulatedStore implements QueueStore {
  readonly #inner: QueueStore;
  readonly #options: SimulatedStoreOptions;
  #open = 0;
  /** Ends when the disk has all turns that were answered. */
  #disk: Promise<void> = Promise.resolve();
  #failedMs = Number.NEGATIVE_INFINITY;
  #marksKept = true;

  constructor(inner: QueueStore, options: SimulatedStoreOptions) {
    this.#inner = inner;
    this.#options = options;
  }

  /** Calls that have no answer yet. */
  get open(): number {
    return this.#open;
  }

  /** When a call threw last, in monotonic ms. */
  get failedMs(): number {
    return this.#failedMs;
  }

  /** Did the last call of `setMarks` do its work? True before the first. */
  get marksKept(): boolean {
    return this.#marksKept;
  }

  addGraph(drafts: readonly TaskDraft[], marks?: Marks): Promise<readonly Added[]> {
    return this.#durably(
      () => this.#inner.addGraph(drafts, marks),
      (added) => this.#options.witness.added(drafts, added, marks ?? {}),
    );
  }

  async turn(request: TurnRequest): Promise<Turn> {
    // Copied: the scheduler may change its endings while the store thinks.
    const settlements = request.settlements.map((settlement) => ({ ...settlement }));
    const { faults, witness } = this.#options;
    const atOnce = faults.diskMaxMs === 0;
    const turn = await this.#call(
      () => this.#inner.turn(request),
      (answer) => witness.turned({ ...request, settlements }, answer, atOnce),
    );
    return atOnce ? turn : { ...turn, stored: this.#store(turn) };
  }

  touch(owner: string, ids: readonly TaskId[], leaseUntilMs: number): Promise<readonly TaskId[]> {
    return this.#durably(() => this.#inner.touch(owner, ids, leaseUntilMs));
  }

  cancel(request: CancelRequest): Promise<readonly Cancelled[]> {
    return this.#durably(
      () => this.#inner.cancel(request),
      (answers) => this.#options.witness.cancelled(answers),
    );
  }

  retry(ids: readonly TaskId[], nowMs: number): Promise<readonly TaskId[]> {
    return this.#durably(
      () => this.#inner.retry(ids, nowMs),
      (again) => this.#options.witness.requeued(again),
    );
  }

  recover(request: RecoverRequest): Promise<readonly Task[]> {
    return this.#durably(
      () => this.#inner.recover(request),
      (tasks) => this.#options.witness.recovered(tasks),
    );
  }

  get(ids: readonly TaskId[]): Promise<readonly Task[]> {
    return this.#durably(() => this.#inner.get(ids));
  }

  list(request: ListRequest): Promise<TaskPage> {
    return this.#durably(() => this.#inner.list(request));
  }

  counts(): Promise<readonly TaskCount[]> {
    return this.#durably(() => this.#inner.counts());
  }

  oldestDue(nowMs: number): Promise<Readonly<Record<string, number>>> {
    return this.#durably(() => this.#inner.oldestDue(nowMs));
  }

  prune(request: PruneRequest): Promise<number> {
    return this.#durably(async () => {
      const asked = this.#options.witness.stored;
      const count = await this.#inner.prune(request);
      this.#options.witness.pruned(asked, await this.#inner.get(asked), count);
      return count;
    });
  }

  marks(names: readonly string[]): Promise<Marks> {
    return this.#durably(() => this.#inner.marks(names));
  }

  async setMarks(marks: Marks): Promise<void> {
    try {
      await this.#durably(
        () => this.#inner.setMarks(marks),
        () => {
          this.#options.witness.marked(marks);
          this.#marksKept = true;
        },
      );
    } catch (error) {
      this.#marksKept = false;
      throw error;
    }
  }

  onWake(listener: () => void): Disposable {
    return this.#inner.onWake(() => {
      if (!this.#options.clock.dead) listener();
    });
  }

  /** The store outlives the process: nothing to close. */
  async [Symbol.asyncDispose](): Promise<void> {}

  /** Answer when the disk has it, and with it all that was done before. */
  async #durably<T>(effect: () => Promise<T>, witness?: (answer: T) => void): Promise<T> {
    const answer = await this.#call(effect, witness);
    if (this.#options.faults.diskMaxMs > 0) await this.#disk;
    return answer;
  }

  async #call<T>(effect: () => Promise<T>, witness: (answer: T) => void = () => {}): Promise<T> {
    const { clock } = this.#options;
    if (clock.dead) return forever();
    this.#open += 1;
    try {
      return await this.#answer(effect, witness);
    } catch (error) {
      this.#failedMs = clock.monotonic();
      throw error;
    } finally {
      this.#open -= 1;
    }
  }

  async #answer<T>(effect: () => Promise<T>, witness: (answer: T) => void): Promise<T> {
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

  /** Wait for the disk, after all that was done before. */
  #store(turn: Turn): Promise<void> {
    this.#open += 1;
    this.#disk = this.#reachDisk(turn, this.#disk);
    return this.#disk;
  }

  async #reachDisk(turn: Turn, before: Promise<void>): Promise<void> {
    const { clock, faults, disk, witness } = this.#options;
    await before;
    await clock.sleep(disk.below(faults.diskMaxMs));
    if (clock.dead) return forever();
    this.#open -= 1;
    witness.durable(turn);
  }

  /** No time, some turns of the event loop, or some ms: so that answers overtake each other. */
  async #delay(): Promise<void> {
    const { clock, random, faults } = this.#options;
    if (faults.delayMaxMs === 0 || random.chance(0.5)) return;
    await clock.sleep(random.chance(0.5) ? 0 : random.below(faults.delayMaxMs));
  }
}
