/**
 * The pool library, piscina: loaded when the first thread is needed, and known to this file alone
 * (docs/adr/0007-thread-pool-library.md).
 */
import type { Piscina } from "piscina";
import { jobkitError } from "../base/error-table.ts";

/** One thread of a pool, as far as it is watched here. */
export interface PoolThread {
  /** Answered by the thread even in the middle of a busy loop; rejects when it has ended. */
  getHeapStatistics(): Promise<{ readonly used_heap_size: number; readonly external_memory: number }>;
}

/** A pool of one thread that replaces it when it ends. */
export interface OneThread {
  readonly threads: readonly PoolThread[];
  run(
    task: unknown,
    options: { filename: string; name: string; transferList: never[]; signal: AbortSignal },
  ): Promise<unknown>;
  /** End the thread, and wait for its end. */
  destroy(): Promise<void>;
}

/** Makes pools of one thread each. `onEnd` hears of a thread that ended while it had nothing to do. */
export type OpenThread = (onEnd: (error: unknown) => void) => OneThread;

/**
 * Load the library.
 * @throws LIBRARY_MISSING where it is not installed.
 */
export async function loadThreads(lane: string): Promise<OpenThread> {
  const { Piscina: Pool } = await load(lane);
  return (onEnd) => {
    const pool = new Pool({
      minThreads: 1,
      maxThreads: 1,
      // The lane decides who waits; and a thread that blocks between tasks could not hear or close anything.
      atomics: "disabled",
      recordTiming: false,
    });
    pool.on("error", onEnd);
    return pool;
  };
}

async function load(lane: string): Promise<{ readonly Piscina: typeof Piscina }> {
  try {
    return await import("piscina");
  } catch (cause) {
    const next = "Install piscina beside jobkit-core: npm install piscina.";
    throw jobkitError("LIBRARY_MISSING", `loading piscina for the threads of lane ${lane}`, { cause, next });
  }
}
