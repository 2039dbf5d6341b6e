import type { Backlog } from "./backlog.ts";
import { formatEventLine, gapEvent } from "./format.ts";

/** Where a batch goes. */
export interface BatchRequest {
  /** Text that comes first: a header, or nothing. */
  readonly header: string;
  /** Size of the segment before the batch. */
  readonly segmentBytes: number;
  /** A segment of this size takes no further line. */
  readonly segmentBytesMax: number;
  /** Number of the last event that was written. */
  readonly writtenSeq: number;
}

/** What one write carries. */
export interface Batch {
  readonly text: string;
  /** Number of the last event (or missing event) in it. */
  readonly lastSeq: number;
  /** Lines of the backlog in it. */
  readonly taken: number;
}

/** Lines of one write: so much text at most is put together before it goes out. */
const BATCH_LINES = 1_024;

/** As many waiting lines as one segment and one write take, with a gap line where numbers are missing. Pure. */
export function gatherBatch(backlog: Backlog, request: BatchRequest): Batch {
  const { header, segmentBytes, segmentBytesMax, writtenSeq } = request;
  let text = header;
  let bytes = segmentBytes + Buffer.byteLength(header);
  let lastSeq = writtenSeq;
  let taken = 0;
  for (let line = backlog.at(0); line !== undefined && taken < BATCH_LINES; line = backlog.at(taken)) {
    // A limit below the size of a header must not keep a fresh segment from taking anything.
    if (bytes >= segmentBytesMax && (segmentBytes > 0 || lastSeq > writtenSeq)) break;
    const isNext = line.seq === lastSeq + 1;
    const next = isNext
      ? line.text
      : formatEventLine(gapEvent(lastSeq + 1, line.seq - 1, line.ts), Number.POSITIVE_INFINITY);
    text += next;
    bytes += Buffer.byteLength(next);
    lastSeq = isNext ? line.seq : line.seq - 1;
    if (isNext) taken += 1;
  }
  return { text, lastSeq, taken };
}
