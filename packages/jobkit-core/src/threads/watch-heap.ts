import type { Clock } from "../base/clock.ts";
import type { ThreadSlot } from "./thread-slot.ts";

/** What is watched. */
export interface HeapWatch {
  readonly slot: ThreadSlot;
  readonly clock: Clock;
  /** MiB; Infinity: nothing is watched. */
  readonly memoryMb: number;
  /** Called once, with the MiB that were seen. */
  readonly onOver: (usedMb: number) => void;
}

/** A fast loop fills some 100 MiB in this time; asking costs the thread less than a millisecond. */
const LOOK_MS = 100;
const MIB = 2 ** 20;

/**
 * Look at what a thread holds until disposed. Not the engine's own limit for threads: where that is reached, it
 * more often ends the whole process than the thread (docs/adr/0007-thread-pool-library.md).
 */
export function watchHeap(watch: HeapWatch): Disposable {
  if (watch.memoryMb === Number.POSITIVE_INFINITY) return { [Symbol.dispose]: () => {} };
  const stop = new AbortController();
  void look(watch, stop.signal);
  return { [Symbol.dispose]: () => stop.abort() };
}

async function look({ slot, clock, memoryMb, onOver }: HeapWatch, signal: AbortSignal): Promise<void> {
  try {
    while (!signal.aborted) {
      await clock.sleep(LOOK_MS, signal);
      const held = await slot.thread?.getHeapStatistics();
      const usedMb = Math.round(((held?.used_heap_size ?? 0) + (held?.external_memory ?? 0)) / MIB);
      if (signal.aborted || usedMb <= memoryMb) continue;
      onOver(usedMb);
      return;
    }
  } catch {
    // The attempt ended during the sleep, or the thread did during the question: whoever waits for it is told.
  }
}
