import type { JobEvent } from "jobkit-core";
import type { EventLogOptions } from "../../src/event-log/event-log.ts";
import type { LogLimits } from "../../src/event-log/log-limits.ts";
import { FakeClock } from "jobkit-core/testing";

/** Limits of a log that keeps everything, for tests that change one of them. */
const roomy: LogLimits = {
  segmentBytes: 1024 * 1024,
  totalBytes: 1024 * 1024 * 1024,
  ageMs: 365 * 86_400_000,
  syncMs: 5_000,
  retryMs: 1_000,
  ringBytes: 1024 * 1024,
  lineBytes: 64 * 1024,
};

/** A numbered event with a text that tells it from others. */
export function event(seq: number, text = `note ${seq}`, over: Partial<JobEvent> = {}): JobEvent {
  const attrs = { task: "t1", text };
  return {
    seq,
    ts: 1_000 + seq,
    ev: "task.noted",
    sev: "info",
    trace: null,
    span: null,
    job: null,
    attempt: null,
    attrs,
    ...over,
  };
}

/** Options of a log in `folder` on a fake clock. */
export function logOptions(
  folder: string,
  limits: Partial<LogLimits> = {},
): EventLogOptions & { readonly clock: FakeClock } {
  return {
    folder,
    origin: { instance: "test", version: "0.0.0", pid: process.pid, startedAtMs: 1_000 },
    clock: new FakeClock(Date.now()),
    limits: () => ({ ...roomy, ...limits }),
  };
}

/** Everything an iterable gives. */
export async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

/** Events as short words: "5", or "gap 2-4". */
export function words(events: readonly JobEvent[]): string[] {
  return events.map(({ ev, seq, attrs }) =>
    ev === "stream.gap" ? `gap ${attrs["from"]}-${attrs["to"]}` : String(seq),
  );
}

/** "from", "from + 1", … "to". */
export function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, at) => String(from + at));
}
