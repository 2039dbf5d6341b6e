import { systemLogDisk, type LogDisk } from "../../src/event-log/log-disk.ts";

/** A real disk that refuses on command. */
export interface FailingDisk extends LogDisk {
  /** Bytes it still takes before it is full; Infinity: well. A write that does not fit is taken in part first. */
  roomBytes: number;
  /** Code that the next requests to force content to the disk fail with; `null`: well. */
  syncCode: string | null;
  /** Code that deleting fails with. */
  removeCode: string | null;
  /** Handles that are open now. */
  readonly open_: ReadonlySet<number>;
  /** Calls of sync and syncNow that went well. */
  syncs: number;
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

/** The disk of this machine, with faults. */
export function failingDisk(): FailingDisk {
  const handles = new Set<number>();
  const disk: FailingDisk = {
    ...systemLogDisk,
    roomBytes: Number.POSITIVE_INFINITY,
    syncCode: null,
    removeCode: null,
    open_: handles,
    syncs: 0,
    open: (path) => {
      const handle = systemLogDisk.open(path);
      handles.add(handle);
      return handle;
    },
    close: (handle) => {
      handles.delete(handle);
      systemLogDisk.close(handle);
    },
    write: (handle, bytes) => {
      if (disk.roomBytes <= 0) throw failure("ENOSPC");
      const taken = systemLogDisk.write(handle, bytes.subarray(0, Math.min(bytes.length, disk.roomBytes)));
      disk.roomBytes -= taken;
      return taken;
    },
    sync: async (handle) => {
      if (disk.syncCode !== null) throw failure(disk.syncCode);
      await systemLogDisk.sync(handle);
      disk.syncs += 1;
    },
    syncNow: (handle) => {
      if (disk.syncCode !== null) throw failure(disk.syncCode);
      systemLogDisk.syncNow(handle);
      disk.syncs += 1;
    },
    remove: (path) => {
      if (disk.removeCode !== null) throw failure(disk.removeCode);
      systemLogDisk.remove(path);
    },
  };
  return disk;
}
