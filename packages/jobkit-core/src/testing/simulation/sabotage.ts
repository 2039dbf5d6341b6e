import type { JobEvent } from "../../events/event.ts";
import type { QueueStore } from "../../queue/queue-store.ts";
import type { SeededRandom } from "../seeded-random.ts";

/**
 * A bug planted on purpose, from outside, to prove that the simulator would find it. Its chance is its own, so
 * that the same seed without it is the same run. For tests of the simulator alone.
 */
export interface Sabotage {
  /** For people. */
  readonly name: string;
  /** The store as its processes get it. Default: the store itself. */
  readonly store?: (store: QueueStore, random: SeededRandom) => QueueStore;
  /** Change what is shared by all processes; undone when it is disposed. */
  readonly install?: (random: SeededRandom) => Disposable;
  /** Is this event heard? Default: every one is. */
  readonly hears?: (event: JobEvent, random: SeededRandom) => boolean;
}
