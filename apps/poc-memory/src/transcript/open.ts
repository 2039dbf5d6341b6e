/** Opening transcripts: regular files only, and faults of the disk as rows of transcriptError. */
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { transcriptError } from "./errors.ts";

/**
 * Open a regular file and nothing else; the handle is the caller's to close. A link is not followed, not even to a
 * file: inside a root its target is found under its own name, and outside whoever can write into the root
 * would choose what is read. Not blocking, since opening a pipe would wait for a writer that may never come.
 * @throws TRANSCRIPT_GONE, TRANSCRIPT_NOT_A_FILE, TRANSCRIPT_UNREADABLE
 */
export async function openRegular(path: string): Promise<FileHandle> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOENT" || code === "ENOTDIR")
      throw transcriptError("TRANSCRIPT_GONE", `opening ${path}`, { cause: error });
    if (code === "ELOOP" || code === "ENXIO")
      throw transcriptError("TRANSCRIPT_NOT_A_FILE", `opening ${path}`, { cause: error });
    throw transcriptError("TRANSCRIPT_UNREADABLE", `opening ${path}`, { cause: error });
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw transcriptError("TRANSCRIPT_NOT_A_FILE", `opening ${path}`);
}

/** A fault of the disk as TRANSCRIPT_UNREADABLE, everything else as it is. Only errors of system calls carry `syscall`. */
export function asTranscriptError(error: unknown, doing: string): unknown {
  return error instanceof Error && "syscall" in error
    ? transcriptError("TRANSCRIPT_UNREADABLE", doing, { cause: error })
    : error;
}
