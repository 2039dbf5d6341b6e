import type { Clock } from "../../base/clock.ts";
import { EventBus } from "../../events/bus.ts";
import type { JobEvent } from "../../events/event.ts";
import { jobkitEvents } from "../../events/table.ts";
import type { QueueStore } from "../../queue/queue-store.ts";
import { Scheduler } from "../../schedule/scheduler.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { simulatedJobs, simulatedPools } from "./jobs.ts";
import { MortalClock } from "./mortal-clock.ts";
import { SimulatedStore, type Faults, type StoreWitness } from "./simulated-store.ts";

/** What a simulated process is made of. */
export interface ProcessOptions {
  readonly name: string;
  readonly lanes: number;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly store: QueueStore;
  readonly faults: Faults;
  readonly witness: StoreWitness;
  readonly onEvent: (event: JobEvent) => void;
}

/** One process with a scheduler. It may die at any call of its store: then nothing of it ever moves again. */
export class SimulatedProcess {
  readonly name: string;
  readonly scheduler: Scheduler;
  readonly #clock: MortalClock;

  constructor({ name, lanes, clock, random, store, faults, witness, onEvent }: ProcessOptions) {
    this.name = name;
    this.#clock = new MortalClock(clock);
    const bus = new EventBus({ clock: this.#clock });
    bus.listen({ name: "ledger" }, onEvent);
    this.scheduler = new Scheduler({
      store: new SimulatedStore(store, { clock: this.#clock, random, faults, witness }),
      jobs: simulatedJobs(this.#clock, random),
      pools: simulatedPools,
      events: bus.emitter(jobkitEvents),
      clock: this.#clock,
      random,
      owner: name,
      lanes,
      leaseMs: 30_000,
    });
  }

  get dead(): boolean {
    return this.#clock.dead;
  }

  /** As by SIGKILL: nothing is settled, nothing is told. */
  kill(): void {
    this.#clock.die();
  }
}
