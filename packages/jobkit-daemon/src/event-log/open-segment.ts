import type { LogDisk } from "./log-disk.ts";

/**
 * A segment that is written to. After any error it is given up: the log opens the file again and looks
 * where it really ends, because a descriptor that failed once says nothing true about what it holds.
 */
export class OpenSegment {
  readonly path: string;
  readonly firstSeq: number;
  readonly #disk: LogDisk;
  readonly #handle: number;
  #bytes: number;
  #dirty = false;
  #closed = false;
  /** The request to the disk that is under way: the handle must not be closed below it. */
  #syncing: Promise<void> | null = null;

  constructor(disk: LogDisk, path: string, at: { firstSeq: number; handle: number; bytes: number }) {
    this.#disk = disk;
    this.path = path;
    this.firstSeq = at.firstSeq;
    this.#handle = at.handle;
    this.#bytes = at.bytes;
  }

  /** Size so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Something was written that may not have reached the disk itself. */
  get dirty(): boolean {
    return this.#dirty;
  }

  /** Append whole lines. @throws the system's error; how much was taken is then unknown. */
  append(lines: string): void {
    const bytes = Buffer.from(lines);
    this.#dirty = true;
    for (let at = 0; at < bytes.length;) {
      const taken = this.#disk.write(this.#handle, at === 0 ? bytes : bytes.subarray(at));
      if (taken <= 0) throw new Error(`the disk took none of ${bytes.length - at} bytes`);
      at += taken;
      this.#bytes += taken;
    }
  }

  /** False once somebody deleted the file: what is written to it is lost. */
  isLinked(): boolean {
    return this.#disk.isLinked(this.#handle);
  }

  /**
   * Force everything appended so far to the disk. Calls at the same time share one request where they can.
   * @throws the system's error; what was appended may be lost then, whatever a later call says.
   */
  async sync(): Promise<void> {
    while (this.#syncing !== null) await this.#syncing;
    if (!this.#dirty || this.#closed) return;
    this.#dirty = false;
    const syncing = this.#disk.sync(this.#handle);
    this.#syncing = syncing.then(
      () => void (this.#syncing = null),
      () => void (this.#syncing = null),
    );
    await syncing;
  }

  /** The same without waiting for the event loop. @throws the system's error. */
  syncNow(): void {
    if (this.#closed) return;
    this.#disk.syncNow(this.#handle);
    this.#dirty = false;
  }

  /** Force to the disk and close. @throws the system's error of either, after closing. */
  async finish(): Promise<void> {
    try {
      await this.sync();
    } finally {
      await this.abandon();
    }
  }

  /** Close as soon as no request is under way. */
  async abandon(): Promise<void> {
    while (this.#syncing !== null) await this.#syncing;
    if (this.#closed) return;
    this.#closed = true;
    this.#disk.close(this.#handle);
  }
}
