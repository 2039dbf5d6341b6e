import type { DatabaseSync, StatementSync } from "node:sqlite";
import { asStoreError, isSqliteError } from "./errors.ts";

/** Prepares a statement on first use and gives the same one again. Its text must be a constant, so the number is bounded. */
export type Sql = (text: string) => StatementSync;

/** A preparer of statements for one connection. */
export function statements(database: DatabaseSync): Sql {
  const prepared = new Map<string, StatementSync>();
  return (text) => {
    let statement = prepared.get(text);
    if (statement === undefined) {
      statement = database.prepare(text);
      prepared.set(text, statement);
    }
    return statement;
  };
}

/**
 * Run `work` inside a transaction: the one that is open, or a new one that is committed when `work` returns
 * and rolled back when it throws. `doing` completes the sentence of an error.
 * @throws what `work` throws; faults of the database as rows of storeError.
 */
export function atomically<T>(database: DatabaseSync, doing: string, work: () => T): T {
  if (database.isTransaction) return guarded(doing, work);
  return guarded(doing, () => {
    database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      database.exec("COMMIT");
      return result;
    } catch (error) {
      // SQLite has already rolled back by itself after some faults, a full disk among them.
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  });
}

/** Run `work` and turn faults of the database into rows of storeError; all other errors pass. */
export function guarded<T>(doing: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isSqliteError(error)) throw asStoreError(error, doing);
    throw error;
  }
}

/** Run several reads on one snapshot, so that what another process commits in between is not half seen. */
export function onSnapshot<T>(database: DatabaseSync, doing: string, read: () => T): T {
  return guarded(doing, () => {
    if (database.isTransaction) return read();
    database.exec("BEGIN");
    try {
      return read();
    } finally {
      database.exec("COMMIT");
    }
  });
}

/** A row as an ordinary object: `node:sqlite` gives objects without a prototype, which compare unequal to values. */
// The caller names the shape that its own SELECT has; nothing in the row can tell it.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function asValue<Row extends object>(row: unknown): Row {
  return Object.assign({}, row) as Row;
}
