import { closeSync, fdatasync, fdatasyncSync, fsyncSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";

const fdatasyncInThread = promisify(fdatasync);

/** The write-ahead log of a queue file, as far as somebody waits for the disk to have it. */
export interface LogFile extends Disposable {
  /** Wait for the disk on this thread. @throws what the kernel says. */
  syncNow(): void;
  /** Wait for the disk on another thread. Rejects with what the kernel says. */
  sync(): Promise<void>;
}

/**
 * Open the log beside a queue file that is open: there it is, and it stays the same file until the last connection
 * closes. A descriptor of its own is safe, because SQLite locks the other two files and never this one; and
 * the kernel tells every descriptor of every write that failed since it was opened.
 */
export function openLogFile(path: string): LogFile {
  // Writable, because some systems wait only for descriptors that may write.
  const descriptor = openSync(`${path}-wal`, "r+");
  try {
    syncFolder(path);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return {
    syncNow: () => fdatasyncSync(descriptor),
    sync: () => fdatasyncInThread(descriptor),
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}

/** A new file is only found after a power failure when the entry in its folder is on disk too. */
function syncFolder(path: string): void {
  // Windows opens no folders, and its file systems keep their entries by themselves.
  if (process.platform === "win32") return;
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
