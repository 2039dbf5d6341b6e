/** Looking at the queue from outside: without the lock, while a daemon may be writing. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { QueueStore } from "jobkit-core";
import { openSqliteQueue } from "jobkit-sqlite";
import { dataNames } from "../paths.ts";
import type { Cli } from "./cli.ts";

/** Look at the queue. `null` where this instance has none yet. Nothing is made or changed. */
export async function readQueue<T>(
  cli: Cli,
  work: (store: Pick<QueueStore, "list" | "get" | "counts">) => Promise<T>,
): Promise<T | null> {
  const path = join((await cli.place()).paths.dataDir, dataNames.queue);
  if (!existsSync(path)) return null;
  await using store = await openSqliteQueue({ path });
  return await work(store);
}
