import type { DrainTally } from "jobkit-core";

/** What is learned while a daemon lives and needed when it closes. One object, changed in place. */
export interface Vitals {
  /** How the drain went; `null` while it has not ended, or where nothing was ever started. */
  drained: Readonly<DrainTally> | null;
  /** The last verdict that was told; a daemon begins well. */
  well: boolean;
  /** The queue store refused everything for so long that a run to the end was given up. */
  stuck: boolean;
}
