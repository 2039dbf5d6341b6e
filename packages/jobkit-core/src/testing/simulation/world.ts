/** Everything that one simulation is made of, and a look at it whenever nothing is on its way. */
import { describeError } from "../../base/errors.ts";
import type { QueueStore } from "../../queue/queue-store.ts";
import { FakeClock } from "../fake-clock.ts";
import { SeededRandom } from "../seeded-random.ts";
import { INJECTED, type Faults } from "./faults.ts";
import { simulatedJobs } from "./jobs.ts";
import { Ledger } from "./ledger.ts";
import { laneGroups } from "./limits.ts";
import type { Sabotage } from "./sabotage.ts";
import { SimulatedProcess, STORE_RETRY_MS } from "./simulated-process.ts";

/** What the world depends on. */
export interface WorldOptions {
  readonly seed: number;
  readonly store: QueueStore;
  readonly faults: (random: SeededRandom) => Faults;
  readonly sabotage: Sabotage | null;
}

/** What the scheduler has missed by a jump of the wall clock it sees after so many ms. */
const WALL_STEADY_MS = 61_000;
/** Another sequence of chance for what is planted: the rest stays as it is without. */
const SABOTAGE_SALT = 0x5ab0;

export class World {
  readonly clock = new FakeClock();
  readonly random: SeededRandom;
  readonly faults: Faults;
  readonly lanes: Readonly<Record<string, number>>;
  readonly ledger: Ledger;
  readonly store: QueueStore;
  readonly tally = { events: 0, finished: 0, deaths: 0, forks: 0, looks: 0 };
  process: SimulatedProcess;
  /** When the wall clock was last set, in monotonic ms. */
  #jumpedMs = Number.NEGATIVE_INFINITY;
  readonly #sabotage: Sabotage | null;
  readonly #ill: SeededRandom;
  #processes = 0;

  constructor({ seed, store, faults, sabotage }: WorldOptions) {
    const random = new SeededRandom(seed);
    this.random = random;
    this.#sabotage = sabotage;
    this.#ill = new SeededRandom(seed ^ SABOTAGE_SALT);
    this.store = sabotage?.store?.(store, this.#ill) ?? store;
    this.lanes = Object.fromEntries(laneGroups.map((name) => [name, 1 + random.below(4)]));
    this.faults = faults(random);
    this.ledger = new Ledger({
      jobs: simulatedJobs(this.clock, random),
      lanes: this.lanes,
      monotonic: () => this.clock.monotonic(),
    });
    this.process = this.spawn();
  }

  /** What is planted in everything, until it is disposed. */
  install(): Disposable {
    return this.#sabotage?.install?.(this.#ill) ?? { [Symbol.dispose]: () => {} };
  }

  complain(what: string): void {
    this.ledger.complaints.add(what);
  }

  /** Make the next process. It does not begin by itself. */
  spawn(): SimulatedProcess {
    this.#processes += 1;
    return new SimulatedProcess({
      name: `p${this.#processes}`,
      lanes: this.lanes,
      clock: this.clock,
      random: this.random,
      store: this.store,
      faults: this.faults,
      witness: this.ledger,
      nextSeq: this.ledger.telling.lastSeq + 1,
      onEvent: (event) => {
        if (this.#sabotage?.hears?.(event, this.#ill) === false) return;
        this.tally.events += 1;
        if (event.ev === "task.finished") this.tally.finished += 1;
        if (event.ev === "task.forked") this.tally.forks += 1;
        this.ledger.event(event);
      },
    });
  }

  /** Set the wall clock alone. */
  jump(ms: number): void {
    this.clock.jump(ms);
    this.ledger.book.wallWasSet = true;
    this.#jumpedMs = this.clock.monotonic();
  }

  /**
   * Do something that may be refused, fail, or never be answered because the process dies.
   * @param mayBe codes with which it may be refused.
   */
  async attempt(
    question: () => Promise<unknown>,
    mayBe: (code: string) => boolean = () => false,
  ): Promise<void> {
    try {
      await question();
    } catch (error) {
      const { code, message } = describeError(error);
      if (message !== INJECTED && !mayBe(code)) this.complain(`a question was refused: ${code} ${message}`);
    }
  }

  /** Hold every law against what is now, unless something is on its way. The clock must have settled. */
  async look(): Promise<void> {
    const { clock, process, ledger } = this;
    const quietMs = clock.monotonic() - process.store.failedMs;
    if (process.dead || process.store.open > 0 || quietMs <= STORE_RETRY_MS) return;
    this.tally.looks += 1;
    const snapshot = process.scheduler.snapshot();
    ledger.atRest({
      tasks: await this.store.get(ledger.stored),
      snapshot,
      nowMs: clock.now(),
      wallIsSteady: clock.monotonic() - this.#jumpedMs > WALL_STEADY_MS,
    });
    if (process.store.marksKept) ledger.marks.checkPauses(snapshot);
    ledger.marks.check(await this.store.marks(ledger.marks.names));
  }
}
