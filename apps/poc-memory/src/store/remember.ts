import type { MinedMemory } from "../mine/mined.ts";
import type { Applied } from "./memory-store.ts";
import type { SegmentPlace } from "./progress.ts";
import type { SqliteMemoryStore } from "./sqlite-store.ts";

/** What one segment yields now. */
export interface SegmentMemories {
  readonly segment: SegmentPlace;
  /** The miner's name. A node whose latest version another author wrote is a person's, and is left as it is. */
  readonly author: string;
  /** Wall time in ms since 1970. */
  readonly atMs: number;
  readonly memories: readonly MinedMemory[];
  /** Bookkeeping to commit with it. Runs inside the transaction, last; must not await. */
  readonly alongside?: () => void;
}

/** This segment's memories are now exactly these. */
export type Remember = (store: SqliteMemoryStore, input: SegmentMemories) => Applied;
