/** Looking at the queue from outside: without the lock, while a daemon may be writing. */
import { join } from "node:path";
import { openSqliteQueueReader, type QueueReader } from "jobkit-sqlite";
import { dataNames } from "../paths.ts";
import { isThere } from "../platform/disk.ts";
import type { Cli } from "./cli.ts";

/**
 * Look at the queue. `null` where this instance has none yet. Nothing is made or changed.
 * @throws QUEUE_OLDER after an update, until a daemon has opened it once; QUEUE_NEWER, QUEUE_CORRUPT, QUEUE_READONLY, FILE_FAILED.
 */
export async function readQueue<T>(
  cli: Cli,
  work: (queue: Omit<QueueReader, keyof AsyncDisposable>) => Promise<T>,
): Promise<T | null> {
  const path = join((await cli.place()).paths.dataDir, dataNames.queue);
  if (!isThere(path)) return null;
  await using queue = await openSqliteQueueReader({ path });
  return await work(queue);
}
