/**
 * What the reader makes of a transcript, whatever agent wrote it: lines become records, records carry
 * entries, entries are the only thing the rest of the program knows. All text in an entry is redacted
 * and capped; nothing here is trusted to be more than data.
 */

/** One block of a record. */
export type Entry =
  /** Typed by the person. Never echoed system text, command output, summaries or tool results. */
  | { readonly kind: "prompt"; readonly text: string }
  /** Said by the agent to the person. */
  | { readonly kind: "answer"; readonly text: string }
  /** A tool was called. `input` is the tool's own input, capped per value. */
  | { readonly kind: "call"; readonly callId: string; readonly tool: string; readonly input: ToolInput }
  /** What came back: head and tail of the text. */
  | {
      readonly kind: "result";
      readonly callId: string;
      readonly failed: boolean;
      readonly text: string;
      readonly bytes: number;
    }
  /** The context was compacted here: a new segment begins. */
  | { readonly kind: "compaction"; readonly trigger: "auto" | "manual" | "unknown" }
  /** The agent's own account of what came before (compaction or away summary, title). Not a prompt, not a memory by itself. */
  | { readonly kind: "summary"; readonly of: "compaction" | "away" | "title"; readonly text: string }
  /** A slash command the person ran, such as /commit. */
  | { readonly kind: "command"; readonly name: string; readonly args: string }
  /** A pull request the session belongs to. */
  | { readonly kind: "pull-request"; readonly url: string }
  /** The person stopped the agent. */
  | { readonly kind: "interruption" };

/** The scalar inputs of a tool call by name: strings capped, everything else left out. */
export type ToolInput = Readonly<Record<string, string | number | boolean>>;

/** One line that passed the reader and carries at least one entry or a place in the tree. */
export interface TranscriptRecord {
  /** 1-based line of the file. */
  readonly line: number;
  readonly uuid: string | null;
  readonly parentUuid: string | null;
  readonly sessionId: string | null;
  /** Wall time in ms since 1970; `null` where the line has none. May go backwards from line to line. */
  readonly atMs: number | null;
  /** Working folder and branch as the record tells them. */
  readonly cwd: string | null;
  readonly gitBranch: string | null;
  /** Written by a sub-agent. */
  readonly sidechain: boolean;
  readonly entries: readonly Entry[];
}

/** Why a line was passed over. Each is a label of the event transcript.lineSkipped. */
export const skipReasons = [
  "too-long",
  "not-json",
  "not-an-object",
  "too-deep",
  "bad-utf8",
  "nul-bytes",
  "unknown-type",
] as const;
export type SkipReason = (typeof skipReasons)[number];

/** What the reader yields, in file order. */
export type ReadItem =
  | { readonly kind: "record"; readonly record: TranscriptRecord }
  | {
      readonly kind: "skipped";
      readonly reason: SkipReason;
      readonly line: number;
      readonly offset: number;
      readonly bytes: number;
    };

/** Where reading stands: everything before `offset` has been taken, complete lines only. */
export interface ReadPosition {
  /** Bytes of complete lines taken so far. */
  readonly offset: number;
  /** Lines taken so far. */
  readonly line: number;
}

/** By what a file is recognised as the same one that was read before. */
export interface FileIdentity {
  readonly inode: number;
  /** Size in bytes when it was last read. */
  readonly size: number;
  /** SHA-256, hex, of its first `headBytes` bytes. */
  readonly headHash: string;
  /** min(4096, size at the time of hashing). */
  readonly headBytes: number;
}
