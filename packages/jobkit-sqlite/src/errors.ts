import { CodedError, defineErrors } from "jobkit-core";

/** Every error that jobkit-sqlite raises beside those of jobkit-core. Append rows; never rename or reuse a code. */
export const sqliteError = defineErrors({
  QUEUE_CORRUPT: {
    retry: false,
    doc: "The queue file is damaged, or is no SQLite database.",
    next: "Stop the daemon, keep a copy of the file, then run `sqlite3 FILE .recover` into a new one or start afresh.",
  },
  QUEUE_NEWER: {
    retry: false,
    doc: "The queue file was written by a newer version of this program.",
    next: "Update the program; an older one would not understand what it finds.",
  },
  QUEUE_FOREIGN: {
    retry: false,
    doc: "The file is a database of another program.",
    next: "Point the queue at another path; this file was not touched.",
  },
  QUEUE_MIGRATION: {
    retry: false,
    doc: "Bringing the queue file to the present version failed; it is as it was before.",
    next: "Read the cause. The old version of the program still opens the file.",
  },
  QUEUE_DISK_FULL: {
    retry: true,
    doc: "There is no space to store the change, so none of it was made.",
    next: "Free some space; the queue goes on by itself, without a restart.",
  },
  QUEUE_LOCKED: {
    retry: true,
    doc: "Another process holds the queue file for longer than this one was told to wait.",
    next: "Look for a second daemon or an open database tool on the same file.",
  },
  QUEUE_READONLY: {
    retry: false,
    doc: "The queue file or its folder may not be written to.",
    next: "Check owner and mode of the file and its folder, and how the disk is mounted.",
  },
  QUEUE_IO: {
    retry: true,
    doc: "The disk refused to read or write. What it holds is not known any more, so the queue stopped.",
    next: "Check the disk, then open the queue again; what was acknowledged before is there.",
  },
  QUEUE_OVERLOADED: {
    retry: true,
    doc: "More calls wait for the disk than the queue holds.",
    next: "Await earlier calls before making more, or put more tasks into one call.",
  },
  QUEUE_MISSING: {
    retry: false,
    doc: "There is no queue file to look at.",
    next: "Check the path. The file is made when the queue is first opened to work on it.",
  },
  QUEUE_OLDER: {
    retry: false,
    doc: "The queue file has an older version, and was opened only to look at it.",
    next: "Open the queue once to work on it, as the daemon does: that brings the file up to date.",
  },
});

/** Result codes of SQLite (https://sqlite.org/rescode.html); the lower 8 bits are the primary code. */
const PRIMARY = 0xff;
const BUSY = 5;
const LOCKED = 6;
const NO_MEMORY = 7;
const READONLY = 8;
const IO = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;
/** A row would hold a value that its column cannot. */
const WRONG_TYPE = 3091;
/** The memory shared between processes could not grow: that is a full disk too. */
const IO_SHM_SIZE = 4874;

type SqliteCode = keyof typeof sqliteError.table;

/** What a thrown value means for the queue. */
export interface SqliteFault {
  readonly code: SqliteCode;
  /** Somebody else's lock: doing the same again may succeed. */
  readonly busy: boolean;
  /** The connection cannot be trusted after it. */
  readonly fatal: boolean;
}

/** A stored value that nobody can have stored: told, and treated, as SQLite does of a page that is damaged. */
export function damaged(what: string, cause?: unknown): Error {
  return Object.assign(new Error(what, { cause }), { errcode: CORRUPT });
}

/** Do `insert`. What no table takes of a new row, its caller has handed in: nothing is damaged. @throws TypeError */
export function asGiven<T>(insert: () => T): T {
  try {
    return insert();
  } catch (error) {
    throw resultOf(error) === WRONG_TYPE ? new TypeError((error as Error).message, { cause: error }) : error;
  }
}

/** Read a value that `node:sqlite` threw; `null` where it is none of SQLite's that has a row in the table. */
export function sqliteFault(thrown: unknown): SqliteFault | null {
  const result = resultOf(thrown);
  const code = result === null ? null : codeOf(result);
  if (code === null) return null;
  return { code, busy: code === "QUEUE_LOCKED", fatal: code === "QUEUE_IO" || code === "QUEUE_CORRUPT" };
}

/** A thrown value as a coded error of what was being done; what has a code, or is no fault of SQLite, stays. */
export function codedError(thrown: unknown, doing: string): unknown {
  if (thrown instanceof CodedError) return thrown;
  const fault = sqliteFault(thrown);
  return fault === null ? thrown : sqliteError(fault.code, doing, { cause: thrown });
}

function resultOf(thrown: unknown): number | null {
  if (!(thrown instanceof Error)) return null;
  if ("errcode" in thrown && typeof thrown.errcode === "number") return thrown.errcode;
  // Larger than any number we store: read from what is no number of ours.
  return "code" in thrown && thrown.code === "ERR_OUT_OF_RANGE" ? CORRUPT : null;
}

function codeOf(result: number): SqliteCode | null {
  if (result === IO_SHM_SIZE) return "QUEUE_DISK_FULL";
  // A row that is written anew holds what stood in it: that was no value of ours.
  if (result === WRONG_TYPE) return "QUEUE_CORRUPT";
  switch (result & PRIMARY) {
    case BUSY:
    case LOCKED:
      return "QUEUE_LOCKED";
    case READONLY:
      return "QUEUE_READONLY";
    case FULL:
      return "QUEUE_DISK_FULL";
    case CORRUPT:
    case NOT_A_DATABASE:
      return "QUEUE_CORRUPT";
    case IO:
    case CANNOT_OPEN:
    case NO_MEMORY:
      return "QUEUE_IO";
    default:
      return null;
  }
}
