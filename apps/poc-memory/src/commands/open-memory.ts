import type { Cli } from "jobkit-daemon";
import { memoryPath } from "../paths.ts";
import { openMemoryStore } from "../store/open.ts";
import type { SqliteMemoryStore } from "../store/sqlite-store.ts";

/** The name people type. */
export const PROGRAM = "poc-memory";

/**
 * The memory of this instance for reading, also while a daemon writes it. The caller disposes it.
 * @throws STORE_MISSING where nothing was ever mined, and what opening throws.
 */
export async function openMemory(cli: Cli): Promise<SqliteMemoryStore> {
  const { paths } = await cli.place();
  return openMemoryStore({ path: memoryPath(paths.dataDir), mode: "read" });
}
