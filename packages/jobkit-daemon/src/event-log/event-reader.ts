import { closeSync, fstatSync, openSync } from "node:fs";
import type { Clock, EventHistory, JobEvent } from "jobkit-core";
import { systemClock } from "jobkit-core/system";
import { daemonError } from "../errors.ts";
import { isCode } from "../platform/disk.ts";
import { systemLogDisk } from "./log-disk.ts";
import { readEvents } from "./read-events.ts";
import { findEnd, segmentPath, sortSegments } from "./segments.ts";
import { seqAtTime } from "./seq-at-time.ts";

/** Reads the event log of a data folder from outside, with or without a daemon that writes it. Holds nothing open. */
export interface EventReader extends EventHistory {
  /** Everything numbered above `sinceSeq` that the log has now, gaps told. @throws LOG_UNREADABLE. */
  read(sinceSeq: number): AsyncIterable<JobEvent>;
  /** The same, then whatever comes. @throws LOG_UNREADABLE; signal.reason when it aborts. */
  follow(sinceSeq: number, signal?: AbortSignal): AsyncIterable<JobEvent>;
  /** Number of the last event in the log; 0 where there is none. @throws LOG_UNREADABLE. */
  lastSeq(): number;
  /** The number after which to read to see everything from that wall time (ms since 1970) on. @throws LOG_UNREADABLE. */
  seqAt(timeMs: number): Promise<number>;
}

/** What {@link openEventReader} takes. */
export interface EventReaderOptions {
  /** `<data>/events`. May not exist (yet). */
  readonly folder: string;
  /** Measures the pauses of a follower. Default: the clock of this machine. */
  readonly clock?: Clock;
  /** A follower looks again after so many ms where the system gives no hint. Default 1,000. */
  readonly pollMs?: number;
}

const POLL_MS = 1_000;

/** A reader of the event log in a folder. */
export function openEventReader({
  folder,
  clock = systemClock,
  pollMs = POLL_MS,
}: EventReaderOptions): EventReader {
  return {
    read: (sinceSeq) => readEvents({ folder, sinceSeq }),
    follow: (sinceSeq, signal) =>
      readEvents({
        folder,
        sinceSeq,
        follow: { clock, pollMs },
        ...(signal === undefined ? {} : { signal }),
      }),
    lastSeq: () => lastSeqIn(folder),
    seqAt: (timeMs) => seqAtTime(folder, timeMs),
  };
}

function lastSeqIn(folder: string): number {
  try {
    const last = sortSegments(systemLogDisk.list(folder)).at(-1);
    if (last === undefined) return 0;
    const handle = openSync(segmentPath(folder, last), "r");
    try {
      return findEnd(systemLogDisk, handle, fstatSync(handle).size).lastSeq ?? last.firstSeq - 1;
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    // Deleted between listing and opening: somebody clears the whole log away.
    if (isCode(error, "ENOENT")) return 0;
    throw daemonError("LOG_UNREADABLE", `looking for the last event in ${folder}`, { cause: error });
  }
}
