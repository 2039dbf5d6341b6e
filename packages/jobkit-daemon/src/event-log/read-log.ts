import type { JobEvent } from "jobkit-core";
import type { WaitingLine } from "./backlog.ts";
import { gapEvent, parseLine } from "./format.ts";
import { readEvents } from "./read-events.ts";

/** What {@link readLog} sees of a log that is open for writing. */
export interface WritingLog {
  readonly folder: string;
  /** Number of the last event taken when the reading began: nothing newer is read. */
  readonly untilSeq: number;
  /** Write out what can be written; answers the number of the last event in the files. */
  readonly flush: () => number;
  /** What waits for the disk now. */
  readonly waiting: () => readonly WaitingLine[];
}

/** Everything numbered above `sinceSeq`: from the files, then what the disk did not take yet. @throws LOG_UNREADABLE. */
export async function* readLog(log: WritingLog, sinceSeq: number): AsyncGenerator<JobEvent, void, undefined> {
  const { folder, untilSeq } = log;
  let last = sinceSeq;
  while (last < untilSeq) {
    const writtenSeq = log.flush();
    for await (const event of readEvents({ folder, sinceSeq: last })) {
      yield event;
      last = event.seq;
      if (last >= untilSeq) return;
    }
    // More may have been written while this was read; only what is not in the files waits.
    if (writtenSeq === log.flush()) break;
  }
  for (const { seq, ts, text } of log.waiting()) {
    if (seq <= last || seq > untilSeq) continue;
    if (seq > last + 1) yield gapEvent(last + 1, seq - 1, ts);
    const line = parseLine(text);
    if (line.kind === "event") yield line.event;
    last = seq;
  }
}
