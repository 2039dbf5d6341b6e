import { accessSync, chmodSync, closeSync, constants, openSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { codedError, sqliteError } from "./errors.ts";
import { migrate, mustBeNewest } from "./migrate.ts";
import { mustBeWhole } from "./tables.ts";

/** Where a queue of this process's memory lives; nothing outlives its closing. */
export const IN_MEMORY = ":memory:";

const PRIVATE = 0o600;
const OTHERS = 0o077;
/**
 * Ms that SQLite itself waits for another process's lock, which blocks this thread: about as long as a commit
 * takes. Longer waits are made outside (group-commit.ts), where the event loop goes on.
 */
const BUSY_TIMEOUT_MS = 20;
/** The log shrinks back to this after a burst. */
const LOG_BYTES_MAX = 64 * 1024 * 1024;
/**
 * Pages that the log collects before they go into the file, about 16 MB: a hot page goes there once for many
 * commits, and the two waits for the disk that this costs are rare.
 */
const LOG_PAGES = 4_000;
const CACHE_KIB = 16 * 1024;

/**
 * Who waits for the disk: "each commit" before it returns (`synchronous=FULL`), or "the caller" after it and
 * before anybody is answered (`NORMAL`; see log-sync.ts).
 */
export type DiskWait = "each commit" | "the caller";

/**
 * Open a queue file, private to its owner, and bring it to the newest version. The caller owns and closes the
 * connection.
 * @throws QUEUE_NEWER, QUEUE_FOREIGN, QUEUE_MIGRATION, QUEUE_CORRUPT, QUEUE_LOCKED, QUEUE_DISK_FULL,
 * QUEUE_READONLY, QUEUE_IO.
 */
export function openConnection(path: string, wait: DiskWait = "each commit"): DatabaseSync {
  // Absolute, so that a name that begins with "file:" is a name and not an address with options.
  const location = path === IN_MEMORY ? path : resolve(path);
  const doing = `opening the queue ${location}`;
  let db: DatabaseSync | null = null;
  try {
    if (location !== IN_MEMORY) makePrivate(location);
    db = new DatabaseSync(location, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: false });
    migrate(db, location);
    mustBeWhole(db);
    db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${wait === "each commit" ? "FULL" : "NORMAL"};
      PRAGMA wal_autocheckpoint = ${LOG_PAGES};
      PRAGMA journal_size_limit = ${LOG_BYTES_MAX};
      PRAGMA cache_size = -${CACHE_KIB};
      PRAGMA temp_store = MEMORY;
    `);
    // The first read makes the log, which somebody may want to wait for from now on.
    db.prepare("SELECT count(*) FROM sqlite_schema").get();
    return db;
  } catch (error) {
    db?.close();
    throw ofFileSystem(codedError(error, doing), doing);
  }
}

/**
 * Open a queue file that is there and of the newest version, only to read it: this connection cannot write, and
 * makes and changes nothing but SQLite's own side files. The caller owns and closes it.
 * @throws QUEUE_MISSING, QUEUE_NEWER, QUEUE_OLDER, QUEUE_FOREIGN, QUEUE_CORRUPT, QUEUE_LOCKED, QUEUE_READONLY,
 * QUEUE_IO.
 */
export function openReadingConnection(path: string): DatabaseSync {
  const location = resolve(path);
  const doing = `looking at the queue ${location}`;
  let db: DatabaseSync | null = null;
  try {
    if (statSync(location, { throwIfNoEntry: false }) === undefined)
      throw sqliteError("QUEUE_MISSING", doing);
    db = new DatabaseSync(location, { timeout: BUSY_TIMEOUT_MS, readOnly: true });
    mustBeNewest(db, location);
    mustBeWhole(db);
    db.exec(`PRAGMA cache_size = -${CACHE_KIB}; PRAGMA temp_store = MEMORY`);
    return db;
  } catch (error) {
    db?.close();
    throw ofFileSystem(codedError(error, doing), doing);
  }
}

/**
 * SQLite makes its side files with the mode of the main one. The file is never opened when it exists: closing
 * any descriptor of it would drop the locks that this process holds on it (POSIX).
 */
function makePrivate(location: string): void {
  const found = statSync(location, { throwIfNoEntry: false });
  if (found === undefined) closeSync(openSync(location, "a", PRIVATE));
  else if (found.isFile()) {
    if ((found.mode & OTHERS) !== 0) chmodSync(location, PRIVATE);
    // SQLite would tell it as a disk that fails.
    accessSync(location, constants.R_OK | constants.W_OK);
  }
}

/** What the file system threw as a coded error of what was being done; anything else stays. */
export function ofFileSystem(error: unknown, doing: string): unknown {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return error;
  if (error.code === "ENOSPC") return sqliteError("QUEUE_DISK_FULL", doing, { cause: error });
  if (error.code === "EACCES" || error.code === "EPERM" || error.code === "EROFS")
    return sqliteError("QUEUE_READONLY", doing, { cause: error });
  if (error.code === "EMFILE" || error.code === "ENFILE")
    return sqliteError("QUEUE_IO", doing, {
      cause: error,
      next: "Close some files, or raise the limit of open files (ulimit -n).",
    });
  return sqliteError("QUEUE_IO", doing, {
    cause: error,
    next: "Create the folder first, or choose another path.",
  });
}
