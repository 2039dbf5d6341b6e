/**
 * What every QueueStore promises, as cases that any test framework can run:
 *
 *   for (const one of queueStoreConformance) test(one.name, () => one.run(open));
 *
 * `open` gives a new, empty store at each call; the case closes it.
 */
import { adding } from "./queue-conformance/adding.ts";
import { claiming } from "./queue-conformance/claiming.ts";
import { forking } from "./queue-conformance/forking.ts";
import { intervening } from "./queue-conformance/intervening.ts";
import type { QueueStoreCase } from "./queue-conformance/kit.ts";
import { large } from "./queue-conformance/large.ts";
import { randomRuns } from "./queue-conformance/random-runs.ts";
import { reading } from "./queue-conformance/reading.ts";
import { sequences } from "./queue-conformance/sequences.ts";
import { settling } from "./queue-conformance/settling.ts";

export type { QueueStoreCase } from "./queue-conformance/kit.ts";

/** All cases, the plain examples first, then random runs against a reference model, then large graphs. */
export const queueStoreConformance: readonly QueueStoreCase[] = [
  ...adding,
  ...claiming,
  ...settling,
  ...sequences,
  ...forking,
  ...intervening,
  ...reading,
  ...randomRuns,
  ...large,
];
