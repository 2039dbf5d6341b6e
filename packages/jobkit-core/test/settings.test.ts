import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  defineSettings,
  environmentLayer,
  explainSetting,
  formatSetting,
  readSetting,
  resolveSettings,
  settingsJsonSchema,
  settingVariable,
  treeLayer,
  type SettingLayer,
  type SettingRow,
} from "../src/index.ts";

const table = defineSettings({
  lanes: { kind: "count", default: 4, min: 1, max: 64, doc: "Attempts at once.", larger: "More at once." },
  "events.segmentBytes": { kind: "bytes", default: 8 * 2 ** 20, min: 4096, doc: "Size of a segment." },
  "events.maxAge": { kind: "duration", default: 86_400_000, doc: "Age of the oldest segment.", reload: true },
  "retry.jitter": { kind: "ratio", default: 0.1, min: 0, max: 1, doc: "Share that chance takes off." },
  "log.level": { kind: "text", default: "info", oneOf: ["info", "debug"], doc: "What is shown." },
  "data.dir": { kind: "path", default: "", doc: "Where everything lives." },
  "color.on": { kind: "flag", default: true, doc: "Colours on a terminal." },
  roots: { kind: "list", default: ["a"], doc: "Folders to watch." },
});

const layer = (source: string, entries: Record<string, unknown>): SettingLayer => ({
  source,
  entries: new Map(Object.entries(entries)),
});

function problemsOf(...layers: SettingLayer[]): readonly { code: string; message: string; next: string }[] {
  const resolved = resolveSettings(table, layers);
  if (resolved.ok) throw new Error("expected problems");
  return resolved.problems.map(({ error }) => ({
    code: error.code,
    message: error.message,
    next: error.next,
  }));
}

const row = (kind: SettingRow["kind"], more: Partial<SettingRow> = {}): SettingRow => ({
  kind,
  default: 0,
  doc: "x",
  ...more,
});

describe("resolving", () => {
  test("the strongest layer that gives a value wins, and its name is kept", () => {
    const resolved = resolveSettings(table, [
      layer("flag", { lanes: "8" }),
      layer("env", { lanes: "9", "events.maxAge": "5m" }),
      layer("settings.yaml", { lanes: 10, "events.maxAge": 1, roots: ["x", "y"] }),
    ]);

    expect(resolved.ok && resolved.values).toStrictEqual({
      lanes: 8,
      "events.segmentBytes": 8_388_608,
      "events.maxAge": 300_000,
      "retry.jitter": 0.1,
      "log.level": "info",
      "data.dir": "",
      "color.on": true,
      roots: ["x", "y"],
    });
    expect(resolved.ok && resolved.sources).toMatchObject({
      lanes: "flag",
      "events.maxAge": "env",
      roots: "settings.yaml",
      "color.on": "default",
    });
  });

  test("every problem of every layer is told at once, hidden values included", () => {
    const problems = problemsOf(
      layer("flag", { lanes: 0 }),
      layer("file", { lanes: "many", "events.segmentByte": 5, "log.level": "loud" }),
    );

    expect(problems.map(({ code }) => code)).toEqual([
      "SETTING_INVALID",
      "SETTING_INVALID",
      "SETTING_UNKNOWN",
      "SETTING_INVALID",
    ]);
    expect(problems[0]?.message).toBe(
      "reading setting lanes (flag): 0 is not a whole number, at least 1, at most 64",
    );
    expect(problems[2]?.message).toContain('did you mean "events.segmentBytes"?');
    expect(problems[3]?.next).toBe("Give log.level one of info, debug.");
  });

  test("a group given a value, and a name far from all, say so", () => {
    const [grouped, far] = problemsOf(layer("file", { events: 5, zzzzzzzz: 1 }));

    expect(grouped?.next).toBe("Set one of its keys: events.segmentBytes, events.maxAge.");
    expect(far?.message).toBe('reading setting "zzzzzzzz" (file)');
  });

  test("names of the object prototype are unknown settings, not values", () => {
    const problems = problemsOf(layer("file", JSON.parse('{"constructor":1,"__proto__":2,"toString":3}')));

    expect(problems.map(({ code }) => code)).toEqual([
      "SETTING_UNKNOWN",
      "SETTING_UNKNOWN",
      "SETTING_UNKNOWN",
    ]);
  });

  test("an unknown value is shown shortened and on one line", () => {
    const [problem] = problemsOf(layer("file", { lanes: `a\n${"x".repeat(500)}` }));

    expect(problem?.message).not.toContain("\n");
    expect(problem?.message.length).toBeLessThan(220);
  });
});

describe("where values come from", () => {
  test("the environment is read by prefix, and a misspelt variable is an error with a suggestion", () => {
    const env = { POC_MEMORY_LANES: "2", POC_MEMORY_DATA: "/x", POC_MEMORY_LANSE: "3", OTHER_LANES: "4" };

    const read = environmentLayer(table, "POC_MEMORY", env, ["POC_MEMORY_DATA"]);

    expect([...read.entries]).toEqual([
      ["lanes", "2"],
      ["POC_MEMORY_LANSE", "3"],
    ]);
    expect(problemsOf(read)[0]?.message).toContain('did you mean "POC_MEMORY_LANES"?');
  });

  test("the environment name of a setting is its prefix and its words in upper snake case", () => {
    expect(settingVariable("POC_MEMORY", "events.segmentBytes")).toBe("POC_MEMORY_EVENTS_SEGMENT_BYTES");
  });

  test("a nested file and a dotted file are the same layer", () => {
    const nested = treeLayer(table, "file", { events: { segmentBytes: 1 }, "retry.jitter": 1, roots: ["a"] });

    expect([...nested.entries]).toEqual([
      ["events.segmentBytes", 1],
      ["retry.jitter", 1],
      ["roots", ["a"]],
    ]);
  });

  test("a file nested without end is judged, not followed for ever", () => {
    let tree: Record<string, unknown> = { end: 1 };
    for (let depth = 0; depth < 10_000; depth += 1) tree = { deep: tree };

    expect([...treeLayer(table, "file", tree).entries]).toHaveLength(1);
  });
});

describe("text forms", () => {
  test.each([
    ["duration", "5m", 300_000],
    ["duration", "250ms", 250],
    ["duration", "1h30m", 5_400_000],
    ["duration", "1.5s", 1500],
    ["duration", " 90 ", 90],
    ["duration", 12, 12],
    ["bytes", "8MiB", 8_388_608],
    ["bytes", "64 kB", 64_000],
    ["bytes", "512B", 512],
    ["bytes", "1.5KiB", 1536],
    ["bytes", "1_000", 1000],
    ["count", "12", 12],
    ["ratio", "1.5", 1.5],
    ["ratio", "-0.25", -0.25],
    ["ratio", "50%", 0.5],
    ["flag", "yes", true],
    ["flag", "OFF", false],
    ["list", "a, b,,c", ["a", "b", "c"]],
    ["list", [], []],
    ["path", "~/x", "~/x"],
  ] as const)("%s %j is read as %j", (kind, given, value) => {
    expect(readSetting(row(kind), given)).toEqual({ ok: true, value });
  });

  test.each([
    ["duration", "5 parsecs"],
    ["duration", "-5m"],
    ["duration", ""],
    ["duration", Number.POSITIVE_INFINITY],
    ["bytes", "8MB/s"],
    ["bytes", 1.5],
    ["count", "1e3"],
    ["count", 2 ** 60],
    ["count", true],
    ["count", null],
    ["ratio", "NaN"],
    ["flag", "maybe"],
    ["flag", 1],
    ["text", 1.2],
    ["path", "a\0b"],
    ["list", [1]],
    ["list", { a: 1 }],
  ] as const)("%s %j is refused", (kind, given) => {
    expect(readSetting(row(kind), given).ok).toBe(false);
  });

  test("what is written reads back to the same value, whatever the number", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("duration" as const, "bytes" as const, "count" as const),
        fc.maxSafeNat(),
        (kind, value) => {
          expect(readSetting(row(kind), formatSetting(row(kind), value))).toEqual({ ok: true, value });
        },
      ),
    );
  });

  test("nothing that is given makes reading throw", () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(table)), fc.anything(), (anyRow, given) => {
        expect(typeof readSetting(anyRow, given).ok).toBe("boolean");
      }),
    );
  });
});

describe("explaining", () => {
  test("a setting says its value, source, default, unit and both directions", () => {
    const resolved = resolveSettings(table, [layer("flag", { "events.maxAge": "1h" })]);
    if (!resolved.ok) throw new Error("unexpected problems");

    expect(explainSetting(table, resolved, "events.maxAge")).toStrictEqual({
      name: "events.maxAge",
      kind: "duration",
      value: 3_600_000,
      text: "1h",
      source: "flag",
      default: 86_400_000,
      defaultText: "1d",
      unit: "ms",
      min: null,
      max: null,
      oneOf: null,
      doc: "Age of the oldest segment.",
      larger: null,
      smaller: null,
      reload: true,
    });
    expect(() => explainSetting(table, resolved, "lane")).toThrow('did you mean "lanes"?');
  });

  test("the JSON Schema nests by dots, refuses unknown keys and carries ranges", () => {
    const schema = settingsJsonSchema(table, { id: "https://example.org/s.json", title: "Settings" });

    expect(schema).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      additionalProperties: false,
      properties: {
        lanes: { default: 4, anyOf: [{ type: "integer", minimum: 1, maximum: 64 }, { type: "string" }] },
        events: { type: "object", additionalProperties: false, properties: { segmentBytes: {}, maxAge: {} } },
        log: { properties: { level: { type: "string", enum: ["info", "debug"] } } },
        roots: { type: "array", items: { type: "string" } },
      },
    });
  });
});

describe("declaring", () => {
  test.each([
    ["a malformed name", { "Bad-Name": { kind: "count", default: 1, doc: "x" } }, "words joined by dots"],
    ["a missing sentence", { a: { kind: "count", default: 1, doc: " " } }, "sentence is missing"],
    ["a default out of range", { a: { kind: "count", default: 1, min: 2, doc: "x" } }, "default 1 is not"],
    [
      "a default outside its choices",
      { a: { kind: "text", default: "c", oneOf: ["a"], doc: "x" } },
      "one of a",
    ],
    [
      "a default that is not a number",
      { a: { kind: "duration", default: Number.NaN, doc: "x" } },
      "default NaN",
    ],
    ["an empty range", { a: { kind: "ratio", default: 1, min: 3, max: 2, doc: "x" } }, "is empty"],
    [
      "a setting that is a group too",
      { a: { kind: "count", default: 1, doc: "x" }, "a.b": { kind: "count", default: 1, doc: "y" } },
      "cannot be a group",
    ],
    [
      "two names of one variable",
      { aB: { kind: "count", default: 1, doc: "x" }, "a.b": { kind: "count", default: 1, doc: "y" } },
      "same environment variable as aB",
    ],
  ] as const)("%s is refused at load", (_, rows, words) => {
    expect(() => defineSettings(rows)).toThrow(words);
  });
});
