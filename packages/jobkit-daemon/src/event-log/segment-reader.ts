import { open, type FileHandle } from "node:fs/promises";
import { parseLine, type SegmentLine } from "./format.ts";

const CHUNK_BYTES = 256 * 1024;
/** A longer line is damage, and is skipped: writers cut theirs far below. */
const LINE_BYTES_MAX = 16 * 1024 * 1024;
const NEWLINE = 10;

/**
 * Reads one segment line by line, also while it grows. Keeps its place at the beginning of a line, so a torn
 * line that its writer cuts off and writes anew is read as it then stands. Owns its file handle.
 */
export class SegmentReader implements AsyncDisposable {
  readonly #file: FileHandle;
  /** Where the first line that was not handed out begins. */
  #offset = 0;
  #chunkBytes = CHUNK_BYTES;
  /** Inside a line that is too long to be one. */
  #skipping = false;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Open the segment at `path`; `null` where it was deleted meanwhile. @throws the system's error. */
  static async open(path: string): Promise<SegmentReader | null> {
    try {
      return new SegmentReader(await open(path, "r"));
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
      throw error;
    }
  }

  /** The next whole lines; none where there are no more yet. @throws the system's error. */
  async next(): Promise<readonly SegmentLine[]> {
    for (;;) {
      const chunk = Buffer.allocUnsafe(this.#chunkBytes);
      const { bytesRead } = await this.#file.read(chunk, 0, chunk.length, this.#offset);
      const end = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1;
      if (end > 0) return this.#take(chunk.subarray(0, end));
      if (bytesRead < chunk.length) return [];
      this.#grow(bytesRead);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }

  #take(whole: Buffer): readonly SegmentLine[] {
    this.#offset += whole.length;
    this.#chunkBytes = CHUNK_BYTES;
    const texts = whole.toString("utf8").split("\n");
    texts.pop();
    if (this.#skipping) texts.shift();
    this.#skipping = false;
    return texts.map(parseLine);
  }

  /** No line ended within the chunk: take a larger one, or give the line up. */
  #grow(bytesRead: number): void {
    if (this.#chunkBytes < LINE_BYTES_MAX) this.#chunkBytes *= 2;
    else {
      this.#offset += bytesRead;
      this.#skipping = true;
    }
  }
}
