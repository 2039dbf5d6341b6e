import { join } from "node:path";
import type { SegmentHeader } from "./format.ts";
import { listSegments, readEvents } from "./read-events.ts";
import { SegmentReader } from "./segment-reader.ts";
import type { SegmentName } from "./segments.ts";

/**
 * The number after which to read to see everything from `timeMs` (wall time in ms since 1970) on; 0 where
 * that is everything. Halves the segments by the time in their first line, then reads one; where the wall
 * clock went back in between, it may begin too late or too early by as much.
 * @throws LOG_UNREADABLE.
 */
export async function seqAtTime(folder: string, timeMs: number): Promise<number> {
  const segments = await listSegments(folder);
  const last = await lastBefore(folder, segments, timeMs);
  if (last === null) return (segments[0]?.firstSeq ?? 1) - 1;
  let before = last.firstSeq - 1;
  for await (const event of readEvents({ folder, sinceSeq: before })) {
    if (event.ts >= timeMs) return before;
    before = event.seq;
  }
  return before;
}

/** The last segment that begins before that time. */
async function lastBefore(
  folder: string,
  segments: readonly SegmentName[],
  timeMs: number,
): Promise<SegmentName | null> {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const segment = segments[middle];
    const header = segment === undefined ? null : await firstHeader(join(folder, segment.name));
    if (header !== null && header.wallMs >= timeMs) high = middle;
    else low = middle + 1;
  }
  return segments[low - 1] ?? null;
}

/** `null` where the segment is gone or its first line is damaged; it then counts as older. */
async function firstHeader(path: string): Promise<SegmentHeader | null> {
  await using reader = await SegmentReader.open(path);
  const line = (await reader?.next())?.[0];
  return line?.kind === "header" ? line.header : null;
}
