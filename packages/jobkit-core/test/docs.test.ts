import { describe, expect, test } from "vitest";
import {
  defineEvents,
  defineSettings,
  errorsMarkdown,
  eventsJsonSchema,
  eventsMarkdown,
  field,
  jobkitError,
  jobkitEvents,
  settingsMarkdown,
} from "../src/index.ts";

const appEvents = defineEvents({
  "file.hashed": {
    id: 1000,
    unit: "bytes",
    sev: "info",
    fields: { path: field.id, how: field.oneOf("fast", "slow"), disk: field.label, ranMs: field.ms },
    hist: ["ranMs"],
    by: ["how"],
    transient: true,
    doc: "A file | or two were hashed.",
  },
});

function cellCount(line: string): number {
  return line.split(/(?<!\\)\|/).length;
}

describe("the page of events", () => {
  const page = eventsMarkdown([
    { title: "jobkit", intro: "", table: jobkitEvents },
    { title: "Files", intro: "Of the example.", table: appEvents },
  ]);

  test("has every row, its fields, and the schema of its attrs", () => {
    for (const [name, row] of Object.entries(jobkitEvents)) {
      expect(page).toContain(`### ${name}\n`);
      for (const key of Object.keys(row.fields)) expect(page).toContain(`\`${key}\``);
    }
    expect(page).toContain(
      "| 1000 | [`file.hashed`](#filehashed) | info | bytes | A file \\| or two were hashed. |",
    );
    expect(page).toContain("| `how` | label | `fast`, `slow` | metric label, filter |");
    expect(page).toContain("| `disk` | label |  | filter |");
    expect(page).toContain("| `ranMs` | ms |  | histogram |");
    expect(page).toContain("(*transient*)");
  });

  test("every table row of it has as many cells as its head", () => {
    const lines = page.split("\n");
    const uneven = lines.filter((line, at) => {
      const above = lines[at - 1] ?? "";
      return line.startsWith("|") && above.startsWith("|") && cellCount(line) !== cellCount(above);
    });

    expect(lines.filter((line) => line.startsWith("|")).length).toBeGreaterThan(50);
    expect(uneven).toEqual([]);
  });

  test("is the same for the same tables, and ends its last line", () => {
    expect(eventsMarkdown([{ title: "Files", intro: "", table: appEvents }])).toBe(
      eventsMarkdown([{ title: "Files", intro: "", table: appEvents }]),
    );
    expect(page.endsWith("\n")).toBe(true);
  });
});

test("the page of errors has every code with its meaning and what to do", () => {
  const page = errorsMarkdown([{ title: "jobkit", intro: "Of the core.", table: jobkitError.table }]);

  for (const [code, { doc, next }] of Object.entries(jobkitError.table)) {
    expect(page).toContain(`| \`${code}\` | `);
    expect(page).toContain(`| ${doc} | ${next} |`);
  }
  expect(page).toContain("Of the core.");
});

test("the page of settings has range, unit, variable and both directions", () => {
  const table = defineSettings({
    "events.maxAge": {
      kind: "duration",
      default: 60_000,
      min: 1000,
      doc: "Age.",
      larger: "more disk",
      reload: true,
    },
    name: { kind: "text", default: "", doc: "Name.", oneOf: ["", "a"] },
  });

  const page = settingsMarkdown([{ title: "All", intro: "", table }], "POC");

  expect(page).toContain("| `events.maxAge` | duration | `1m` | Age. |");
  expect(page).toContain("- range: from `1s`");
  expect(page).toContain("- environment: `POC_EVENTS_MAX_AGE`");
  expect(page).toContain("- larger: more disk");
  expect(page).toContain("- changes: at a reload");
  expect(page).toContain("- default: empty");
});

test("the JSON Schema of events describes the envelope and each row", () => {
  const schema = eventsJsonSchema(appEvents, "Events of an example");

  expect(schema).toMatchObject({
    title: "Events of an example",
    required: ["seq", "ts", "ev", "sev", "trace", "span", "job", "attempt", "attrs"],
    allOf: [
      {
        anyOf: [
          { properties: { ev: { not: { const: "file.hashed" } } } },
          { properties: { attrs: { $ref: "#/$defs/file.hashed" } } },
        ],
      },
    ],
    $defs: {
      "file.hashed": {
        required: ["path", "how", "disk", "ranMs"],
        additionalProperties: false,
        properties: { path: { type: "string" }, how: { enum: ["fast", "slow"] }, ranMs: { type: "number" } },
      },
    },
  });
});
