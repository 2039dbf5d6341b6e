import type { DatabaseSync } from "node:sqlite";
import { atomically } from "./database.ts";
import { storeError } from "./errors.ts";
import type { Migration } from "./schema.ts";

/** The version of a file's schema: 0 is an empty file. */
export function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
}

/**
 * Bring a file to the newest schema, each step in its own transaction: what a crash interrupts is continued at the
 * next start.
 * @returns how many steps ran.
 * @throws STORE_NEWER when the file is ahead of the steps; nothing is changed then.
 */
export function migrate(database: DatabaseSync, steps: readonly Migration[]): number {
  const from = schemaVersion(database);
  refuseNewer(database, steps);
  for (const [at, step] of steps.entries()) {
    if (at < from) continue;
    atomically(database, `migrating the store: ${step.name}`, () => {
      database.exec(step.sql);
      database.exec(`PRAGMA user_version = ${at + 1}`);
    });
  }
  return steps.length - from;
}

/** @throws STORE_NEWER when the file's schema is newer than the steps we know. */
export function refuseNewer(database: DatabaseSync, steps: readonly Migration[]): void {
  const version = schemaVersion(database);
  if (version > steps.length)
    throw storeError(
      "STORE_NEWER",
      `opening a store of schema ${version}; this program knows ${steps.length}`,
    );
}
