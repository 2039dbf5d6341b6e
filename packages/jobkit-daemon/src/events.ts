import { defineEvents, field } from "jobkit-core";

/** First id of the shell's rows; core's own stand below it, an application's from 1000 on. */
const FIRST_DAEMON_EVENT_ID = 100;

/** Everything the shell can report. Append rows; never renumber; retire with `obsolete`, never reuse. */
export const daemonEvents = defineEvents(
  {
    "daemon.started": {
      id: 100,
      unit: "count",
      sev: "info",
      fields: { pid: field.count, version: field.label, instance: field.id, tookMs: field.ms },
      doc: "A daemon holds the data folder and everything in it is open. `tookMs` runs from the reading of its settings to here.",
    },
    "daemon.stopping": {
      id: 101,
      unit: "count",
      sev: "info",
      fields: { why: field.text, running: field.count },
      doc: "Nothing new is started from here on; what runs may end within the drain deadline.",
    },
    "daemon.stopped": {
      id: 102,
      unit: "count",
      sev: "info",
      fields: { ranMs: field.ms, interrupted: field.count, abandoned: field.count },
      doc: "The daemon closed everything in order; the lock is given back right after.",
    },
    "daemon.crashed": {
      id: 103,
      unit: "count",
      sev: "error",
      fields: { why: field.text },
      doc: "An error that nobody caught ended the process. Tasks that ran are recovered at the next start.",
    },
    "daemon.revived": {
      id: 104,
      unit: "count",
      sev: "warn",
      fields: { pid: field.count, instance: field.id },
      doc: "The daemon before this one did not stop in order: it was killed, crashed, or lost power.",
    },
    "config.reloaded": {
      id: 105,
      unit: "count",
      sev: "info",
      fields: { changed: field.text, needsRestart: field.text },
      doc: "The configuration was read again: these rows have new values, and those will have after a restart.",
    },
    "config.refused": {
      id: 106,
      unit: "count",
      sev: "warn",
      fields: { why: field.text },
      doc: "The configuration was read again and has mistakes; everything stays as it was.",
    },
    "reconciler.found": {
      id: 107,
      unit: "count",
      sev: "info",
      fields: { reconciler: field.label, found: field.count, added: field.count, tookMs: field.ms },
      hist: ["tookMs"],
      doc: "A look for missing work found `found` tasks, and `added` of them were not waiting yet.",
    },
    "reconciler.failed": {
      id: 108,
      unit: "count",
      sev: "error",
      fields: { reconciler: field.label, code: field.label, why: field.text, inARow: field.count },
      doc: "A look for missing work threw. It is tried again after a pause that grows with each failure in a row.",
    },
    "log.healed": {
      id: 109,
      unit: "count",
      sev: "warn",
      fields: { bytes: field.bytes },
      doc: "The event log ended in half a line, left by a process that died while writing; it was cut off.",
    },
    "log.failed": {
      id: 110,
      unit: "count",
      sev: "error",
      fields: { code: field.label, why: field.text },
      doc: "The disk refused the event log. Events are held in a bounded ring until it accepts them again.",
    },
    "status.failed": {
      id: 111,
      unit: "count",
      sev: "warn",
      fields: { why: field.text },
      doc: "The status could not be built or written; the file keeps what was true before.",
    },
    "queue.pruned": {
      id: 112,
      unit: "count",
      sev: "info",
      fields: { tasks: field.count },
      doc: "Tasks that ended long ago were forgotten, as the settings say.",
    },
    "health.changed": {
      id: 113,
      unit: "count",
      sev: "warn",
      fields: { verdict: field.oneOf("well", "unwell"), why: field.text },
      doc: "The daemon as a whole became well or unwell, for the reasons named.",
    },
    "prune.failed": {
      id: 114,
      unit: "count",
      sev: "warn",
      fields: { code: field.label, why: field.text },
      doc: "Forgetting old tasks failed; it is tried again at the next look.",
    },
    "log.recovered": {
      id: 115,
      unit: "count",
      sev: "info",
      fields: { failedMs: field.ms, dropped: field.count },
      doc: "The disk takes the event log again; `dropped` events found no room meanwhile, and the log says which.",
    },
    "log.pruned": {
      id: 116,
      unit: "count",
      sev: "info",
      fields: { segments: field.count, bytes: field.bytes, throughSeq: field.count },
      doc: "The oldest files of the event log were deleted, as the settings say: events up to `throughSeq` are gone.",
    },
    "metrics.failed": {
      id: 117,
      unit: "count",
      sev: "warn",
      fields: { why: field.text },
      doc: "The file of metrics could not be built or written; it keeps what was true before.",
    },
  },
  FIRST_DAEMON_EVENT_ID,
);

/** The type of the shell's table. */
export type DaemonEvents = typeof daemonEvents;
