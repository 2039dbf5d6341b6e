import { taskId } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import type { ScheduleMark } from "./schedule.ts";

/** A mark as the store keeps it. */
export function markToJson({ uptoMs, dueMs, task }: ScheduleMark): Json {
  return { uptoMs, dueMs, task };
}

/** What a store answered; `null` where that is nothing that was ever written here: it is a new schedule then. */
export function markFromJson(value: Json | undefined): ScheduleMark | null {
  if (typeof value !== "object" || value === null || !("uptoMs" in value)) return null;
  const { uptoMs, dueMs, task } = value;
  if (typeof uptoMs !== "number") return null;
  return {
    uptoMs,
    dueMs: typeof dueMs === "number" ? dueMs : null,
    task: typeof task === "string" ? taskId(task) : null,
  };
}
