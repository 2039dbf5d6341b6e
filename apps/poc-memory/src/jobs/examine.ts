import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import type { TranscriptName, TranscriptProgress } from "../store/progress.ts";
import { transcriptError } from "../transcript/errors.ts";
import { headHashOf, identityOf } from "../transcript/identity.ts";
import { startOfFile } from "../transcript/read.ts";

/** From where a transcript is read now, and whether another file has taken its name. */
export interface Examined {
  /** What is known of it, with the identity it has now and the position to read from. */
  readonly start: TranscriptProgress;
  /** "shrunk": shorter than what was read of it. "replaced": it begins differently. `null`: the same file. */
  readonly replaced: "replaced" | "shrunk" | null;
}

/** A reading ends behind a newline, or behind the last brace of a line whose newline had not come. */
const ENDS: ReadonlySet<number | undefined> = new Set([0x0a, 0x7d]);

/**
 * Look at the file behind a name and decide where reading goes on. The same file, however much it grew: behind
 * the last complete line. A file that was copied over itself (another inode, the same beginning, and a line
 * that ends where reading stopped) counts as the same. Another file: at its start, one generation further.
 * @throws TRANSCRIPT_GONE, TRANSCRIPT_NOT_A_FILE, TRANSCRIPT_UNREADABLE.
 */
export async function examine(
  path: string,
  name: TranscriptName,
  known: TranscriptProgress | null,
): Promise<Examined> {
  const file = await openForLooking(path);
  try {
    const identity = await identityOf(file);
    const mtimeMs = Math.trunc((await file.stat()).mtimeMs);
    const fresh = {
      root: name.root,
      name: name.name,
      identity,
      mtimeMs,
      state: "reading",
      position: startOfFile,
    } as const;
    if (known === null)
      return { start: { ...fresh, generation: 0, linesKept: 0, linesSkipped: {} }, replaced: null };
    const replaced = await verdict(file, known, identity.size);
    if (replaced === null) return { start: { ...known, identity, mtimeMs, state: "reading" }, replaced };
    return {
      start: {
        ...fresh,
        generation: known.generation + 1,
        linesKept: known.linesKept,
        linesSkipped: known.linesSkipped,
      },
      replaced,
    };
  } catch (error) {
    if (error instanceof Error && "syscall" in error)
      throw transcriptError("TRANSCRIPT_UNREADABLE", `looking at ${path}`, { cause: error });
    throw error;
  } finally {
    await file.close();
  }
}

async function verdict(
  file: FileHandle,
  known: TranscriptProgress,
  size: number,
): Promise<Examined["replaced"]> {
  if (size < known.position.offset) return "shrunk";
  if ((await headHashOf(file, known.identity.headBytes)) !== known.identity.headHash) return "replaced";
  return (await endsALineAt(file, known.position.offset)) ? null : "replaced";
}

async function endsALineAt(file: FileHandle, offset: number): Promise<boolean> {
  if (offset === 0) return true;
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, offset - 1);
  return ENDS.has(byte[0]);
}

/** A link is not followed and a pipe is not waited for, as in reading. */
async function openForLooking(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const gone =
      error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
    throw transcriptError(gone ? "TRANSCRIPT_GONE" : "TRANSCRIPT_UNREADABLE", `opening ${path}`, {
      cause: error,
    });
  }
}
