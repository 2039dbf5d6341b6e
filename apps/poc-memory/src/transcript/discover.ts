/**
 * Finds transcripts below their roots by looking at folders and stats alone; no file is opened. Whatever cannot
 * be looked at is a finding, never an end of the scan. Links are not followed, so there are no loops: what a
 * link inside the root points to is found under its own name, and what lies outside is not this root's.
 * System calls are synchronous, since each takes microseconds and a promise for each would take longer; the
 * event loop gets its turn every few hundred entries.
 */
import { lstatSync, opendirSync, realpathSync, statSync } from "node:fs";
import type { Dirent } from "node:fs";

/** Bounds of a scan, for each root. */
export interface DiscoverLimits {
  /** Folders below the root that are looked into: 0 is the root alone. */
  readonly depth: number;
  /** Entries of folders that are looked at, transcripts or not. */
  readonly files: number;
}

/** Why something was left out of a scan. */
export const findingReasons = [
  "unreadable",
  "is-a-folder",
  "is-a-link",
  "not-a-file",
  "too-deep",
  "too-many",
] as const;
export type FindingReason = (typeof findingReasons)[number];

/** What a scan yields, by root and then by name. */
export type Discovered =
  | {
      readonly kind: "file";
      readonly root: string;
      /** Path below the root, with slashes. */
      readonly name: string;
      readonly inode: number;
      /** Bytes. */
      readonly size: number;
      readonly mtimeMs: number;
    }
  | {
      readonly kind: "finding";
      readonly reason: FindingReason;
      readonly root: string;
      /** Path below the root; empty for the root itself. */
      readonly name: string;
      /** What is the matter and what to do, one sentence. */
      readonly why: string;
    };

const ENDING = ".jsonl";
/** Entries between two turns of the event loop: under 5 ms of work. */
const TURN_ENTRIES = 512;

/**
 * Scan the roots. A root may itself be a link; a root that is not there is a finding of it.
 * @throws signal.reason when the signal aborts.
 */
export async function* discover(
  roots: readonly string[],
  limits: DiscoverLimits,
  signal: AbortSignal,
): AsyncGenerator<Discovered, void, void> {
  for (const root of roots) {
    let real: string;
    try {
      real = realpathSync(root);
    } catch (error) {
      yield {
        kind: "finding",
        reason: "unreadable",
        root,
        name: "",
        why: `${root} cannot be opened: ${codeOf(error)}`,
      };
      continue;
    }
    let sinceTurn = 0;
    for (const item of scan(root, real, limits)) {
      if (item !== null) yield item;
      sinceTurn += 1;
      if (sinceTurn < TURN_ENTRIES) continue;
      sinceTurn = 0;
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    }
  }
}

interface Folder {
  readonly name: string;
  readonly depth: number;
}

/** Everything below one root; `null` for an entry that is of no interest, so that the caller can count. */
function* scan(root: string, real: string, limits: DiscoverLimits): Generator<Discovered | null, void, void> {
  const folders: Folder[] = [{ name: "", depth: 0 }];
  let left = limits.files;
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    const listed = list(`${real}/${folder.name}`, left);
    if (listed.failed !== null)
      yield finding(
        "unreadable",
        root,
        folder.name,
        `${real}/${folder.name} cannot be listed: ${listed.failed}`,
      );
    left -= listed.entries.length;
    for (const entry of listed.entries) {
      const name = folder.name === "" ? entry.name : `${folder.name}/${entry.name}`;
      if (entry.isDirectory() && !entry.name.endsWith(ENDING)) {
        if (folder.depth < limits.depth) folders.push({ name, depth: folder.depth + 1 });
        else yield finding("too-deep", root, name, `${name} lies deeper than ${limits.depth} folders`);
        yield null;
      } else yield look(entry, root, real, name);
    }
    if (listed.more) {
      yield finding(
        "too-many",
        root,
        folder.name,
        `more than ${limits.files} files; is ${root} the right folder?`,
      );
      return;
    }
  }
}

/** One entry that is no folder to look into. */
function look(entry: Dirent, root: string, real: string, name: string): Discovered | null {
  if (entry.isSymbolicLink()) return lookAtLink(root, real, name);
  if (!name.endsWith(ENDING)) return null;
  if (entry.isDirectory())
    return finding("is-a-folder", root, name, `${name} has a transcript's name and is a folder`);
  try {
    const stat = lstatSync(`${real}/${name}`);
    if (!stat.isFile()) return finding("not-a-file", root, name, `${name} is not a regular file`);
    return { kind: "file", root, name, inode: stat.ino, size: stat.size, mtimeMs: Math.trunc(stat.mtimeMs) };
  } catch (error) {
    // Deleted between listing and looking: as if it had never been there.
    return codeOf(error) === "ENOENT"
      ? null
      : finding("unreadable", root, name, `${name} cannot be looked at: ${codeOf(error)}`);
  }
}

/** A link is told where it could have mattered: to a folder, or with a transcript's name. */
function lookAtLink(root: string, real: string, name: string): Discovered | null {
  const why = `${name} is a link and not followed; to read what lies behind it, name its real folder as a root`;
  if (name.endsWith(ENDING)) return finding("is-a-link", root, name, why);
  try {
    return statSync(`${real}/${name}`).isDirectory() ? finding("is-a-link", root, name, why) : null;
  } catch {
    return name.includes(".") ? null : finding("is-a-link", root, name, why); // A loop, or a link to nothing.
  }
}

interface Listing {
  readonly entries: readonly Dirent[];
  /** There were more than were asked for. */
  readonly more: boolean;
  /** Code of the error that ended the listing, else `null`. */
  readonly failed: string | null;
}

/** At most `most` entries of a folder, by name. */
function list(path: string, most: number): Listing {
  const entries: Dirent[] = [];
  let failed: string | null = null;
  let more = false;
  try {
    const folder = opendirSync(path, { bufferSize: TURN_ENTRIES });
    try {
      for (let entry = folder.readSync(); entry !== null && !more; entry = folder.readSync()) {
        more = entries.length >= most;
        if (!more) entries.push(entry);
      }
    } finally {
      folder.closeSync();
    }
  } catch (error) {
    failed = codeOf(error);
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { entries, more, failed };
}

function finding(reason: FindingReason, root: string, name: string, why: string): Discovered {
  return { kind: "finding", reason, root, name, why };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
