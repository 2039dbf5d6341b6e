/**
 * The status as a file: what was true a moment ago, for people and programs that have no connection. Derived
 * from other things, so it is not forced to the disk, and a write that fails is told and tried again later.
 */
import { open } from "node:fs/promises";
import type { Clock, Json } from "jobkit-core";
import { daemonError } from "../errors.ts";
import { isCode, replaceFile } from "../platform/disk.ts";

/** What {@link StatusWriter} needs. */
export interface StatusWriterOptions {
  readonly clock: Clock;
  /** Shortest time in ms between two writes. Asked anew each time. */
  readonly intervalMs: () => number;
  /** Write what is true now. Never called twice at once. */
  readonly write: () => Promise<void>;
  /** Told when writing failed, once until it works again. Default: nobody. */
  readonly onFailure?: (error: Error) => void;
}

/** A status as it was read. */
export interface ReadStatus {
  readonly status: Json;
  /** Wall time in ms since 1970 of the write. */
  readonly writtenAtMs: number;
  /** Age in ms by the reader's clock; never below 0. */
  readonly ageMs: number;
}

/** A status file larger than this was not written by us. */
const BYTES_MAX = 64 * 1024 * 1024;

/** Writes a file that says what is true when it is dirty, at most once per interval. Disposing writes it a last time. */
export class StatusWriter implements AsyncDisposable {
  readonly #options: StatusWriterOptions;
  readonly #stop = new AbortController();
  #dirty = false;
  #failed = false;
  #running: Promise<void> | null = null;

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /** Something changed. Costs nothing while a write is already on its way. */
  touch(): void {
    this.#dirty = true;
    if (this.#stop.signal.aborted) return;
    this.#running ??= this.#rounds();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    await this.#running;
    await this.#write();
  }

  async #rounds(): Promise<void> {
    const { clock, intervalMs } = this.#options;
    // The turn that made it dirty may go on changing things: what is written is what it leaves.
    await Promise.resolve();
    while (this.#dirty && !this.#stop.signal.aborted) {
      this.#dirty = false;
      await this.#write();
      await clock.sleep(intervalMs(), this.#stop.signal).catch(() => {
        // Stopped: disposing writes once more.
      });
    }
    this.#running = null;
  }

  async #write(): Promise<void> {
    const { write, onFailure } = this.#options;
    try {
      await write();
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) onFailure?.(error instanceof Error ? error : new Error(String(error)));
      this.#failed = true;
      this.#dirty = true;
    }
  }
}

/** Put `status` into the file at `path`, whole or not at all. @throws what the disk says. */
export async function writeStatusFile(path: string, status: Json): Promise<void> {
  await replaceFile(path, `${JSON.stringify(status)}\n`);
}

/**
 * The status in `path`, or `null` where there is none.
 * @param nowMs wall time to tell its age by.
 * @throws FILE_FAILED when it cannot be read or is not a status.
 */
export async function readStatusFile(path: string, nowMs: number): Promise<ReadStatus | null> {
  try {
    await using file = await open(path, "r");
    const { mtimeMs, size } = await file.stat();
    if (size > BYTES_MAX) throw new RangeError(`it has ${size} bytes`);
    const status = JSON.parse(await file.readFile("utf8")) as Json;
    return { status, writtenAtMs: mtimeMs, ageMs: Math.max(0, nowMs - mtimeMs) };
  } catch (error) {
    if (isCode(error, "ENOENT")) return null;
    throw daemonError("FILE_FAILED", `reading the status in ${path}`, { cause: error });
  }
}
