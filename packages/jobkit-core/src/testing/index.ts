/**
 * The side door of jobkit-core, for tests only: fakes of everything that is handed in, a recorder of
 * events, a simulator, and the conformance suites of its interfaces.
 */
export { FakeClock } from "./fake-clock.ts";
export { fakeJobContext } from "./fake-context.ts";
export type { ContextOverrides, FakeJobContext } from "./fake-context.ts";
export { SeededRandom } from "./seeded-random.ts";
export { queueStoreConformance } from "./queue-conformance.ts";
export type { QueueStoreCase } from "./queue-conformance.ts";
export { assertNoDeadRows, Recorder, RECORDED_DEFAULT } from "./recorder.ts";
export { simulate } from "./simulation.ts";
export type { SimulationOptions, SimulationReport } from "./simulation.ts";
export type { Sabotage } from "./simulation/sabotage.ts";
