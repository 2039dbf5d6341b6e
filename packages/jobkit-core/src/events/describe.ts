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
      return `task ${attrs.task} started in ${attrs.worker} after waiting ${sayDuration(attrs.waitedMs)}`;
    case "task.progressed":
      return `task ${attrs.task} did ${attrs.done}${attrs.total > 0 ? ` of ${attrs.total}` : ""} ${attrs.what}${inBrackets(attrs.counters)}`;
    case "task.noted":
      return `task ${attrs.task} notes: ${attrs.text}`;
    case "task.finished":
      return `task ${attrs.task} ${attrs.outcome} after ${sayDuration(attrs.ranMs)}${attempts(attrs.attempts)}`;
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
    case "task.warned":
      return `task ${attrs.task} warns: ${attrs.text}`;
    case "task.forked":
      return `task ${attrs.task} waits for ${counted(attrs.children, "child", "children")} after ${sayDuration(attrs.ranMs)}`;
    case "pool.waited":
      return `task ${attrs.task} got its slots of pool ${attrs.pool} after ${sayDuration(attrs.waitedMs)}`;
    case "job.paused":
      return `${jobOrAll(attrs.target)} paused: nothing more is started`;
    case "job.resumed":
      return `${jobOrAll(attrs.target)} resumed`;
    case "schedule.fired":
      return `schedule ${attrs.schedule} submitted its task for ${attrs.due}, ${sayDuration(attrs.lateMs)} late (${attrs.why})`;
    case "schedule.missed":
      return `schedule ${attrs.schedule} missed ${counted(attrs.missed, "due time", "due times")}; ${attrs.caught} made up for (${attrs.policy})`;
    case "schedule.overlapped":
      return `schedule ${attrs.schedule} was due at ${attrs.due} while its last task had not ended: ${attrs.became}`;
    case "pipeline.started":
      return `pipeline ${attrs.pipeline} started for ${attrs.date} with ${counted(attrs.phases, "phase", "phases")}`;
    case "phase.skipped":
      return `pipeline ${attrs.pipeline} skips phase ${attrs.phase}: ${attrs.why}`;
    case "phase.finished":
      return `phase ${attrs.phase} of pipeline ${attrs.pipeline} ${attrs.outcome} after ${sayDuration(attrs.tookMs)} (${counted(attrs.tasks, "task", "tasks")})`;
    case "pipeline.finished":
      return `pipeline ${attrs.pipeline} for ${attrs.date} ${attrs.outcome} after ${sayDuration(attrs.tookMs)}`;
    case "alert.pending":
      return `alert ${attrs.alert} may come for ${attrs.target}: ${attrs.why}`;
    case "alert.fired":
      return `alert ${attrs.alert} for ${attrs.target}: ${attrs.why}`;
    case "alert.resolved":
      return `alert ${attrs.alert} for ${attrs.target} is over after ${sayDuration(attrs.lastedMs)}: ${attrs.why}`;
    case "check.failed":
      return `check ${attrs.check} of job ${attrs.target} failed: ${attrs.why}`;
    case "check.passed":
      return `check ${attrs.check} of job ${attrs.target} is well`;
    case "thread.lost":
      return `a thread of lane ${attrs.lane} was lost and is replaced: ${attrs.why}`;
    case "thread.recycled":
      return `a thread of lane ${attrs.lane} was replaced after ${counted(attrs.tasks, "task", "tasks")}`;
    default:
      return assertNever(ev);
  }
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** An attempt that needed no second one is not worth the word. */
function attempts(count: number): string {
  return count > 1 ? ` in ${count} attempts` : "";
}

function jobOrAll(target: string): string {
  return target === "" ? "every job" : `job ${target}`;
}

function inBrackets(text: string): string {
  return text === "" ? "" : ` (${text})`;
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
