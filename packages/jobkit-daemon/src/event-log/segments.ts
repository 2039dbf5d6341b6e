/** The files of an event log: their names, their order, and where the last one ends. */
import { join } from "node:path";
import { parseLine } from "./format.ts";
import type { LogDisk } from "./log-disk.ts";

/** One file of the log. Its name says the number of its first event, so the order of names is that of numbers. */
export interface SegmentName {
  readonly name: string;
  readonly firstSeq: number;
}

/** Where the good part of a segment ends. */
export interface SegmentEnd {
  /** Bytes up to and with the newline of the last good line. */
  readonly goodBytes: number;
  /** Bytes after that: a line that was never finished, or damage. */
  readonly tornBytes: number;
  /** Number of the last event, or `null` where there is none. */
  readonly lastSeq: number | null;
}

const NAME = /^events-(\d{12,16})\.jsonl$/;
const DIGITS = 12;
const WINDOW_BYTES = 64 * 1024;
const NEWLINE = 10;

/** Name of the segment that begins with event `firstSeq`. */
export function segmentName(firstSeq: number): string {
  return `events-${String(firstSeq).padStart(DIGITS, "0")}.jsonl`;
}

/** The segments among `names`, oldest first. Other files are left alone. */
export function sortSegments(names: readonly string[]): readonly SegmentName[] {
  return names
    .flatMap((name) => {
      const digits = NAME.exec(name)?.[1];
      return digits === undefined ? [] : [{ name, firstSeq: Number(digits) }];
    })
    .toSorted((a, b) => a.firstSeq - b.firstSeq);
}

/**
 * Index of the segment that holds event `seq` if any does: the last one that begins at or before it, else the
 * first; -1 where there are none. Binary search.
 */
export function segmentIndex(segments: readonly SegmentName[], seq: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((segments[middle]?.firstSeq ?? Number.POSITIVE_INFINITY) <= seq) low = middle + 1;
    else high = middle;
  }
  return segments.length === 0 ? -1 : Math.max(0, low - 1);
}

/** Path of a segment. */
export function segmentPath(folder: string, { name }: SegmentName): string {
  return join(folder, name);
}

/** Find where an open segment of `bytes` bytes ends. Reads from its end, only as far as the last event. */
export function findEnd(disk: LogDisk, handle: number, bytes: number): SegmentEnd {
  let goodBytes: number | null = null;
  for (let windowBytes = Math.min(WINDOW_BYTES, bytes); ; windowBytes = Math.min(2 * windowBytes, bytes)) {
    const found = endInWindow(
      readWindow(disk, handle, bytes - windowBytes, windowBytes),
      bytes - windowBytes,
    );
    goodBytes = found.goodBytes ?? goodBytes;
    if (found.lastSeq !== null || windowBytes === bytes) {
      const good = goodBytes ?? 0;
      return { goodBytes: good, tornBytes: bytes - good, lastSeq: found.lastSeq };
    }
  }
}

function readWindow(disk: LogDisk, handle: number, from: number, bytes: number): Buffer {
  const window = Buffer.alloc(bytes);
  let at = 0;
  while (at < bytes) {
    const read = disk.read(handle, window.subarray(at), from + at);
    if (read === 0) break;
    at += read;
  }
  return window.subarray(0, at);
}

/** Last good line and last event among the lines that lie whole in the window. */
function endInWindow(window: Buffer, from: number): { goodBytes: number | null; lastSeq: number | null } {
  let goodBytes: number | null = null;
  let lineEnd = window.lastIndexOf(NEWLINE);
  while (lineEnd >= 0) {
    const before = lineEnd === 0 ? -1 : window.lastIndexOf(NEWLINE, lineEnd - 1);
    if (before < 0 && from > 0) break;
    const line = parseLine(window.toString("utf8", before + 1, lineEnd));
    if (line.kind !== "damaged") goodBytes ??= from + lineEnd + 1;
    if (line.kind === "event") return { goodBytes, lastSeq: line.event.seq };
    lineEnd = before;
  }
  return { goodBytes, lastSeq: null };
}
