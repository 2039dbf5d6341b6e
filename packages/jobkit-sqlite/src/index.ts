/** The front door of jobkit-sqlite: one function that opens a queue, and the errors it raises. */
export { openSqliteQueue } from "./open.ts";
export type { SqliteQueueOptions } from "./open.ts";
export { sqliteError } from "./errors.ts";
