import { defineEvents, field } from "jobkit-core";

/** What the application reports beside jobkit's own events. Append rows; never renumber. */
export const memoryEvents = defineEvents({
  "transcripts.scanned": {
    id: 1000,
    unit: "count",
    sev: "trace",
    fields: { files: field.count, changed: field.count, tookMs: field.ms },
    hist: ["tookMs"],
    transient: true,
    doc: "The transcript folders were compared with what has been read; `changed` files get a task each.",
  },
  "transcript.unreadable": {
    id: 1001,
    unit: "count",
    sev: "warn",
    fields: { path: field.id, why: field.text },
    doc: "A file or folder under a transcript root could not be taken; told once until it changes.",
  },
  "transcript.read": {
    id: 1002,
    unit: "count",
    sev: "info",
    fields: {
      transcript: field.id,
      fromByte: field.bytes,
      toByte: field.bytes,
      lines: field.count,
      skipped: field.count,
      duplicates: field.count,
    },
    doc: "The new part of a transcript was read, from byte to byte; `duplicates` were known from another file.",
  },
  "transcript.bytesRead": {
    id: 1003,
    unit: "bytes",
    sev: "trace",
    fields: { transcript: field.id },
    transient: true,
    doc: "Bytes of transcripts taken for the first time.",
  },
  "transcript.lineSkipped": {
    id: 1004,
    unit: "count",
    sev: "warn",
    fields: { transcript: field.id, line: field.count, reason: field.label, size: field.bytes },
    doc: "A line could not be understood and was passed over; nothing else of the file is affected.",
  },
  "transcript.replaced": {
    id: 1005,
    unit: "count",
    sev: "warn",
    fields: { transcript: field.id, generation: field.count, why: field.oneOf("replaced", "shrunk") },
    doc: "Another file stands at a known path; it is read from its start as the next generation.",
  },
  "segment.mined": {
    id: 1006,
    unit: "count",
    sev: "info",
    fields: { transcript: field.id, segment: field.count, episodes: field.count, facts: field.count },
    doc: "What a segment yields now was written to memory.",
  },
  "segment.empty": {
    id: 1007,
    unit: "count",
    sev: "info",
    fields: { transcript: field.id, segment: field.count },
    doc: "A segment was read and holds nothing worth keeping; recorded, so that it is not looked at again.",
  },
  "secret.redacted": {
    id: 1008,
    unit: "count",
    sev: "info",
    fields: { transcript: field.id, kind: field.label, found: field.count },
    doc: "Secrets of one kind were replaced before anything of them was stored.",
  },
  "memory.changed": {
    id: 1009,
    unit: "count",
    sev: "info",
    fields: {
      revision: field.count,
      author: field.label,
      written: field.count,
      forgotten: field.count,
      linked: field.count,
      unlinked: field.count,
    },
    doc: "A batch of changes was committed to memory under one revision.",
  },
  "graph.related": {
    id: 1010,
    unit: "count",
    sev: "info",
    fields: { revision: field.count, linked: field.count, unlinked: field.count, tookMs: field.ms },
    hist: ["tookMs"],
    doc: "Links between memories of the same things were brought up to date with a revision.",
  },
  "graph.measured": {
    id: 1011,
    unit: "count",
    sev: "info",
    fields: {
      revision: field.count,
      nodes: field.count,
      links: field.count,
      verdict: field.oneOf("ok", "unhealthy"),
      tookMs: field.ms,
    },
    hist: ["tookMs"],
    doc: "GraphHealth was computed for a revision.",
  },
});

/** The type of the application's own table. */
export type MemoryEvents = typeof memoryEvents;
