import { chmodSync, closeSync, existsSync, openSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { asStoreError, storeError } from "./errors.ts";
import { migrate, refuseNewer } from "./migrate.ts";
import { migrations, type Migration } from "./schema.ts";
import { SqliteMemoryStore } from "./sqlite-store.ts";

/** How to open a memory store. */
export interface OpenMemoryStore {
  /** Path of the file, or ":memory:" for one that dies with the process. */
  readonly path: string;
  /** "write" makes and migrates the file; one process only, which the caller sees to. "read" changes nothing. */
  readonly mode: "write" | "read";
  /** How long to wait for another process's lock, in ms. Default 5,000. */
  readonly busyMs?: number;
  /** Steps of the schema. Default: all that this program knows. */
  readonly migrations?: readonly Migration[];
}

const BUSY_MS = 5_000;
const PRIVATE = 0o600;
const NOT_THE_OWNER = 0o077;

/**
 * Open the memory store of a file. The caller owns it and disposes it.
 * A writer gets WAL and synchronous=FULL; the file and what SQLite puts beside it are for the owner alone (0600).
 * @throws STORE_MISSING (read), STORE_NEWER, STORE_CORRUPT, STORE_LOCKED, STORE_IO, STORE_DISK_FULL.
 */
export function openMemoryStore(options: OpenMemoryStore): SqliteMemoryStore {
  const steps = options.migrations ?? migrations;
  const doing = `opening ${options.path}`;
  const inMemory = options.path === ":memory:";
  if (options.mode === "read" && !inMemory && !existsSync(options.path))
    throw storeError("STORE_MISSING", doing);
  let database: DatabaseSync | null = null;
  try {
    if (options.mode === "write" && !inMemory) makePrivate(options.path);
    database = new DatabaseSync(options.path, {
      readOnly: options.mode === "read",
      timeout: options.busyMs ?? BUSY_MS,
    });
    if (options.mode === "write") prepareForWriting(database, steps);
    else refuseNewer(database, steps);
    return new SqliteMemoryStore(database);
  } catch (error) {
    if (database?.isOpen === true) database.close();
    throw isSystemError(error) ? storeError("STORE_IO", doing, { cause: error }) : asStoreError(error, doing);
  }
}

function prepareForWriting(database: DatabaseSync, steps: readonly Migration[]): void {
  refuseNewer(database, steps);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000");
  migrate(database, steps);
}

/** SQLite gives -wal and -shm the mode of the main file, so it is made with the right one before SQLite sees it. */
function makePrivate(path: string): void {
  closeSync(openSync(path, "a", PRIVATE));
  if ((statSync(path).mode & NOT_THE_OWNER) !== 0) chmodSync(path, PRIVATE);
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
