import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "jobkit-core";

/** The machine's own clock, for callers that hand in none. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    signal?.throwIfAborted();
    try {
      await wait(Math.max(0, ms), undefined, { signal });
    } catch (error) {
      // Node wraps the reason in an error of its own; callers expect the reason.
      throw signal?.aborted === true ? signal.reason : error;
    }
  },
};
