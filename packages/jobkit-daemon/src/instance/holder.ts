import { readFileSync } from "node:fs";
import { daemonError } from "../errors.ts";
import { isCode } from "../platform/disk.ts";

/** What the holder of a data folder says of itself. For people: who holds it is decided by the lock alone. */
export interface HolderInfo {
  readonly pid: number;
  /** Wall time in ms since 1970. */
  readonly startedAtMs: number;
  /** Of the application. */
  readonly version: string;
  /** Unique for this life of the daemon. */
  readonly instance: string;
  /** Where it listens; `null` where it does not. */
  readonly socketPath: string | null;
}

const BYTES_MAX = 64 * 1024;

/** Text of the instance file. */
export function formatHolder(holder: HolderInfo): string {
  return `${JSON.stringify(holder)}\n`;
}

/** What the instance file says, or `null` where it is absent or not one. @throws FILE_FAILED when it cannot be read. */
export function readHolder(path: string): HolderInfo | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return null;
    throw daemonError("FILE_FAILED", `reading ${path}`, { cause: error });
  }
  return text.length > BYTES_MAX ? null : parseHolder(text);
}

/** True where a process with that number lives. One that belongs to somebody else lives too. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, "EPERM");
  }
}

function parseHolder(text: string): HolderInfo | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // A file that a dying disk or a curious person left is as good as none: it only names.
    return null;
  }
  if (value === null || typeof value !== "object") return null;
  const { pid, startedAtMs, version, instance, socketPath } = value as Readonly<Record<string, unknown>>;
  if (typeof pid !== "number" || !Number.isInteger(pid) || pid <= 0) return null;
  if (typeof startedAtMs !== "number" || typeof version !== "string" || typeof instance !== "string")
    return null;
  return {
    pid,
    startedAtMs,
    version,
    instance,
    socketPath: typeof socketPath === "string" ? socketPath : null,
  };
}
