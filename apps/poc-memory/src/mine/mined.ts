import type { NodeType } from "../store/node.ts";

/** Where a memory was found: enough to open the transcript at the line. */
export interface Receipt {
  /** Path below its transcript root, as stored with the transcript's progress. */
  readonly transcript: string;
  readonly line: number;
  readonly uuid: string | null;
  /** Wall time in ms since 1970 of the line, or of the line before it that has one. */
  readonly atMs: number;
}

/** What a segment says is worth keeping. A pure function of the segment's records, whatever way they arrived. */
export interface MinedMemory {
  /** Stable: derived from content and place, never from the order or number of readings. */
  readonly key: string;
  readonly type: NodeType;
  /** Markdown for people and models. */
  readonly content: string;
  /** What kind of memory, a label: "episode", "preference", "decision", "fix", "command", "project". */
  readonly category: string;
  readonly createdAtMs: number;
  /** Things it is about, as `kind:name` (file, symbol, error, command, package): what links are made from. */
  readonly entities: readonly string[];
  /** At least one. The first is the one shown. */
  readonly receipts: readonly Receipt[];
  /** Key of the episode it came from; `null` for the episode itself. */
  readonly episode: string | null;
}
