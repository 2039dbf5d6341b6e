/**
 * Reading the event log from anywhere, without its writer knowing: another process, or this one. Numbers that
 * cannot be had (deleted, damaged, never taken by the disk) are told by a gap event where they would stand.
 */
import { readdir } from "node:fs/promises";
import type { Clock, JobEvent } from "jobkit-core";
import { daemonError } from "../errors.ts";
import { isCode } from "../platform/disk.ts";
import { FolderWatch } from "./folder-watch.ts";
import { gapEvent, type SegmentLine } from "./format.ts";
import { SegmentReader } from "./segment-reader.ts";
import { segmentIndex, segmentPath, sortSegments, type SegmentName } from "./segments.ts";

/** What to read. */
export interface ReadRequest {
  /** `<data>/events`. May not exist (yet). */
  readonly folder: string;
  /** Only what is numbered above. "oldest": whatever there is, without a gap for what was deleted before. */
  readonly sinceSeq: number | "oldest";
  /** Present: go on waiting for more at the end, until aborted. */
  readonly follow?: { readonly clock: Clock; readonly pollMs: number };
  /** Ends the reading with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Events in order of their numbers. Survives rotation and deletion below it. A reader that asks for numbers
 * the log has not reached gets nothing until it has.
 * @throws LOG_UNREADABLE, signal.reason. Nothing stays open then, nor when the caller stops early.
 */
export async function* readEvents(request: ReadRequest): AsyncGenerator<JobEvent, void, undefined> {
  const { folder, follow, signal } = request;
  const place: Place = { nextSeq: request.sinceSeq === "oldest" ? null : request.sinceSeq + 1, after: -1 };
  using watch = follow === undefined ? null : new FolderWatch(folder, follow.clock, follow.pollMs);
  for (;;) {
    signal?.throwIfAborted();
    watch?.arm();
    const segment = nextSegment(await listSegments(folder), place);
    if (segment !== null) yield* readSegment(request, { segment, place, watch });
    else if (watch === null) return;
    else await watch.wait(signal);
  }
}

/** Where a reader is. */
interface Place {
  /** The number it wants next; `null` until it has seen one. */
  nextSeq: number | null;
  /** First number of the segment it has read to the end; -1 before the first. */
  after: number;
}

interface SegmentReading {
  readonly segment: SegmentName;
  readonly place: Place;
  readonly watch: FolderWatch | null;
}

/** Read one segment until a newer one exists, or, where nobody follows, until its end. */
async function* readSegment(
  request: ReadRequest,
  reading: SegmentReading,
): AsyncGenerator<JobEvent, void, undefined> {
  const { folder, signal } = request;
  const { segment, place, watch } = reading;
  await using reader = await openSegment(segmentPath(folder, segment));
  if (reader !== null)
    for (let isLast = false; ;) {
      signal?.throwIfAborted();
      watch?.arm();
      const lines = await nextLines(reader, segment);
      for (const line of lines) yield* eventsOf(line, place);
      if (lines.length > 0) continue;
      if (isLast) break;
      // A newer segment is begun after the last write to this one, so one more look sees all of it.
      isLast =
        watch === null || (await listSegments(folder)).some(({ firstSeq }) => firstSeq > segment.firstSeq);
      if (!isLast) await watch?.wait(signal);
    }
  place.after = segment.firstSeq;
}

/** The first time by number, then one after the other; `null` where there is none (yet). */
function nextSegment(segments: readonly SegmentName[], place: Place): SegmentName | null {
  if (place.after >= 0) return segments.find(({ firstSeq }) => firstSeq > place.after) ?? null;
  return segments[place.nextSeq === null ? 0 : segmentIndex(segments, place.nextSeq)] ?? null;
}

/** What a line gives a reader: nothing, its event, or the gap before it and its event. */
function* eventsOf(line: SegmentLine, place: Place): Generator<JobEvent, void, undefined> {
  if (line.kind !== "event") return;
  const { event } = line;
  if (place.nextSeq !== null && event.seq < place.nextSeq) return;
  const nextSeq = place.nextSeq ?? firstMissing(event);
  place.nextSeq = event.seq + 1;
  if (event.ev === "stream.gap") yield gapEvent(nextSeq, event.seq, event.ts);
  else {
    if (event.seq > nextSeq) yield gapEvent(nextSeq, event.seq - 1, event.ts);
    yield event;
  }
}

/** First number that an event stands for: its own, or the first one a gap tells of. */
function firstMissing(event: JobEvent): number {
  const from = event.attrs["from"];
  return event.ev === "stream.gap" && typeof from === "number" ? from : event.seq;
}

/** The segments of a log, oldest first; none where the folder does not exist. @throws LOG_UNREADABLE. */
export async function listSegments(folder: string): Promise<readonly SegmentName[]> {
  try {
    return sortSegments(await readdir(folder));
  } catch (error) {
    if (isCode(error, "ENOENT")) return [];
    throw daemonError("LOG_UNREADABLE", `listing ${folder}`, { cause: error });
  }
}

async function openSegment(path: string): Promise<SegmentReader | null> {
  try {
    return await SegmentReader.open(path);
  } catch (error) {
    throw daemonError("LOG_UNREADABLE", `opening ${path}`, { cause: error });
  }
}

async function nextLines(reader: SegmentReader, { name }: SegmentName): Promise<readonly SegmentLine[]> {
  try {
    return await reader.next();
  } catch (error) {
    throw daemonError("LOG_UNREADABLE", `reading ${name}`, { cause: error });
  }
}
