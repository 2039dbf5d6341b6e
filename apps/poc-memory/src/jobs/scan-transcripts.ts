import { join, sep } from "node:path";
import type { Emitter, NewTask } from "jobkit-core";
import type { Reconciler } from "jobkit-daemon";
import type { MemoryEvents } from "../events.ts";
import type { SqliteMemoryStore } from "../store/sqlite-store.ts";
import type { Progress, TranscriptStamp } from "../store/progress.ts";
import type { TroubledTranscripts } from "./troubled-transcripts.ts";
import { discover, type Discovered, type DiscoverLimits } from "../transcript/discover.ts";

export interface ScanDeps {
  readonly store: SqliteMemoryStore;
  readonly events: Emitter<MemoryEvents>;
  /** Absolute paths of the folders that hold transcripts. */
  readonly roots: readonly string[];
  readonly limits: DiscoverLimits;
  readonly troubled: TroubledTranscripts;
  /** Where this instance keeps its own files. What lies there is no transcript: reading it would make it grow. */
  readonly dataDir: string;
  readonly everyMs: () => number;
  /** A file that changed within so many ms is left for the next look; 0 takes it at once. */
  readonly quietMs: () => number;
  /** Wall time in ms since 1970, comparable with modification times. */
  readonly now: () => number;
  /** Ms since any start. */
  readonly monotonic: () => number;
}

type FoundTranscript = Extract<Discovered, { kind: "file" }>;
type Finding = Extract<Discovered, { kind: "finding" }>;

/** Findings that are remembered as told; more than that and some are told again. */
const TOLD_MAX = 10_000;

/** Compare the transcript folders with what has been read, and ask for a reading of every file that differs. */
export function scanTranscripts(deps: ScanDeps): Reconciler {
  const told = new Map<string, string>();
  const stamps = new LoadedStamps(deps.store.progress);
  return {
    name: "scan-transcripts",
    doc: "Looks for transcripts that are new or have grown; one task for each.",
    everyMs: deps.everyMs,
    find: async (signal) => {
      const startedMs = deps.monotonic();
      const known = stamps.now();
      const changed: FoundTranscript[] = [];
      let files = 0;
      for await (const item of discover(deps.roots, deps.limits, signal)) {
        if (isOurs(deps, item)) continue;
        if (item.kind === "finding") tellOnce(deps, told, item);
        else {
          files += 1;
          if (isDue(deps, item, known.get(fileKey(item)) ?? null)) changed.push(item);
        }
      }
      deps.events.emit("transcripts.scanned", () => ({
        files,
        changed: changed.length,
        tookMs: deps.monotonic() - startedMs,
      }));
      for (const item of changed) deps.troubled.ask(fileKey(item), item);
      return changed.map(readingOf);
    },
  };
}

function isOurs({ dataDir }: ScanDeps, { root, name }: Discovered): boolean {
  return join(root, name).startsWith(dataDir + sep);
}

/** What is known of every transcript, loaded again only after something of it was written. */
class LoadedStamps {
  readonly #progress: Progress;
  #writes = -1;
  #known: ReadonlyMap<string, TranscriptStamp> = new Map();

  constructor(progress: Progress) {
    this.#progress = progress;
  }

  now(): ReadonlyMap<string, TranscriptStamp> {
    const writes = this.#progress.transcriptWrites;
    if (writes !== this.#writes) {
      this.#known = new Map(this.#progress.stamps().map((stamp) => [fileKey(stamp), stamp]));
      this.#writes = writes;
    }
    return this.#known;
  }
}

function isDue(deps: ScanDeps, found: FoundTranscript, known: TranscriptStamp | null): boolean {
  return differs(found, known) && isQuiet(deps, found) && !deps.troubled.has(fileKey(found), found);
}

/** Unchanged is what has the same inode, size and time as when it was last read; everything else is opened. */
function differs(found: FoundTranscript, known: TranscriptStamp | null): boolean {
  if (known === null || known.state === "reading") return true;
  return known.inode !== found.inode || known.size !== found.size || known.mtimeMs !== found.mtimeMs;
}

function isQuiet({ quietMs, now }: ScanDeps, { mtimeMs }: FoundTranscript): boolean {
  const quiet = quietMs();
  return quiet === 0 || Math.abs(now() - mtimeMs) >= quiet;
}

function readingOf({ root, name }: FoundTranscript): NewTask {
  return {
    job: "mine-transcript",
    key: fileKey({ root, name }),
    input: { root, name },
    labels: { transcript: name },
  };
}

function tellOnce({ events }: ScanDeps, told: Map<string, string>, { root, name, why }: Finding): void {
  const key = fileKey({ root, name });
  if (told.get(key) === why) return;
  if (told.size >= TOLD_MAX) told.clear();
  told.set(key, why);
  events.emit("transcript.unreadable", () => ({ path: name === "" ? root : name, why }));
}

/** One text for one file, as key of its task and in maps. */
export function fileKey({ root, name }: { readonly root: string; readonly name: string }): string {
  return `${root}\n${name}`;
}
