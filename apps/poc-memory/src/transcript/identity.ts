/** By what a file is known again: path and name change, these three do not while it only grows. */
import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { FileIdentity } from "./record.ts";

/** How much of the beginning is hashed, at most. Enough that two sessions never agree: both hold ids and times there. */
export const HEAD_BYTES = 4096;

/** The identity of an open file as it is now. The handle stays the caller's. */
export async function identityOf(file: FileHandle): Promise<FileIdentity> {
  const { ino, size } = await file.stat();
  const headBytes = Math.min(HEAD_BYTES, size);
  return { inode: ino, size, headHash: await headHashOf(file, headBytes), headBytes };
}

/** SHA-256, hex, of the first `bytes` bytes (of all there are, where there are fewer). At most `HEAD_BYTES`. */
export async function headHashOf(file: FileHandle, bytes: number): Promise<string> {
  const head = Buffer.alloc(Math.min(HEAD_BYTES, bytes));
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  return createHash("sha256").update(head.subarray(0, bytesRead)).digest("hex");
}
