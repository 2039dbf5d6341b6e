import { watch } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

/** What {@link watchOthers} needs. */
export interface WatchOthersOptions {
  readonly db: DatabaseSync;
  /** The queue file, or `null` where nobody else writes to it: nothing is watched then. */
  readonly path: string | null;
  /** Called when another process has committed. */
  readonly wake: () => void;
}

/**
 * Notice commits of other processes without polling: the kernel tells of writes to the log beside the file, and
 * SQLite tells ours from theirs (`PRAGMA data_version` changes only by other connections). Does not keep the
 * process alive. Dispose before the connection is closed; twice is harmless.
 */
export function watchOthers({ db, path, wake }: WatchOthersOptions): Disposable {
  if (path === null) return { [Symbol.dispose]: () => {} };
  const version = db.prepare("PRAGMA data_version");
  let seen = version.get()?.["data_version"];
  let open = true;
  const watcher = watch(`${path}-wal`, { persistent: false }, () => {
    // Inside one of our own transactions the version stands still: the next write of theirs tells.
    if (!open || !db.isOpen) return;
    const now = version.get()?.["data_version"];
    if (now === seen) return;
    seen = now;
    wake();
  });
  // A watcher that fails only costs hints: what is due is found at the next look all the same.
  watcher.on("error", () => watcher.close());
  return {
    [Symbol.dispose]: () => {
      open = false;
      watcher.close();
    },
  };
}
