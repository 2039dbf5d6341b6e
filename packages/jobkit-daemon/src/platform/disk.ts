/** Folders that are ours alone, and files that are replaced whole or not at all. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { constants } from "node:fs";
import { chmod, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { daemonError } from "../errors.ts";

/** Mode of private folders. */
export const FOLDER_MODE = 0o700;
/** Mode of files in them. */
export const FILE_MODE = 0o600;

const PRIVATE_UMASK = 0o077;
const OTHERS = 0o077;
const PERMISSIONS = 0o777;
const TEMPORARY_BYTES = 6;

/** From here on nothing this process makes can be read by others. The old mask is answered. */
export function tightenUmask(): number {
  return process.umask(PRIVATE_UMASK);
}

/**
 * Make `path` (absolute) a private folder of ours, and every missing folder above it; answer its real path.
 * A folder of ours that others may enter is closed to them. The folder itself must not be a link: whoever
 * may change a link could move the data. Folders above it may be links.
 * @throws FOLDER_NOT_PRIVATE, FOLDER_FAILED.
 */
export function ensurePrivateFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
  } catch (error) {
    // What stands there and is no folder is named below with better words.
    if (!isCode(error, "EEXIST"))
      throw daemonError("FOLDER_FAILED", `making the folder ${path}`, { cause: error });
  }
  const complaint = privacyComplaint(path);
  if (complaint !== null) throw daemonError("FOLDER_NOT_PRIVATE", `opening the folder ${path}: ${complaint}`);
  closeToOthers(path);
  return realpathSync(path);
}

/**
 * Why `path` is not a private folder of ours, or `null` where it is one. Does not change anything.
 * A mode that is too open is only told with `strict`, because the owner can mend it.
 */
export function privacyComplaint(path: string, options: { readonly strict?: boolean } = {}): string | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return "it does not exist";
  if (stat.isSymbolicLink()) return "it is a symbolic link; name the folder it points to";
  if (!stat.isDirectory()) return "it is not a folder";
  const uid = process.getuid?.();
  if (uid !== undefined && stat.uid !== uid)
    return `it belongs to user ${stat.uid}, and this process runs as ${uid}`;
  const mode = stat.mode & PERMISSIONS;
  if (options.strict === true && (mode & OTHERS) !== 0)
    return `others may enter it (mode ${mode.toString(8)})`;
  return null;
}

/** Opened without following a link, so that what is closed is what was checked. */
function closeToOthers(path: string): void {
  let handle: number | null = null;
  try {
    handle = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    if ((fstatSync(handle).mode & OTHERS) !== 0) fchmodSync(handle, FOLDER_MODE);
  } catch (error) {
    throw daemonError("FOLDER_NOT_PRIVATE", `closing the folder ${path} to others`, { cause: error });
  } finally {
    if (handle !== null) closeSync(handle);
  }
}

/**
 * Replace `path` by `text`: readers see the old file or the new one, never a part. Mode 0600. Not forced to
 * the disk: after a power failure the old or an empty file may stand there.
 * @throws FILE_FAILED; the old file stands and nothing is left beside it.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = temporaryName(path);
  try {
    const file = await open(temporary, "wx", FILE_MODE);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {
      // The first error says what is wrong; a left temporary file is harmless and named so that one sees it.
    });
    throw daemonError("FILE_FAILED", `replacing ${path}`, { cause: error });
  }
}

/** {@link replaceFile} without waiting, for the moments at which a process starts and ends. */
export function replaceFileNow(path: string, text: string): void {
  const temporary = temporaryName(path);
  try {
    const handle = openSync(temporary, "wx", FILE_MODE);
    try {
      writeAll(handle, Buffer.from(text));
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw daemonError("FILE_FAILED", `replacing ${path}`, { cause: error });
  }
}

/** Give a file the private mode, by name: it is never opened, which matters for a file that carries a lock. */
export async function closeFileToOthers(path: string): Promise<void> {
  await chmod(path, FILE_MODE);
}

/**
 * True where something stands at `path`. Not being allowed to look is not the same as nothing being there.
 * @throws FILE_FAILED where it cannot be seen.
 */
export function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw daemonError("FILE_FAILED", `looking for ${path}`, { cause: error });
  }
}

/** True where `error` is a system error with that code, such as "ENOENT". */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function writeAll(handle: number, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) at += writeSync(handle, bytes, at);
}

/** In the same folder, so that renaming is atomic; by chance, so that two writers do not share one. */
function temporaryName(path: string): string {
  return join(dirname(path), `.${randomBytes(TEMPORARY_BYTES).toString("hex")}.tmp`);
}
