import { describe, expect, test } from "vitest";
import { defineEvents, eventsCapnpEnum, field, jobkitEvents, wireEvents } from "../src/index.ts";

const appEvents = defineEvents({
  "file.hashed": { id: 1000, unit: "count", sev: "info", fields: {}, doc: "A file was hashed." },
  "file.readTwice": {
    id: 1001,
    unit: "count",
    sev: "info",
    fields: { path: field.id },
    obsolete: true,
    doc: "A file was read\n  once more.",
  },
});

describe("the rows of a table on the wire", () => {
  test("have dense ordinals and names of their own, and jobkit's ordinals are its ids", () => {
    const events = wireEvents(jobkitEvents);

    expect(events.map(({ ordinal }) => ordinal)).toEqual(events.map((_, at) => at + 1));
    expect(events.every(({ ordinal, row }) => ordinal === row.id)).toBe(true);
    expect(new Set(events.map(({ name }) => name)).size).toBe(events.length);
    expect(events.filter(({ name }) => !/^[a-z][a-zA-Z0-9]*$/.test(name))).toEqual([]);
  });

  test("are an enum whose comments say what each means, retired ones included", () => {
    expect(eventsCapnpEnum(appEvents, "FileEvent")).toBe(
      [
        "enum FileEvent {",
        "  # Generated from the table of events. Append only: an ordinal is never reused.",
        "",
        "  unknown @0;",
        "  # A row that the sender has and this schema has not.",
        "  fileHashed @1;",
        "  # A file was hashed.",
        "  fileReadTwice @2;",
        "  # Obsolete. A file was read",
        "  # once more.",
        "}",
        "",
      ].join("\n"),
    );
  });

  test("may not meet in one name", () => {
    const row = { unit: "count", sev: "info", fields: {} } as const;
    const clash = defineEvents({
      "file.readTwice": { ...row, id: 1000, doc: "A." },
      "file.read.twice": { ...row, id: 1001, doc: "B." },
    });

    expect(() => wireEvents(clash)).toThrow("fileReadTwice, as file.readTwice is");
  });
});
