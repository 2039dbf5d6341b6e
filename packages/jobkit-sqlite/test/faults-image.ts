import { systemClock } from "jobkit-core/system";
import { readFileSync, writeFileSync } from "node:fs";
import { openLogFile, type LogFile } from "../src/log-file.ts";
import { LogSync } from "../src/log-sync.ts";
import { openConnection } from "../src/connection.ts";
import { SqliteQueue } from "../src/sqlite-queue.ts";

/** What lies on a disk at one moment: the queue file and its log. */
export interface Image {
  readonly db: Buffer;
  readonly log: Buffer;
}

/** What the kernel would hand to a reader now. Of one moment, because SQLite writes on this thread. */
export function imageOf(path: string): Image {
  return { db: readFileSync(path), log: readFileSync(`${path}-wal`) };
}

/** Make a queue file of an image. Nothing else may stand at that path. */
export function layDown({ db, log }: Image, path: string): void {
  writeFileSync(path, db);
  writeFileSync(`${path}-wal`, log);
}

/**
 * The log of a queue on a disk that may lose its power: it remembers what the disk was known to have. A wait for
 * the disk promises what was written before it began, and no more.
 */
export class MortalDisk implements LogFile {
  readonly #path: string;
  readonly #real: LogFile;
  #durable: Image;
  #held: Promise<void> | null = null;
  #letGo: () => void = () => {};

  constructor(path: string) {
    this.#path = path;
    this.#real = openLogFile(path);
    this.#durable = imageOf(path);
  }

  /** What a power failure leaves for certain: the files as they were when the last good wait began. */
  get durable(): Image {
    return this.#durable;
  }

  /** From now on the disk takes nothing more, until {@link letGo}. */
  hold(): void {
    this.#held = new Promise((resolve) => {
      this.#letGo = resolve;
    });
  }

  letGo(): void {
    this.#held = null;
    this.#letGo();
  }

  syncNow(): void {
    if (this.#held !== null) throw new RangeError("a disk that is held cannot be waited for on this thread");
    const before = imageOf(this.#path);
    this.#real.syncNow();
    this.#durable = before;
  }

  async sync(): Promise<void> {
    const before = imageOf(this.#path);
    await this.#held;
    await this.#real.sync();
    this.#durable = before;
  }

  [Symbol.dispose](): void {
    this.#real[Symbol.dispose]();
  }
}

/** A queue on such a disk. @param logPages so many pages of log before they go into the file: few here, many in use. */
export function openMortal(path: string, logPages: number): { queue: SqliteQueue; disk: MortalDisk } {
  const db = openConnection(path, "the caller");
  db.exec(`PRAGMA wal_autocheckpoint = ${logPages}`);
  const disk = new MortalDisk(path);
  const queue = new SqliteQueue({
    db,
    path,
    clock: systemClock,
    lockWaitMs: 0,
    sync: new LogSync(disk, systemClock),
    shared: false,
  });
  return { queue, disk };
}
