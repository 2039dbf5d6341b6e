/** The key of an installation: 32 bytes of chance in `<data>/redaction.key`, readable by its owner alone. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { transcriptError } from "../transcript/errors.ts";

const KEY_BYTES = 32;
const FILE_NAME = "redaction.key";
const PRIVATE = 0o600;
const OTHERS = 0o077;

/**
 * The key of the data folder, made on first use. Two processes that make it at the same time end with the
 * same one. Permissions that others gave are taken back.
 * @param dataDir an existing folder that belongs to this person.
 * @throws REDACTION_KEY_INVALID when the file is not 32 bytes or not a regular file: with another key equal
 * secrets would no longer be seen as equal, so it is never replaced silently.
 */
export function loadRedactionKey(dataDir: string): Uint8Array {
  const path = join(dataDir, FILE_NAME);
  return readKey(path) ?? makeKey(path);
}

function readKey(path: string): Uint8Array | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw transcriptError("REDACTION_KEY_INVALID", `opening ${path}`, { cause: error });
  }
  try {
    const stat = fstatSync(file);
    const key = Buffer.alloc(KEY_BYTES + 1);
    if (!stat.isFile() || readSync(file, key, 0, key.length, 0) !== KEY_BYTES)
      throw transcriptError("REDACTION_KEY_INVALID", `reading ${path}`);
    if ((stat.mode & OTHERS) !== 0) fchmodSync(file, PRIVATE);
    return Uint8Array.from(key.subarray(0, KEY_BYTES));
  } finally {
    closeSync(file);
  }
}

/** Written under a name of its own and linked into place: whoever links first wins, nobody sees half a key. */
function makeKey(path: string): Uint8Array {
  const draft = `${path}.${randomBytes(8).toString("hex")}`;
  const file = openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, PRIVATE);
  try {
    try {
      writeSync(file, randomBytes(KEY_BYTES));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    linkSync(draft, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    // Another process was faster; its key is the one.
  } finally {
    rmSync(draft, { force: true });
  }
  const key = readKey(path);
  if (key === null)
    throw transcriptError("REDACTION_KEY_INVALID", `reading ${path}, which was there a moment ago`);
  return key;
}
