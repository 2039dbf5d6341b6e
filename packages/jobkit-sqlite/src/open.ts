import { resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { CodedError, type Clock, type QueueStore } from "jobkit-core";
import { systemClock } from "jobkit-core/system";
import { IN_MEMORY, ofFileSystem, openConnection, openReadingConnection } from "./connection.ts";
import { codedError } from "./errors.ts";
import { LOCK_PAUSE_MS } from "./group-commit.ts";
import { openLogFile } from "./log-file.ts";
import { LogSync } from "./log-sync.ts";
import { Presence } from "./presence.ts";
import { SqliteReader, type QueueReader } from "./sqlite-reader.ts";
import { SqliteQueue } from "./sqlite-queue.ts";

/** Ms to wait for another process's lock, where the caller does not say. */
const LOCK_WAIT_MS = 5_000;

/** Where the queue is and how it behaves. */
export interface SqliteQueueOptions {
  /** The file, made where there is none, in a folder that exists; or ":memory:". */
  readonly path: string;
  /** For the pauses while another process holds the lock. Default: the machine's own. */
  readonly clock?: Clock;
  /** Ms to wait for another process's lock before QUEUE_LOCKED. Default 5 seconds. */
  readonly lockWaitMs?: number;
  /** Other processes add to or take from the file too: their commits wake this one's listeners. Default false. */
  readonly shared?: boolean;
}

/** Which queue to look at. */
export type SqliteReaderOptions = Omit<SqliteQueueOptions, "shared">;

/**
 * Open the durable queue of one SQLite file, making or updating it where needed. The caller closes it.
 * Answers come after the change is on disk; all calls of one turn of the event loop share one wait for it.
 * @throws QUEUE_NEWER, QUEUE_FOREIGN, QUEUE_MIGRATION, QUEUE_CORRUPT, QUEUE_LOCKED, QUEUE_DISK_FULL,
 * QUEUE_READONLY, QUEUE_IO.
 */
export async function openSqliteQueue(options: SqliteQueueOptions): Promise<QueueStore> {
  const { path, clock = systemClock, lockWaitMs = LOCK_WAIT_MS, shared = false } = options;
  const inMemory = path === IN_MEMORY;
  // With others at work on the file, each commit waits: what they see of ours is on disk then.
  const waitsItself = !inMemory && !shared;
  const open = (): DatabaseSync => openConnection(path, waitsItself ? "the caller" : "each commit");
  const db = await whenFree(open, clock, lockWaitMs);
  try {
    return new SqliteQueue({
      db,
      path: inMemory ? path : resolve(path),
      clock,
      lockWaitMs,
      ...(inMemory ? {} : { presence: new Presence(resolve(path), clock) }),
      sync: waitsItself ? new LogSync(openLogFile(resolve(path)), clock) : null,
      shared: shared && !inMemory,
    });
  } catch (error) {
    db.close();
    const doing = `opening the queue ${path}`;
    throw ofFileSystem(codedError(error, doing), doing);
  }
}

/**
 * Open the queue of a SQLite file only to look at it, also while other processes work on it: neither hinders the
 * other, and every answer is of one moment and holds all that was answered before it. Makes and updates nothing;
 * beside a file that nobody else has open, SQLite leaves its own side files. The caller closes it.
 * @throws QUEUE_MISSING, QUEUE_OLDER, QUEUE_NEWER, QUEUE_FOREIGN, QUEUE_CORRUPT, QUEUE_LOCKED, QUEUE_READONLY,
 * QUEUE_IO.
 */
export async function openSqliteQueueReader(options: SqliteReaderOptions): Promise<QueueReader> {
  const { path, clock = systemClock, lockWaitMs = LOCK_WAIT_MS } = options;
  const db = await whenFree(() => openReadingConnection(path), clock, lockWaitMs);
  try {
    return new SqliteReader({ db, path: resolve(path), clock, lockWaitMs, sync: null });
  } catch (error) {
    db.close();
    throw codedError(error, `looking at the queue ${resolve(path)}`);
  }
}

/** Open as soon as no other process's lock forbids it: one that makes or updates the file holds it for a while. */
async function whenFree<T>(open: () => T, clock: Clock, lockWaitMs: number): Promise<T> {
  const giveUpAtMs = clock.monotonic() + lockWaitMs;
  for (;;) {
    try {
      return open();
    } catch (error) {
      const locked = error instanceof CodedError && error.code === "QUEUE_LOCKED";
      if (!locked || clock.monotonic() >= giveUpAtMs) throw error;
    }
    await clock.sleep(LOCK_PAUSE_MS);
  }
}
