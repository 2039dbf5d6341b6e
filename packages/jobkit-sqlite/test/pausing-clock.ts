import type { Clock } from "jobkit-core";
import { FakeClock } from "jobkit-core/testing";

/** A clock that stands still, counts the pauses made on it and calls `free` at the third. */
export function pausingClock(free: () => void): { readonly clock: Clock; readonly pauses: () => number } {
  const fake = new FakeClock();
  let pauses = 0;
  const clock: Clock = {
    now: () => fake.now(),
    monotonic: () => fake.monotonic(),
    sleep: async () => {
      pauses += 1;
      if (pauses === 3) free();
    },
  };
  return { clock, pauses: () => pauses };
}
