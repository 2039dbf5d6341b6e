/**
 * What has been read and looked at: bookkeeping, apart from the graph, in the same file so that it can be
 * committed `alongside` a batch. Every row is bounded; there is at most one row for each transcript, segment,
 * record and (node, agent).
 */
import type { DatabaseSync } from "node:sqlite";
import type { Json } from "jobkit-core";
import type { FileIdentity, ReadPosition, SkipReason } from "../transcript/record.ts";
import { asValue, atomically, statements, type Sql } from "./database.ts";
import { storeError } from "./errors.ts";
import { SeenIndex } from "./seen.ts";
import { Visits } from "./visits.ts";

/** `reading`: more is there than was taken. `current`: read to the end. `gone`: no longer on disk. `refused`: not a transcript we know. */
export const transcriptStates = ["reading", "current", "gone", "refused"] as const;
export type TranscriptState = (typeof transcriptStates)[number];

/** Names one transcript of this machine. */
export interface TranscriptName {
  /** Folder that was scanned, as configured. */
  readonly root: string;
  /** Path below it, with slashes. */
  readonly name: string;
}

/** How far one transcript has been read. A value. */
export interface TranscriptProgress extends TranscriptName {
  readonly identity: FileIdentity;
  readonly position: ReadPosition;
  /** Grows by one each time the file was replaced by another; segments and records belong to one generation. */
  readonly generation: number;
  readonly state: TranscriptState;
  /** Lines that became records. */
  readonly linesKept: number;
  /** Lines passed over, by reason; absent is 0. */
  readonly linesSkipped: Readonly<Partial<Record<SkipReason, number>>>;
  readonly mtimeMs: number;
}

/** Where one segment is on this machine: a transcript, its generation, and the segment's number in it from 0. */
export interface SegmentPlace {
  readonly root: string;
  /** Path below the root, as `TranscriptName.name`. */
  readonly transcript: string;
  readonly generation: number;
  readonly index: number;
}

/** By what a look sees that a file has not changed since it was read. */
export interface TranscriptStamp extends TranscriptName {
  readonly inode: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly state: TranscriptState;
}

/** How far one segment has been mined. A value. */
export interface SegmentProgress extends SegmentPlace {
  /** The miner's state between readings; `null` when the segment is closed. At most SEGMENT_STATE_BYTES_MAX as JSON. */
  readonly state: Json | null;
  /** Key of its episode, where it has one. */
  readonly episode: string | null;
  /** `null` while nothing has been decided. "nothing": looked at, and nothing was worth keeping. */
  readonly outcome: "mined" | "nothing" | null;
}

/** Sums over all transcripts, for status. */
export interface ProgressTotals {
  readonly known: number;
  /** Read to the end and not refused. */
  readonly current: number;
  /** Still to be read further. */
  readonly reading: number;
  readonly bytesRead: number;
  readonly linesKept: number;
  readonly segments: number;
}

/** Largest JSON text of a segment's state, in bytes: twice the miner's own bound, so that only a fault meets it. */
export const SEGMENT_STATE_BYTES_MAX = 256 * 1024;

/** Most transcripts or segments returned by one call. */
const LIST_MAX = 200_000;

/** Reads and writes the bookkeeping of one store. Owned by the store; every call may stand inside `alongside`. */
export class Progress {
  readonly seen: SeenIndex;
  readonly visits: Visits;
  readonly #database: DatabaseSync;
  readonly #sql: Sql;
  #transcriptWrites = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#sql = statements(database);
    this.seen = new SeenIndex(database, (name) => this.#transcriptId(name));
    this.visits = new Visits(database);
  }

  /** Grows with every write of a transcript's progress by this process: equal numbers, nothing new to load. */
  get transcriptWrites(): number {
    return this.#transcriptWrites;
  }

  /** Write how far a transcript is, replacing what was known. */
  saveTranscript(progress: TranscriptProgress): void {
    this.#transcriptWrites += 1;
    const { identity, position } = progress;
    this.#sql(`INSERT INTO transcript
        (root, name, inode, size, head_hash, head_bytes, offset, line, generation, state, lines_kept, lines_skipped, mtime)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (root, name) DO UPDATE SET
        inode = excluded.inode, size = excluded.size, head_hash = excluded.head_hash, head_bytes = excluded.head_bytes,
        offset = excluded.offset, line = excluded.line, generation = excluded.generation, state = excluded.state,
        lines_kept = excluded.lines_kept, lines_skipped = excluded.lines_skipped, mtime = excluded.mtime`).run(
      progress.root,
      progress.name,
      String(identity.inode),
      identity.size,
      identity.headHash,
      identity.headBytes,
      position.offset,
      position.line,
      progress.generation,
      progress.state,
      progress.linesKept,
      JSON.stringify(progress.linesSkipped),
      progress.mtimeMs,
    );
  }

  /** What is known of a transcript, `null` where it never was saved. */
  transcript(name: TranscriptName): TranscriptProgress | null {
    const row = this.#sql("SELECT * FROM transcript WHERE root = ? AND name = ?").get(name.root, name.name);
    return row === undefined ? null : toTranscript(row as unknown as TranscriptRow);
  }

  /** Every transcript as it was when it was last read, for a look to compare with: cheap, thousands of them in ms. */
  stamps(): readonly TranscriptStamp[] {
    const rows = this.#sql("SELECT root, name, inode, size, mtime AS mtimeMs, state FROM transcript LIMIT ?");
    return rows
      .all(LIST_MAX)
      .map((row) => Object.assign(asValue<TranscriptStamp>(row), { inode: Number(row["inode"]) }));
  }

  /** All transcripts by root and name, at most 200,000. */
  transcripts(): readonly TranscriptProgress[] {
    const rows = this.#sql("SELECT * FROM transcript ORDER BY root, name LIMIT ?").all(LIST_MAX);
    return (rows as unknown as TranscriptRow[]).map(toTranscript);
  }

  /**
   * Write how far a segment is, replacing what was known.
   * @throws TRANSCRIPT_UNKNOWN, PROGRESS_TOO_LARGE.
   */
  saveSegment(segment: SegmentProgress): void {
    const state = segment.state === null ? null : JSON.stringify(segment.state);
    if (state !== null && Buffer.byteLength(state) > SEGMENT_STATE_BYTES_MAX)
      throw storeError("PROGRESS_TOO_LARGE", `saving segment ${segment.index} of ${segment.transcript}`);
    const transcript = this.#transcriptId({ root: segment.root, name: segment.transcript });
    this.#sql(`INSERT OR REPLACE INTO segment (transcript, generation, number, state, episode, outcome)
      VALUES (?, ?, ?, ?, ?, ?)`).run(
      transcript,
      segment.generation,
      segment.index,
      state,
      segment.episode,
      segment.outcome,
    );
  }

  /** What is known of a segment, `null` where it never was saved. */
  segment(place: SegmentPlace): SegmentProgress | null {
    const row = this.#sql(`SELECT s.*, t.root, t.name FROM segment s JOIN transcript t ON t.id = s.transcript
      WHERE t.root = ? AND t.name = ? AND s.generation = ? AND s.number = ?`).get(
      place.root,
      place.transcript,
      place.generation,
      place.index,
    );
    return row === undefined ? null : toSegment(row as unknown as SegmentRow);
  }

  /** The segments of a transcript, by generation and number, at most 200,000. */
  segments(name: TranscriptName): readonly SegmentProgress[] {
    const rows = this.#sql(`SELECT s.*, t.root, t.name FROM segment s JOIN transcript t ON t.id = s.transcript
      WHERE t.root = ? AND t.name = ? ORDER BY s.generation, s.number LIMIT ?`).all(
      name.root,
      name.name,
      LIST_MAX,
    );
    return (rows as unknown as SegmentRow[]).map(toSegment);
  }

  /** Drop what is known of a transcript: its progress, segments and seen records. Its memories stay. */
  forgetTranscript(name: TranscriptName): void {
    this.#transcriptWrites += 1;
    atomically(this.#database, "forgetting a transcript's progress", () => {
      this.seen.drop(name);
      this.#sql(`DELETE FROM segment WHERE transcript IN
        (SELECT id FROM transcript WHERE root = ? AND name = ?)`).run(name.root, name.name);
      this.#sql("DELETE FROM transcript WHERE root = ? AND name = ?").run(name.root, name.name);
    });
  }

  /** Sums for status. */
  totals(): ProgressTotals {
    const row =
      this.#sql(`SELECT count(*) AS known, total(state = 'current') AS current, total(state = 'reading') AS reading,
      total(offset) AS bytesRead, total(lines_kept) AS linesKept, (SELECT count(*) FROM segment) AS segments
      FROM transcript`).get();
    return asValue<ProgressTotals>(row);
  }

  /** A named place to remember, such as the last revision a job has worked on; `null` where it was never set. */
  cursor(name: string): string | null {
    const row = this.#sql("SELECT value FROM cursor WHERE name = ?").get(name);
    return row === undefined ? null : String(row["value"]);
  }

  /** Set a named place. */
  setCursor(name: string, value: string): void {
    this.#sql("INSERT OR REPLACE INTO cursor (name, value) VALUES (?, ?)").run(name, value);
  }

  #transcriptId(name: TranscriptName): number {
    const row = this.#sql("SELECT id FROM transcript WHERE root = ? AND name = ?").get(name.root, name.name);
    if (row === undefined) throw storeError("TRANSCRIPT_UNKNOWN", `writing progress of ${name.name}`);
    return Number(row["id"]);
  }
}

interface TranscriptRow {
  readonly root: string;
  readonly name: string;
  readonly inode: string;
  readonly size: number;
  readonly head_hash: string;
  readonly head_bytes: number;
  readonly offset: number;
  readonly line: number;
  readonly generation: number;
  readonly state: TranscriptState;
  readonly lines_kept: number;
  readonly lines_skipped: string;
  readonly mtime: number;
}

function toTranscript(row: TranscriptRow): TranscriptProgress {
  return {
    root: row.root,
    name: row.name,
    identity: {
      inode: Number(row.inode),
      size: row.size,
      headHash: row.head_hash,
      headBytes: row.head_bytes,
    },
    position: { offset: row.offset, line: row.line },
    generation: row.generation,
    state: row.state,
    linesKept: row.lines_kept,
    linesSkipped: JSON.parse(row.lines_skipped) as TranscriptProgress["linesSkipped"],
    mtimeMs: row.mtime,
  };
}

interface SegmentRow {
  readonly root: string;
  readonly name: string;
  readonly generation: number;
  readonly number: number;
  readonly state: string | null;
  readonly episode: string | null;
  readonly outcome: SegmentProgress["outcome"];
}

function toSegment(row: SegmentRow): SegmentProgress {
  return {
    root: row.root,
    transcript: row.name,
    generation: row.generation,
    index: row.number,
    state: row.state === null ? null : (JSON.parse(row.state) as Json),
    episode: row.episode,
    outcome: row.outcome,
  };
}
