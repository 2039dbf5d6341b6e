/**
 * Bytes to complete lines. Chunks may end anywhere, inside a character or between CR and LF: lines, numbers
 * and offsets come out the same. Memory is bounded by the longest line that is kept: a longer one is passed
 * over while it streams by. A last line without its newline is not among them; `rest` is what there is of it.
 */
import { isUtf8 } from "node:buffer";
import type { ReadPosition } from "./record.ts";

/** A complete line, or where one stood that cannot be used. `offset` and `bytes` (newline included) are exact. */
export type Line =
  | {
      readonly kind: "line";
      readonly line: number;
      readonly offset: number;
      readonly bytes: number;
      readonly text: string;
    }
  | {
      readonly kind: "unusable";
      readonly reason: "too-long" | "nul-bytes" | "bad-utf8";
      readonly line: number;
      readonly offset: number;
      readonly bytes: number;
    };

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A mark at the start and a CR at the end may stand in a line of the full length; only beyond them it is surely too long. */
const UNCOUNTED_BYTES = BYTE_ORDER_MARK.length + 1;

/** Cuts a stream of bytes at its newlines. Owns copies of what it holds; chunks may be reused after `push`. */
export class LineSplitter {
  readonly #lineBytes: number;
  #offset: number;
  #line: number;
  /** Pieces of the line that is being gathered. Their sum never exceeds the cap by more than what does not count. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** Bytes of the current line that were let go because it is too long; 0 while it is being gathered. */
  #passedBytes = 0;

  /**
   * @param from where the first byte that will be pushed stands; must be the start of a line.
   * @param lineBytes longest line that is kept, newline not counted.
   */
  constructor(from: ReadPosition, lineBytes: number) {
    this.#offset = from.offset;
    this.#line = from.line;
    this.#lineBytes = lineBytes;
  }

  /** Behind the last complete line that was handed out. */
  get position(): ReadPosition {
    return { offset: this.#offset, line: this.#line };
  }

  /** Bytes of the torn last line seen so far. */
  get tornBytes(): number {
    return this.#heldBytes + this.#passedBytes;
  }

  /** What follows the last newline, without its end: `null` where there is nothing, or it could not be a line. */
  get rest(): Extract<Line, { kind: "line" }> | null {
    if (this.#heldBytes === 0) return null;
    const at = { line: this.#line + 1, offset: this.#offset, bytes: this.#heldBytes };
    const rest = decodeLine(Buffer.concat(this.#held), at, this.#lineBytes);
    return rest.kind === "line" ? rest : null;
  }

  /** The lines that this chunk completes, in order. Take all of them before the next `push`. */
  *push(chunk: Buffer): Generator<Line, void, void> {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end === -1) break;
      yield this.#complete(chunk.subarray(start, end));
      start = end + 1;
    }
    this.#hold(chunk.subarray(start));
  }

  #hold(piece: Buffer): void {
    if (piece.length === 0) return;
    if (this.#passedBytes > 0 || this.#heldBytes + piece.length > this.#lineBytes + UNCOUNTED_BYTES) {
      this.#passedBytes += this.#heldBytes + piece.length;
      this.#held = [];
      this.#heldBytes = 0;
      return;
    }
    this.#held.push(Buffer.from(piece));
    this.#heldBytes += piece.length;
  }

  #complete(last: Buffer): Line {
    const length = this.#heldBytes + this.#passedBytes + last.length;
    const offset = this.#offset;
    const whole =
      this.#passedBytes > 0 ? null : this.#heldBytes === 0 ? last : Buffer.concat([...this.#held, last]);
    this.#held = [];
    this.#heldBytes = 0;
    this.#passedBytes = 0;
    this.#offset += length + 1;
    this.#line += 1;
    return decodeLine(whole, { line: this.#line, offset, bytes: length + 1 }, this.#lineBytes);
  }
}

function decodeLine(
  whole: Buffer | null,
  at: { readonly line: number; readonly offset: number; readonly bytes: number },
  lineBytes: number,
): Line {
  if (whole === null) return { kind: "unusable", reason: "too-long", ...at };
  const end =
    whole.length > 0 && whole[whole.length - 1] === CARRIAGE_RETURN ? whole.length - 1 : whole.length;
  const marked = at.offset === 0 && whole.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
  const bytes = whole.subarray(marked ? BYTE_ORDER_MARK.length : 0, end);
  if (bytes.length > lineBytes) return { kind: "unusable", reason: "too-long", ...at };
  if (bytes.includes(0)) return { kind: "unusable", reason: "nul-bytes", ...at };
  if (!isUtf8(bytes)) return { kind: "unusable", reason: "bad-utf8", ...at };
  return { kind: "line", ...at, text: bytes.toString("utf8") };
}
