import { join } from "node:path";

/** The store of an instance. */
export function memoryPath(dataDir: string): string {
  return join(dataDir, "memory.db");
}
