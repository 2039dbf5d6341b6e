/** The front door of jobkit-sqlite: a queue to work on, a queue to look at, and the errors they raise. */
export { openSqliteQueue, openSqliteQueueReader } from "./open.ts";
export type { SqliteQueueOptions, SqliteReaderOptions } from "./open.ts";
export type { QueueReader } from "./sqlite-reader.ts";
export { sqliteError } from "./errors.ts";
