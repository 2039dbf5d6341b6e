/**
 * One file, one lock, held for the life of a process: an exclusive transaction of SQLite on a file that
 * stays empty. SQLite takes POSIX record locks (fcntl), which the kernel gives back when the process ends,
 * however it ends; so there is no stale lock, no heartbeat, and no native module of ours.
 *
 * What must stay true:
 * - This is the only mechanism. Two mechanisms could be won by two processes.
 * - Nobody opens the file by other means in the process that holds it: POSIX gives up all locks of a process
 *   on a file as soon as it closes any handle of it. (SQLite knows, and keeps its own handles apart.)
 * - The file is never deleted while it may be held: a new file of the same name is another lock.
 */
import { DatabaseSync } from "node:sqlite";
import { daemonError } from "../errors.ts";

/** A held lock. Closing it, or the end of the process, gives it back. */
export interface FileLock extends Disposable {
  readonly path: string;
}

/** SQLITE_BUSY of the SQLite result codes. */
const BUSY = 5;

/**
 * Try once to hold the lock at `path`, making the file where it is absent. `null`: somebody holds it, or
 * another start tried in the same instant (then both may be refused: try again).
 * @throws LOCK_FAILED when it cannot be tried.
 */
export function tryLock(path: string): FileLock | null {
  return attempt(path, () => {
    const database = new DatabaseSync(path);
    try {
      database.exec("BEGIN EXCLUSIVE");
    } catch (error) {
      database.close();
      throw error;
    }
    return { path, [Symbol.dispose]: () => release(database) };
  });
}

/**
 * True where somebody holds the lock at `path` now (or is taking it). Reads only: a shared lock is taken for
 * some microseconds, which a start that meets it just waits out. The file must exist.
 * @throws LOCK_FAILED when it cannot be tried.
 */
export function isLocked(path: string): boolean {
  const free = attempt(path, () => {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      database.exec("BEGIN");
      database.prepare("SELECT count(*) FROM sqlite_schema").get();
      database.exec("ROLLBACK");
      return true;
    } finally {
      database.close();
    }
  });
  return free === null;
}

function attempt<T>(path: string, take: () => T): T | null {
  try {
    return take();
  } catch (error) {
    if (isBusy(error)) return null;
    throw daemonError("LOCK_FAILED", `locking ${path}`, { cause: error });
  }
}

function release(database: DatabaseSync): void {
  if (!database.isOpen) return;
  database.exec("ROLLBACK");
  database.close();
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === BUSY;
}
