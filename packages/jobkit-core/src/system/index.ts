/**
 * The side door of jobkit-core to the machine itself: its clock and its chance, for the outermost shell of a
 * program. Nothing of jobkit-core comes in here; it is handed both.
 */
export { systemClock } from "./clock.ts";
export { SystemRandom } from "./random.ts";
