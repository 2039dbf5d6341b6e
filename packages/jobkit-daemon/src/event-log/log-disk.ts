/** What the event log needs of a disk, as an argument, so that tests can hand in one that fails. */
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { promisify } from "node:util";
import { FILE_MODE, FOLDER_MODE } from "../platform/disk.ts";

/** Size and age of a file. */
interface FileFacts {
  readonly bytes: number;
  /** Wall time in ms since 1970 of the last write. */
  readonly modifiedMs: number;
}

/** Every method may throw a system error. Writing and reading do not wait; forcing to the disk does. */
export interface LogDisk {
  /** Names in a folder; none where it does not exist. */
  list(folder: string): readonly string[];
  /** Make a folder, private; nothing where it exists. */
  makeFolder(folder: string): void;
  facts(path: string): FileFacts;
  /** Open for appending and reading, private, made where absent. */
  open(path: string): number;
  /** Append `bytes`; answers how many were taken, maybe fewer. */
  write(handle: number, bytes: Uint8Array): number;
  /** Fill `bytes` from `position`; answers how many there were. */
  read(handle: number, bytes: Uint8Array, position: number): number;
  truncate(handle: number, bytes: number): void;
  /** Force content to the disk. */
  sync(handle: number): Promise<void>;
  /** The same without waiting for the event loop, for the last words of a process. */
  syncNow(handle: number): void;
  /** False once the file has no name any more: what is written to it is lost at closing. */
  isLinked(handle: number): boolean;
  close(handle: number): void;
  remove(path: string): void;
}

const dataSync = promisify(fdatasync);

/** The disk of this machine. */
export const systemLogDisk: LogDisk = {
  list: (folder) => {
    try {
      return readdirSync(folder);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
      throw error;
    }
  },
  makeFolder: (folder) => {
    mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  },
  facts: (path) => {
    const { size, mtimeMs } = statSync(path);
    return { bytes: size, modifiedMs: mtimeMs };
  },
  open: (path) => openSync(path, "a+", FILE_MODE),
  write: (handle, bytes) => writeSync(handle, bytes),
  read: (handle, bytes, position) => readSync(handle, bytes, 0, bytes.length, position),
  truncate: (handle, bytes) => ftruncateSync(handle, bytes),
  sync: (handle) => dataSync(handle),
  syncNow: (handle) => fdatasyncSync(handle),
  isLinked: (handle) => fstatSync(handle).nlink > 0,
  close: (handle) => closeSync(handle),
  remove: (path) => unlinkSync(path),
};
