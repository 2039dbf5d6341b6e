/** What became of a transcript file since it was last read: decided from what was found, without looking itself. */
import type { FileIdentity } from "./record.ts";

/** What is known of a file that was read before. */
export interface KnownFile extends FileIdentity {
  /** Modification time when it was last read, in ms since 1970. */
  readonly mtimeMs: number;
}

/** What a scan found. */
export interface FoundFile {
  readonly inode: number;
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * "grown": read on from where the last reading stood. "replaced", "shrunk": another content stands there, read
 * from the start as a new generation. "gone": agents delete old sessions; what was read of it stays.
 */
export type FileChange = "same" | "grown" | "replaced" | "shrunk" | "new" | "gone";

/**
 * Must the beginning of the file be hashed to decide? Not where the stat already tells, which is the case for
 * nearly every file of a scan.
 */
export function needsHead(known: KnownFile | null, found: FoundFile | null): boolean {
  if (known === null || found === null) return false;
  if (known.inode !== found.inode || found.size < known.size) return false;
  return found.size > known.size || found.mtimeMs !== known.mtimeMs;
}

/**
 * Decide. Pure.
 * @param headHash of the first `known.headBytes` bytes as they are now; `null` where it was not looked at,
 * which is taken for "unchanged".
 */
export function fileChange(
  known: KnownFile | null,
  found: FoundFile | null,
  headHash: string | null,
): FileChange {
  if (found === null) return known === null ? "same" : "gone";
  if (known === null) return "new";
  if (known.inode !== found.inode) return "replaced";
  if (found.size < known.size) return "shrunk";
  if (headHash !== null && headHash !== known.headHash) return "replaced";
  return found.size > known.size ? "grown" : "same";
}
