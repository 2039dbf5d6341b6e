import { CodedError, defineErrors } from "jobkit-core";

/** Every error of the memory store. Append rows; never rename or reuse a code. */
export const storeError = defineErrors({
  STORE_MISSING: {
    retry: false,
    doc: "There is no memory store at that path, and a reader never makes one.",
    next: "Check the data directory, or start the daemon once so that it makes the store.",
  },
  STORE_CORRUPT: {
    retry: false,
    doc: "The file is not a memory store, or the disk has damaged it.",
    next: "Run `poc-memory doctor`; put back a backup, or move the file away and mine again.",
  },
  STORE_NEWER: {
    retry: false,
    doc: "The store was written by a newer version of this program.",
    next: "Run the newer version; nothing was changed.",
  },
  STORE_DISK_FULL: {
    retry: true,
    doc: "The disk is full or a size limit was met; the batch was not applied.",
    next: "Make room on the disk; the work is tried again.",
  },
  STORE_LOCKED: {
    retry: true,
    doc: "Another process holds the store's file longer than we wait for it.",
    next: "Find the other process with `poc-memory doctor`; the work is tried again.",
  },
  STORE_READ_ONLY: {
    retry: false,
    doc: "The store was opened for reading, or its file may not be written.",
    next: "Write through the daemon, or mend the file's permissions.",
  },
  STORE_IO: {
    retry: true,
    doc: "The operating system failed to read or write the store's file.",
    next: "Look at the cause and at the disk; the work is tried again.",
  },
  STORE_CLOSED: {
    retry: false,
    doc: "The store was used after it was closed.",
    next: "Open it again.",
  },
  STORE_REFUSED: {
    retry: false,
    doc: "The database refused a statement; this is a fault of the program, not of the data.",
    next: "Report it with the message.",
  },
  KEY_INVALID: {
    retry: false,
    doc: "Nothing is left of the key after normalisation.",
    next: "Give a key with at least one letter or digit.",
  },
  KEY_TAKEN: {
    retry: false,
    doc: "A living node already has the new key.",
    next: "Choose another key, or forget that node first.",
  },
  NODE_UNKNOWN: {
    retry: false,
    doc: "No living node has that key.",
    next: "Search for it: `poc-memory search WORDS`.",
  },
  NODE_TOO_LARGE: {
    retry: false,
    doc: "The content of a node is longer than a node may be.",
    next: "Split it into several nodes.",
  },
  VALUE_INVALID: {
    retry: false,
    doc: "A number or a name in the change is outside its range.",
    next: "Correct the field that the message names.",
  },
  LINK_INVALID: {
    retry: false,
    doc: "A link must join two different nodes.",
    next: "Give two different keys.",
  },
  TRANSCRIPT_UNKNOWN: {
    retry: false,
    doc: "Progress was written for a transcript that was not saved first.",
    next: "Save the transcript's own progress before that of its segments and records.",
  },
  PROGRESS_TOO_LARGE: {
    retry: false,
    doc: "The state of a segment is larger than a row of bookkeeping may be.",
    next: "Bound the state that the miner carries from reading to reading.",
  },
});

const BUSY = 5;
const LOCKED = 6;
const READ_ONLY = 8;
const IO = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const TOO_BIG = 18;
const NOT_A_DATABASE = 26;
const PRIMARY_CODE = 0xff;

/** Turn what `node:sqlite` throws into a row of the table; a CodedError passes through untouched. */
export function asStoreError(error: unknown, doing: string): CodedError {
  if (error instanceof CodedError) return error;
  const cause = { cause: error };
  switch (sqliteCode(error)) {
    case BUSY:
    case LOCKED:
      return storeError("STORE_LOCKED", doing, cause);
    case READ_ONLY:
      return storeError("STORE_READ_ONLY", doing, cause);
    case IO:
    case CANNOT_OPEN:
      return storeError("STORE_IO", doing, cause);
    case CORRUPT:
    case NOT_A_DATABASE:
      return storeError("STORE_CORRUPT", doing, cause);
    case FULL:
      return storeError("STORE_DISK_FULL", doing, cause);
    case TOO_BIG:
      return storeError("NODE_TOO_LARGE", doing, cause);
    default:
      return storeError(
        "STORE_REFUSED",
        `${doing}: ${error instanceof Error ? error.message : String(error)}`,
        cause,
      );
  }
}

/** Was this thrown by `node:sqlite`, rather than by code of ours that ran inside a transaction? */
export function isSqliteError(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR";
}

function sqliteCode(error: unknown): number {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return 0;
  return error.errcode & PRIMARY_CODE;
}
