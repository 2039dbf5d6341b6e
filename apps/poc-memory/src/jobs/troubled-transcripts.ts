/** What a scan saw of a file: as long as it is the same, nothing about it has changed. */
export interface Seen {
  readonly inode: number;
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * Transcripts whose reading failed, as they were then. The queue retries a task for a while and gives up; without
 * this the next look would ask for the same reading again, for ever. A file that changes, and a new start of the
 * daemon, are reasons to try anew. Holds one entry for each transcript that is failing.
 */
export class TroubledTranscripts {
  readonly #asked = new Map<string, Seen>();
  readonly #failed = new Map<string, Seen>();

  /** A reading of the file is asked for, as it is now. */
  ask(name: string, seen: Seen): void {
    this.#asked.set(name, seen);
  }

  /** Its reading failed. */
  fail(name: string): void {
    const seen = this.#asked.get(name);
    if (seen !== undefined) this.#failed.set(name, seen);
  }

  /** It was read. */
  mend(name: string): void {
    this.#asked.delete(name);
    this.#failed.delete(name);
  }

  /** Has reading this very state of the file failed before? */
  has(name: string, { inode, size, mtimeMs }: Seen): boolean {
    const failed = this.#failed.get(name);
    return (
      failed !== undefined && failed.inode === inode && failed.size === size && failed.mtimeMs === mtimeMs
    );
  }
}
