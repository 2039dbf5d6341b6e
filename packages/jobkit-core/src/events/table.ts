import { defineEvents, field } from "./define.ts";

/** Everything jobkit can report. Append rows; never renumber; retire with `obsolete`, never reuse. */
export const jobkitEvents = defineEvents(
  {
    "task.queued": {
      id: 1,
      unit: "count",
      sev: "info",
      fields: { task: field.id, key: field.id },
      doc: "A task was accepted and stored; it waits for its parents, its due time, then for slots.",
    },
    "task.started": {
      id: 2,
      unit: "count",
      sev: "info",
      fields: { task: field.id, waitedMs: field.ms },
      hist: ["waitedMs"],
      doc: "An attempt began. `waitedMs` runs from the moment the task was due to this moment.",
    },
    "task.progressed": {
      id: 3,
      unit: "count",
      sev: "trace",
      fields: { task: field.id, done: field.count, total: field.count, what: field.text },
      transient: true,
      doc: "A running task said how far it is. `total` is 0 where it is not known.",
    },
    "task.noted": {
      id: 4,
      unit: "count",
      sev: "info",
      fields: { task: field.id, text: field.text },
      doc: "A running task left a line for people. This is the only log a job has.",
    },
    "task.finished": {
      id: 5,
      unit: "count",
      sev: "info",
      fields: {
        task: field.id,
        outcome: field.oneOf("done", "failed", "cancelled", "skipped"),
        ranMs: field.ms,
      },
      hist: ["ranMs"],
      doc: "A task reached its last state. Exactly one per task.queued. `ranMs` is that of the last attempt.",
    },
    "task.retrying": {
      id: 6,
      unit: "count",
      sev: "warn",
      fields: { task: field.id, delayMs: field.ms, code: field.label, why: field.text },
      doc: "An attempt failed and another is due after `delayMs`.",
    },
    "task.failed": {
      id: 7,
      unit: "count",
      sev: "error",
      fields: { task: field.id, code: field.label, why: field.text },
      doc: "A task ended without success and is not tried again; task.finished follows.",
    },
    "task.recovered": {
      id: 8,
      unit: "count",
      sev: "warn",
      fields: { task: field.id },
      doc: "A task was running when its process died; it is ready to run again.",
    },
    "task.interrupted": {
      id: 9,
      unit: "count",
      sev: "info",
      fields: { task: field.id, ranMs: field.ms },
      doc: "An attempt was stopped because the daemon drains; it does not count and the task is ready again.",
    },
    "task.deduplicated": {
      id: 10,
      unit: "count",
      sev: "trace",
      fields: { task: field.id, key: field.id },
      doc: "A submission met an unfinished task of the same job and key, and was answered with that one.",
    },
    "pool.resized": {
      id: 11,
      unit: "count",
      sev: "info",
      fields: { pool: field.label, slots: field.count },
      doc: "A pool has another size from now on; leases above it drain by themselves.",
    },
    "subscriber.failed": {
      id: 12,
      unit: "count",
      sev: "error",
      fields: { subscriber: field.label, why: field.text, removed: field.oneOf("yes", "no") },
      doc: "A reader of the event stream threw. After too many in a row it is removed; nobody else notices.",
    },
    "subscriber.lagged": {
      id: 13,
      unit: "count",
      sev: "warn",
      fields: { subscriber: field.label, dropped: field.count },
      doc: "A slow reader lost events; in its own stream a stream.gap tells which.",
    },
    "stream.gap": {
      id: 14,
      unit: "count",
      sev: "warn",
      fields: { from: field.count, to: field.count, dropped: field.count },
      transient: true,
      doc: "Stands in a reader's stream where `dropped` events, numbers `from` to `to`, are missing.",
    },
    "scheduler.failed": {
      id: 15,
      unit: "count",
      sev: "error",
      fields: { code: field.label, why: field.text },
      doc: "The queue store refused an operation of the scheduler, which tries again after a pause.",
    },
  },
  1,
);

/** The type of jobkit's own table. */
export type JobkitEvents = typeof jobkitEvents;
