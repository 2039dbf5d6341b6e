import { watch, type FSWatcher } from "node:fs";
import type { Clock } from "jobkit-core";

/**
 * Says when something in a folder may have changed. The system's hint comes at once where it comes at all;
 * because some disks give none, a wait also ends after a while.
 */
export class FolderWatch implements Disposable {
  readonly #clock: Clock;
  readonly #pollMs: number;
  #watcher: FSWatcher | null = null;
  #changed = false;
  #wake: (() => void) | null = null;

  constructor(folder: string, clock: Clock, pollMs: number) {
    this.#clock = clock;
    this.#pollMs = pollMs;
    try {
      this.#watcher = watch(folder, { persistent: false }, () => this.#hint());
      this.#watcher.on("error", () => this.#unwatch());
    } catch {
      // The folder is not there yet, or the system has no watch left: looking now and then is enough.
      this.#watcher = null;
    }
  }

  /** Call before looking: a change from here on ends the next {@link wait} at once. */
  arm(): void {
    this.#changed = false;
  }

  /** Wait for a change since {@link arm}, or for the pause between two looks. @throws signal.reason. */
  async wait(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.#changed) return;
    const stop = new AbortController();
    const both = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]);
    const hinted = new Promise<void>((resolve) => (this.#wake = resolve));
    try {
      await Promise.race([hinted, this.#clock.sleep(this.#pollMs, both)]);
    } finally {
      this.#wake = null;
      stop.abort();
    }
  }

  [Symbol.dispose](): void {
    this.#unwatch();
  }

  #hint(): void {
    this.#changed = true;
    this.#wake?.();
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }
}
