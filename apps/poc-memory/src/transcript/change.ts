/** What became of a transcript file since it was last read. The one place where this is decided. */
import type { FileHandle } from "node:fs/promises";
import { headHashOf } from "./identity.ts";
import type { FileIdentity, ReadPosition } from "./record.ts";

/** What is known of a file that was read before. */
export interface KnownFile {
  readonly identity: FileIdentity;
  /** Where reading stopped. */
  readonly position: ReadPosition;
}

/** "shrunk": shorter than what was read of it. "replaced": other bytes stand where some were read. */
export type FileReplacement = "replaced" | "shrunk";

/** A reading ends behind a newline, or behind the last brace of a line whose newline had not come. */
const ENDS: ReadonlySet<number | undefined> = new Set([0x0a, 0x7d]);

/**
 * Is another file there than the one that was read? `null`: it is the same, however much it grew, and reading
 * goes on at the position. It is known by its beginning and by a line that ends where reading stopped, not by
 * its inode: a file that was copied over itself or restored from a backup is the same one.
 * @param size in bytes, of the file as it is now. The handle stays the caller's.
 * @throws the errors of reading the file, as Node has them.
 */
export async function replacementOf(
  file: FileHandle,
  known: KnownFile,
  size: number,
): Promise<FileReplacement | null> {
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
