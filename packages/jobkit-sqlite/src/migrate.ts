import type { DatabaseSync } from "node:sqlite";
import { CodedError } from "jobkit-core";
import { codedError, sqliteError, sqliteFault } from "./errors.ts";
import type { Migration } from "./migration.ts";
import { APPLICATION_ID, migrations as released } from "./schema.ts";

/** What a migration needs of a connection; `node:sqlite` fits. */
export type MigrationTarget = Pick<DatabaseSync, "exec" | "prepare" | "isTransaction">;

/**
 * Bring a queue file to the newest version, each step in a transaction of its own: a process that dies in the
 * middle leaves the version before, and the next start goes on from there. Two processes may start at once.
 * @throws QUEUE_NEWER, QUEUE_FOREIGN (both leave the file untouched); QUEUE_MIGRATION when a step fails;
 * QUEUE_LOCKED, QUEUE_CORRUPT, QUEUE_DISK_FULL, QUEUE_IO, QUEUE_READONLY.
 */
export function migrate(db: MigrationTarget, path: string, steps: readonly Migration[] = released): void {
  const newest = steps.at(-1)?.version ?? 0;
  try {
    // Read before anything is written: a file that is not ours stays as it is.
    if (checkedVersion(db, path, newest) === newest) return;
    for (const step of steps) applyStep(db, path, newest, step);
  } catch (error) {
    throw codedError(error, `opening the queue ${path}`);
  }
}

/**
 * Prove that a queue file has the newest version, without changing it.
 * @throws QUEUE_NEWER, QUEUE_OLDER, QUEUE_FOREIGN, QUEUE_LOCKED, QUEUE_CORRUPT, QUEUE_IO.
 */
export function mustBeNewest(db: MigrationTarget, path: string): void {
  const newest = released.at(-1)?.version ?? 0;
  const version = checkedVersion(db, path, newest);
  if (version < newest)
    throw sqliteError(
      "QUEUE_OLDER",
      `looking at ${path}, which has version ${version}; this program reads ${newest}`,
    );
}

function applyStep(db: MigrationTarget, path: string, newest: number, step: Migration): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    // Read again under the lock: another process may have come first.
    if (checkedVersion(db, path, newest) < step.version) {
      for (const statement of step.statements) db.exec(statement);
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      db.exec(`PRAGMA user_version = ${step.version}`);
    }
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    if (error instanceof CodedError || sqliteFault(error) !== null) throw error;
    throw sqliteError("QUEUE_MIGRATION", `bringing ${path} to version ${step.version}`, { cause: error });
  }
}

function checkedVersion(db: MigrationTarget, path: string, newest: number): number {
  const version = pragma(db, "user_version");
  const application = pragma(db, "application_id");
  const tables = Number(db.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.["n"]);
  if (application !== APPLICATION_ID && (application !== 0 || version !== 0 || tables > 0))
    throw sqliteError("QUEUE_FOREIGN", `opening ${path} as a queue`);
  if (version > newest)
    throw sqliteError(
      "QUEUE_NEWER",
      `opening ${path}, which has version ${version}; this program knows ${newest}`,
    );
  return version;
}

function pragma(db: MigrationTarget, name: "user_version" | "application_id"): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}
