import type { Clock } from "../../base/clock.ts";
import { EventBus } from "../../events/bus.ts";
import type { JobEvent } from "../../events/event.ts";
import { jobkitEvents } from "../../events/table.ts";
import type { QueueStore } from "../../queue/queue-store.ts";
import { Scheduler } from "../../schedule/scheduler.ts";
import { SeededRandom } from "../seeded-random.ts";
import type { Faults } from "./faults.ts";
import { simulatedJobs } from "./jobs.ts";
import { simulatedPools } from "./limits.ts";
import { MortalClock } from "./mortal-clock.ts";
import { SimulatedStore } from "./simulated-store.ts";
import type { StoreWitness } from "./witness.ts";

/** What a simulated process is made of. */
export interface ProcessOptions {
  readonly name: string;
  readonly lanes: Readonly<Record<string, number>>;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly store: QueueStore;
  readonly faults: Faults;
  readonly witness: StoreWitness;
  /** Number of its first durable event. */
  readonly nextSeq: number;
  readonly onEvent: (event: JobEvent) => void;
}

/** Pause in ms of a simulated scheduler after its store refused. */
export const STORE_RETRY_MS = 1_000;
const LEASE_MS = 30_000;

/** One process with a scheduler. It may die at any call of its store: then nothing of it ever moves again. */
export class SimulatedProcess {
  readonly name: string;
  readonly scheduler: Scheduler;
  /** The store as this process sees it. */
  readonly store: SimulatedStore;
  readonly #clock: MortalClock;

  constructor(options: ProcessOptions) {
    const { name, lanes, random, store, faults, witness, nextSeq, onEvent } = options;
    this.name = name;
    const clock = new MortalClock(options.clock);
    this.#clock = clock;
    const disk = new SeededRandom(nextSeq);
    this.store = new SimulatedStore(store, { clock, random, faults, witness, disk });
    const bus = new EventBus({ clock, nextSeq });
    // Whatever still moves of a dead process leaves no trace.
    bus.listen({ name: "ledger" }, (event) => {
      if (!clock.dead) onEvent(event);
    });
    this.scheduler = new Scheduler({
      store: this.store,
      jobs: simulatedJobs(clock, random),
      pools: simulatedPools,
      events: bus.emitter(jobkitEvents),
      clock,
      random,
      owner: name,
      lanes,
      leaseMs: LEASE_MS,
      storeRetryMs: STORE_RETRY_MS,
    });
  }

  get dead(): boolean {
    return this.#clock.dead;
  }

  /** When it died, in monotonic ms. */
  get diedMs(): number {
    return this.#clock.diedMs;
  }

  /** As by SIGKILL: nothing is settled, nothing is told. */
  kill(): void {
    this.#clock.die();
  }
}
