/** The segments of one log as a whole: opening the last, beginning the next, deleting the oldest. */
import { join } from "node:path";
import type { LogDisk } from "./log-disk.ts";
import { OpenSegment } from "./open-segment.ts";
import { findEnd, segmentName, segmentPath, sortSegments } from "./segments.ts";

/** What the log looks like on the disk. */
export interface ShelfState {
  /** The last segment, open for writing; `null` where there is none. */
  readonly segment: OpenSegment | null;
  /** Number of the last event; 0 where there is none. */
  readonly lastSeq: number;
  /** Bytes cut off the end of the last segment: a line that was never finished. */
  readonly healedBytes: number;
}

/** What {@link Shelf.prune} took away. */
export interface Pruned {
  readonly segments: number;
  readonly bytes: number;
  /** Everything up to this event is gone. */
  readonly throughSeq: number;
}

/** What may stand on the shelf. */
export interface ShelfLimits {
  /** Of all segments that are not written to any more. */
  readonly closedBytes: number;
  /** Segments last written before (ms since 1970) are too old. */
  readonly oldestMs: number;
}

interface Closed {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** First event of the segment after it. */
  readonly nextSeq: number;
}

/** Owns the folder of the log, not the segments it hands out. Every method may throw a system error. */
export class Shelf {
  readonly #folder: string;
  readonly #disk: LogDisk;

  constructor(folder: string, disk: LogDisk) {
    this.#folder = folder;
    this.#disk = disk;
  }

  /** Open the last segment and cut off what follows its last whole line. */
  openLast(): ShelfState {
    const last = sortSegments(this.#disk.list(this.#folder)).at(-1);
    if (last === undefined) return { segment: null, lastSeq: 0, healedBytes: 0 };
    const opened = this.#open(last.firstSeq, segmentPath(this.#folder, last));
    return { ...opened, lastSeq: opened.lastSeq ?? last.firstSeq - 1 };
  }

  /** Begin the segment whose first event is `firstSeq`, or go on with one of that name that has no event yet. */
  begin(firstSeq: number): OpenSegment {
    this.#disk.makeFolder(this.#folder);
    return this.#open(firstSeq, join(this.#folder, segmentName(firstSeq))).segment;
  }

  /** Delete the oldest closed segments until the rest fits. The newest segment always stays. */
  prune(limits: ShelfLimits): Pruned {
    const closed = this.#closed();
    let bytesLeft = closed.reduce((sum, { bytes }) => sum + bytes, 0);
    let pruned: Pruned = { segments: 0, bytes: 0, throughSeq: 0 };
    for (const { path, bytes, modifiedMs, nextSeq } of closed) {
      if (bytesLeft <= limits.closedBytes && modifiedMs >= limits.oldestMs) break;
      this.#disk.remove(path);
      bytesLeft -= bytes;
      pruned = { segments: pruned.segments + 1, bytes: pruned.bytes + bytes, throughSeq: nextSeq - 1 };
    }
    return pruned;
  }

  #open(
    firstSeq: number,
    path: string,
  ): { segment: OpenSegment; lastSeq: number | null; healedBytes: number } {
    const handle = this.#disk.open(path);
    try {
      const { bytes } = this.#disk.facts(path);
      const { goodBytes, tornBytes, lastSeq } = findEnd(this.#disk, handle, bytes);
      if (tornBytes > 0) this.#disk.truncate(handle, goodBytes);
      const segment = new OpenSegment(this.#disk, path, { firstSeq, handle, bytes: goodBytes });
      return { segment, lastSeq, healedBytes: tornBytes };
    } catch (error) {
      this.#disk.close(handle);
      throw error;
    }
  }

  #closed(): readonly Closed[] {
    const segments = sortSegments(this.#disk.list(this.#folder));
    return segments.slice(0, -1).map((segment, at) => {
      const path = segmentPath(this.#folder, segment);
      const { bytes, modifiedMs } = this.#disk.facts(path);
      return { path, bytes, modifiedMs, nextSeq: segments[at + 1]?.firstSeq ?? segment.firstSeq };
    });
  }
}
