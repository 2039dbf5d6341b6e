/** Compares the folders with what is known, and answers with the files to hash. */
import { lstat, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { NewTask } from "jobkit-core";
import type { Sums } from "./sums.ts";

/** What a look goes by. */
export interface LookRequest {
  readonly folders: readonly string[];
  readonly filesMax: number;
  readonly sums: Sums;
  readonly signal: AbortSignal;
}

/** A task for each file that is new, changed or gone. The key makes sure that it waits only once. */
export async function findWork({
  folders,
  filesMax,
  sums,
  signal,
}: LookRequest): Promise<readonly NewTask[]> {
  const known = sums.known();
  const seen = new Set<string>();
  const tasks: NewTask[] = [];
  for (const folder of folders)
    for await (const path of filesBelow(resolve(folder), signal)) {
      if (seen.has(path)) continue;
      seen.add(path);
      if (seen.size > filesMax)
        throw new RangeError(`more than ${filesMax} files (keeper.filesMax) below ${folder}`);
      if (await isChanged(path, known.get(path))) tasks.push(hashTask(path));
    }
  for (const path of known.keys()) if (!seen.has(path)) tasks.push(hashTask(path));
  return tasks;
}

function hashTask(path: string): NewTask {
  return { job: "hash", key: path, input: { path } };
}

async function isChanged(
  path: string,
  known: { readonly size: number; readonly mtimeMs: number } | undefined,
): Promise<boolean> {
  const stat = await statOrNull(path);
  if (stat === null) return false;
  return known === undefined || stat.size !== known.size || stat.mtimeMs !== known.mtimeMs;
}

/** Regular files only; links are not followed, so there are no circles. A folder that is away has no files. */
async function* filesBelow(folder: string, signal: AbortSignal): AsyncGenerator<string> {
  signal.throwIfAborted();
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path, signal);
    else if (entry.isFile()) yield path;
  }
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** Size and time of a file, or `null` where it is gone. */
export async function statOrNull(
  path: string,
): Promise<{ readonly size: number; readonly mtimeMs: number } | null> {
  try {
    const stat = await lstat(path);
    return stat.isFile() ? { size: stat.size, mtimeMs: stat.mtimeMs } : null;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
