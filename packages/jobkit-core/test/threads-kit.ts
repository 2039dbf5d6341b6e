import { setTimeout as sleep } from "node:timers/promises";
import { EventBus, jobkitEvents } from "../src/index.ts";
import { systemClock } from "../src/system/index.ts";
import { openThreads, type ThreadsOptions } from "../src/threads/index.ts";
import { Recorder } from "../src/testing/index.ts";
import type * as work from "./fixtures/thread-work.ts";

/** A lane of threads over the fixture, with everything it says recorded. Close it. */
export async function lane(options: Partial<ThreadsOptions> = {}) {
  const bus = new EventBus({ clock: systemClock });
  const recorder = new Recorder(bus);
  const threads = await openThreads<typeof work>({
    lane: "cpu",
    size: 1,
    file: new URL("./fixtures/thread-work.ts", import.meta.url),
    events: bus.emitter(jobkitEvents),
    clock: systemClock,
    killAfterMs: 100,
    ...options,
  });
  return { threads, recorder };
}

/** An attempt as `Threads.run` sees it; what it says is kept. */
export function attempt<Input>(input: Input, signal: AbortSignal = new AbortController().signal) {
  const said: unknown[] = [];
  return {
    said,
    input,
    attempt: 1,
    labels: { of: "a test" },
    signal,
    progress: (...report: unknown[]) => void said.push(["progress", ...report]),
    note: (text: string) => void said.push(["note", text]),
    warn: (text: string) => void said.push(["warn", text]),
  };
}

/** Memory that both sides see. */
export function shared(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

/** Resolves when the thread has set it. */
export async function isSet(place: Int32Array): Promise<void> {
  while (Atomics.load(place, 0) === 0) await sleep(1);
}

/** What a promise is rejected with, heard from now on; `null` where it is not. */
export function thrown(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}
