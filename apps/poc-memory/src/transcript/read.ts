/**
 * Reads a transcript from a position to its end: bytes to lines, lines to records, every text redacted and
 * capped on the way. Main memory is bounded by the longest kept line. What cannot be used is told line by
 * line; only the file as a whole can make reading fail. A torn last line is left for the next reading, a whole one
 * that only lacks its newline is taken.
 */
import type { FileHandle } from "node:fs/promises";
import type { RedactionCounts, Redactor } from "../redact/redactor.ts";
import { parseBounded } from "./bounded-json.ts";
import { readFields, readLine } from "./claude-code.ts";
import type { ContentContext } from "./content.ts";
import { formatOfFields, formatOfText } from "./format.ts";
import type { TranscriptFormat } from "./format.ts";
import { identityOf } from "./identity.ts";
import { Keeper } from "./keep.ts";
import type { TranscriptLimits } from "./limits.ts";
import { LineSplitter } from "./lines.ts";
import type { Line } from "./lines.ts";
import { asTranscriptError, openRegular } from "./open.ts";
import type { FileIdentity, ReadItem, ReadPosition } from "./record.ts";

const CHUNK_BYTES = 256 * 1024;

/** What to read and how. */
export interface ReadOptions {
  readonly path: string;
  /** Where the last reading stood; `startOfFile` for the first. The start of a line, or the end of an unended one. */
  readonly from: ReadPosition;
  readonly limits: TranscriptLimits;
  readonly redact: Redactor;
  readonly signal: AbortSignal;
}

/** Before the first line. */
export const startOfFile: ReadPosition = { offset: 0, line: 0 };

/** Begin a reading. Nothing is opened until it is iterated. */
export function readTranscript(options: ReadOptions): TranscriptReading {
  return new TranscriptReading(options);
}

/**
 * One reading of one file: iterate it once for its items, in file order, and ask it where it stands at any
 * time. Leaving the loop early closes the file; `position` is then behind the last item that was taken.
 */
export class TranscriptReading implements AsyncIterable<ReadItem> {
  readonly #options: ReadOptions;
  readonly #keeper: Keeper;
  #position: ReadPosition;
  #format: TranscriptFormat;
  #identity: FileIdentity | null = null;
  #tornBytes = 0;

  constructor(options: ReadOptions) {
    this.#options = options;
    this.#keeper = new Keeper(options.redact);
    this.#position = options.from;
    this.#format = options.from.offset > 0 ? "claude-code" : "undecided";
  }

  /** Behind the last item taken, or behind the last complete line once the iteration has ended. */
  get position(): ReadPosition {
    return this.#position;
  }

  /** What the lines so far showed the file to be. Of anything but "claude-code" and "undecided" nothing is read. */
  get format(): TranscriptFormat {
    return this.#format;
  }

  /** How many secrets of each kind were replaced so far. */
  get redactions(): RedactionCounts {
    return this.#keeper.counts;
  }

  /** The file that was really opened, known once the first item came; `null` before. */
  get identity(): FileIdentity | null {
    return this.#identity;
  }

  /** Bytes after the last newline: a line that is still being written, or was torn. Known at the end. */
  get tornBytes(): number {
    return this.#tornBytes;
  }

  /**
   * The items from the position to the end of the file as it is then.
   * @throws TRANSCRIPT_GONE, TRANSCRIPT_NOT_A_FILE, TRANSCRIPT_UNREADABLE
   * @throws signal.reason when the signal aborts; the file is closed then.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<ReadItem, void, void> {
    const { path, signal } = this.#options;
    signal.throwIfAborted();
    const file = await openRegular(path);
    try {
      this.#identity = await identityOf(file);
      yield* this.#items(file);
    } catch (error) {
      throw asTranscriptError(error, `reading ${path}`);
    } finally {
      await file.close();
    }
  }

  async *#items(file: FileHandle): AsyncGenerator<ReadItem, void, void> {
    const { from, limits, signal } = this.#options;
    const splitter = new LineSplitter(from, limits.lineBytes);
    const context: ContentContext = { keep: this.#keeper, limits };
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let offset = from.offset; ;) {
      signal.throwIfAborted();
      const { bytesRead } = await file.read(chunk, 0, chunk.length, offset);
      if (bytesRead === 0) break;
      offset += bytesRead;
      for (const line of splitter.push(chunk.subarray(0, bytesRead))) {
        const item = this.#read(line, context);
        if (this.#isOther()) return;
        // Set before the item is handed out: who has taken it and stops there goes on behind it.
        if (item !== null) {
          this.#position = { offset: line.offset + line.bytes, line: line.line };
          yield item;
        }
      }
    }
    this.#position = splitter.position;
    this.#tornBytes = splitter.tornBytes;
    const rest = splitter.rest;
    if (rest !== null) yield* this.#unended(rest, context);
  }

  /**
   * A last line without its newline. A whole object cannot become longer, so it is taken; all else may still be
   * written and is left. The line counts as taken when its newline comes: what follows it keeps its number.
   */
  *#unended(rest: Extract<Line, { kind: "line" }>, context: ContentContext): Generator<ReadItem, void, void> {
    if (parseBounded(rest.text, context.limits.depth).kind !== "object") return;
    const item = this.#read(rest, context);
    if (this.#isOther()) return;
    this.#position = { offset: rest.offset + rest.bytes, line: rest.line - 1 };
    this.#tornBytes = 0;
    if (item !== null) yield item;
  }

  /** Has a line shown that the file is another agent's? Then nothing more of it is looked at. */
  #isOther(): boolean {
    return this.#format !== "claude-code" && this.#format !== "undecided";
  }

  #read(line: Line, context: ContentContext): ReadItem | null {
    const place = { line: line.line, offset: line.offset, bytes: line.bytes };
    if (line.kind === "unusable") return { kind: "skipped", reason: line.reason, ...place };
    const reading =
      this.#format === "claude-code" ? readLine(line.text, line.line, context) : this.#decide(line, context);
    if (reading.kind === "nothing") return null;
    return reading.kind === "record" ? reading : { kind: "skipped", reason: reading.reason, ...place };
  }

  /** Until the format is known every line is parsed and asked for it. */
  #decide(line: Extract<Line, { kind: "line" }>, context: ContentContext): ReturnType<typeof readLine> {
    if (line.text.trim() === "") return { kind: "nothing" };
    const parsed = parseBounded(line.text, context.limits.depth);
    if (parsed.kind === "refused") {
      this.#format = formatOfText(line.text);
      return { kind: "skipped", reason: parsed.reason };
    }
    this.#format = formatOfFields(parsed.fields);
    return readFields(parsed.fields, line.line, context);
  }
}
