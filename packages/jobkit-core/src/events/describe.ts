/** Events in words: the one line that the log, the command line and the terminal all show. */
import { assertNever } from "../base/never.ts";
import { oneLine } from "../base/one-line.ts";
import { sayBytes, sayDuration } from "../base/units.ts";
import { eventProblems } from "./check.ts";
import type { EventRow, FieldsOf } from "./define.ts";
import type { JobEvent } from "./event.ts";
import { jobkitEvents, type JobkitEvents } from "./table.ts";

type Typed = {
  [N in keyof JobkitEvents]: { readonly ev: N; readonly attrs: FieldsOf<JobkitEvents[N]> };
}[keyof JobkitEvents];

/**
 * One harmless line for a person: no control characters, at most 400 characters. An event of jobkit gets
 * its own sentence, any other one its name and fields.
 * @param row The row of an application's event, where it is known: it says the units of the fields.
 */
export function describeEvent(event: JobEvent, row?: EventRow): string {
  const own = ownEvent(event);
  const words = own === null ? describeFields(event, row) : describeOwn(own);
  const who = event.job === null || event.job === "" ? "" : `${event.job}: `;
  return oneLine(`${who}${words}`);
}

/** The event as one of jobkit's own, or `null` where its row is another or its fields do not fit the row. */
function ownEvent(event: JobEvent): Typed | null {
  if (!Object.hasOwn(jobkitEvents, event.ev)) return null;
  const typed = event as unknown as Typed; // Proven by the next line.
  return eventProblems(event, jobkitEvents[typed.ev]).length === 0 ? typed : null;
}

function describeOwn({ ev, attrs }: Typed): string {
  switch (ev) {
    case "task.queued":
      return `task ${attrs.task} queued${attrs.key === "" ? "" : ` as ${attrs.key}`}`;
    case "task.started":
      return `task ${attrs.task} started after waiting ${sayDuration(attrs.waitedMs)}`;
    case "task.progressed":
      return `task ${attrs.task} did ${attrs.done}${attrs.total > 0 ? ` of ${attrs.total}` : ""} ${attrs.what}`;
    case "task.noted":
      return `task ${attrs.task} notes: ${attrs.text}`;
    case "task.finished":
      return `task ${attrs.task} ${attrs.outcome} after ${sayDuration(attrs.ranMs)}`;
    case "task.retrying":
      return `task ${attrs.task} tries again in ${sayDuration(attrs.delayMs)}: ${attrs.code}, ${attrs.why}`;
    case "task.failed":
      return `task ${attrs.task} failed for good: ${attrs.code}, ${attrs.why}`;
    case "task.recovered":
      return `task ${attrs.task} was running when its process died; it is ready again`;
    case "task.interrupted":
      return `task ${attrs.task} interrupted after ${sayDuration(attrs.ranMs)}; it is ready again`;
    case "task.deduplicated":
      return `task ${attrs.task} stands for another submission of ${attrs.key}`;
    case "pool.resized":
      return `pool ${attrs.pool} has ${attrs.slots} slots now`;
    case "subscriber.failed":
      return `reader ${attrs.subscriber} failed${attrs.removed === "yes" ? " and was removed" : ""}: ${attrs.why}`;
    case "subscriber.lagged":
      return `reader ${attrs.subscriber} fell behind and lost ${attrs.dropped} events`;
    case "stream.gap":
      return `${attrs.dropped} events are missing here (${attrs.from} to ${attrs.to})`;
    case "scheduler.failed":
      return `the queue store failed: ${attrs.code}, ${attrs.why}`;
    default:
      return assertNever(ev);
  }
}

function describeFields({ ev, attrs }: JobEvent, row: EventRow | undefined): string {
  const fields = Object.entries(attrs).map(([name, value]) => `${name} ${fieldText(row, name, value)}`);
  return fields.length === 0 ? ev : `${ev}: ${fields.join(", ")}`;
}

function fieldText(row: EventRow | undefined, name: string, value: string | number): string {
  if (typeof value === "string") return value;
  const kind = row !== undefined && Object.hasOwn(row.fields, name) ? row.fields[name]?.kind : undefined;
  if (kind === "ms") return sayDuration(value);
  if (kind === "bytes") return sayBytes(value);
  return String(value);
}
