/** One daemon per data folder. Who holds it is decided by the lock; the file beside it only names the holder. */
import { lstatSync, rmSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Random } from "jobkit-core";
import { dataNames } from "../paths.ts";
import { closeFileToOthers, isThere, replaceFileNow } from "../platform/disk.ts";
import { formatHolder, isAlive, readHolder, type HolderInfo } from "./holder.ts";
import { tryLock, isLocked, type FileLock } from "./lock.ts";

/** What {@link acquireInstance} needs. */
export interface InstanceRequest {
  /** Private folder, absolute; see `ensurePrivateFolder`. */
  readonly dataDir: string;
  /** What this process says of itself once it holds the folder. */
  readonly holder: HolderInfo;
  readonly clock: Clock;
  readonly random: Random;
  /** A lock that is refused for so long counts as held, in ms. Default 250: longer than starts get in each other's way. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}

/** The folder is ours until this is disposed or the process ends. Keep it reachable: what is collected is closed. */
export interface Instance extends AsyncDisposable {
  readonly kind: "ours";
  readonly holder: HolderInfo;
  /** The holder before this one, where it did not leave in order: killed, crashed, or without power. */
  readonly leftBehind: HolderInfo | null;
  /** False once somebody deleted or replaced the lock file: another daemon may hold the new one. Stop then. */
  stillOurs(): boolean;
}

/** Somebody else holds the folder. `heldBy` is `null` where the holder has not named itself (yet). */
export interface HeldElsewhere {
  readonly kind: "held";
  readonly heldBy: HolderInfo | null;
}

/** What another process can see of a data folder. */
export interface InstanceView {
  readonly running: boolean;
  /** The holder; `null` where nobody holds the folder, or the holder has not named itself (yet). */
  readonly holder: HolderInfo | null;
}

const WAIT_MS = 250;
/** A holder that has not named itself yet is given so many times the wait to do so, so that it can be named. */
const NAME_WAITS = 4;
const RETRY_FIRST_MS = 2;
const RETRY_MAX_MS = 40;

/**
 * Hold the data folder, or say who does. Two starts in one instant may both be refused once, so it is tried
 * for a bounded time with pauses of chance. What a dead holder left (its name, its socket) is cleared away.
 * @throws LOCK_FAILED; FILE_FAILED when the name cannot be written; signal.reason. Nothing is held then.
 */
export async function acquireInstance(request: InstanceRequest): Promise<Instance | HeldElsewhere> {
  const { dataDir, clock, random, signal } = request;
  const path = join(dataDir, dataNames.lock);
  const waitMs = request.waitMs ?? WAIT_MS;
  const startMs = clock.monotonic();
  for (let pauseMs = RETRY_FIRST_MS; ; pauseMs = Math.min(2 * pauseMs, RETRY_MAX_MS)) {
    signal?.throwIfAborted();
    const lock = tryLock(path);
    if (lock !== null) return settleIn(lock, request);
    const heldBy = livingHolder(dataDir);
    const waitedMs = clock.monotonic() - startMs;
    if (waitedMs >= (heldBy === null ? NAME_WAITS * waitMs : waitMs)) return { kind: "held", heldBy };
    await clock.sleep(pauseMs * (0.5 + random.next()), signal);
  }
}

/**
 * Look at a data folder from outside without disturbing its holder. A start that is just taking the lock
 * counts as running. Nothing is made.
 * @throws LOCK_FAILED, FILE_FAILED.
 */
export function inspectInstance(dataDir: string): InstanceView {
  const path = join(dataDir, dataNames.lock);
  if (!isThere(path) || !isLocked(path)) return { running: false, holder: null };
  return { running: true, holder: livingHolder(dataDir) };
}

async function settleIn(lock: FileLock, { dataDir, holder }: InstanceRequest): Promise<Instance> {
  const namePath = join(dataDir, dataNames.instance);
  try {
    const leftBehind = readHolder(namePath);
    // First the name, then everything else: whoever is refused from now on should read who refuses.
    replaceFileNow(namePath, formatHolder(holder));
    await closeFileToOthers(lock.path);
    for (const socket of new Set([leftBehind?.socketPath, holder.socketPath])) removeSocket(socket ?? null);
    const identity = fileIdentity(lock.path);
    return {
      kind: "ours",
      holder,
      leftBehind,
      stillOurs: () => identity !== null && fileIdentity(lock.path) === identity,
      [Symbol.asyncDispose]: async () => {
        rmSync(namePath, { force: true });
        lock[Symbol.dispose]();
      },
    };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/** The name in the file, unless it is that of a dead process: then the lock's holder has not written its own yet. */
function livingHolder(dataDir: string): HolderInfo | null {
  const holder = readHolder(join(dataDir, dataNames.instance));
  return holder !== null && isAlive(holder.pid) ? holder : null;
}

/** A socket that no living daemon listens on. Anything else at that path is left for whoever binds to complain. */
function removeSocket(path: string | null): void {
  if (path !== null && lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true) unlinkSync(path);
}

/** Device and number of a file, by name: it is never opened. */
function fileIdentity(path: string): string | null {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? null : `${stat.dev}:${stat.ino}`;
}
