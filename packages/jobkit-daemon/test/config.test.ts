import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineSettings, explainSetting, settingsJsonSchema } from "jobkit-core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { describeSetting } from "../src/config/describe-setting.ts";
import { diffSettings } from "../src/config/diff-settings.ts";
import { exampleConfig } from "../src/config/example-config.ts";
import { CONFIG_BYTES_MAX, loadConfig, type LoadedConfig } from "../src/config/load-config.ts";
import { parseConfig } from "../src/config/parse-config.ts";
import { sayProblem } from "../src/config/problem.ts";
import { daemonSettings } from "../src/settings.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const table = defineSettings({
  name: { kind: "text", default: "nobody", doc: "Who it is." },
  "scan.everyMs": {
    kind: "duration",
    default: 5_000,
    min: 100,
    max: 60_000,
    doc: "How often.",
    larger: "Slower.",
    reload: true,
  },
  "scan.roots": { kind: "list", default: [], doc: "Where." },
  "events.segmentBytes": { kind: "bytes", default: 1_024, doc: "How large." },
});

async function load(
  text: string | null,
  over: { env?: Record<string, string>; overrides?: Record<string, unknown> } = {},
): Promise<{ file: string; loaded: LoadedConfig<typeof table> }> {
  const file = join(await temporaryFolder(), "config.yaml");
  if (text !== null) writeFileSync(file, text);
  const env = { variables: over.env ?? {}, prefix: "THING", known: ["THING_DATA"] };
  const loaded = await loadConfig({ table, file, fileRequired: false, env, overrides: over.overrides ?? {} });
  return { file, loaded };
}

/** The problems as lines, with the path of the file left out. */
async function problems(text: string, over: Parameters<typeof load>[1] = {}): Promise<string[]> {
  const { file, loaded } = await load(text, over);
  return loaded.ok ? [] : loaded.problems.map((problem) => sayProblem(problem).replace(file, "FILE"));
}

async function values(text: string | null): Promise<Readonly<Record<string, unknown>> | null> {
  const { loaded } = await load(text);
  return loaded.ok ? loaded.settings.values : null;
}

/** How loading a file that a person named ends. */
async function codeOf(file: string): Promise<string> {
  const loaded = await loadConfig({ table, file, fileRequired: true });
  return loaded.ok ? "ok" : (loaded.problems[0]?.code ?? "");
}

test("flag wins over environment over file over default, and each value says where it is from", async () => {
  const text = "name: file\nscan:\n  everyMs: 10s\n  roots: [/a, /b]\n";
  const over = {
    env: { THING_NAME: "env", THING_SCAN_EVERY_MS: "20s", THING_DATA: "/x", OTHER: "1" },
    overrides: { name: "flag" },
  };

  const { file, loaded } = await load(text, over);

  expect(loaded).toMatchObject({
    ok: true,
    file,
    settings: {
      values: {
        name: "flag",
        "scan.everyMs": 20_000,
        "scan.roots": ["/a", "/b"],
        "events.segmentBytes": 1_024,
      },
      sources: { name: "flag", "scan.everyMs": "env", "scan.roots": file, "events.segmentBytes": "default" },
    },
  });
});

test("JSON is read as it is, dotted keys as nested ones, and an empty or absent file as nothing", async () => {
  expect(await values('{"name": "j", "events": {"segmentBytes": "2KiB"}}')).toMatchObject({
    name: "j",
    "events.segmentBytes": 2_048,
  });
  expect(await values("events.segmentBytes: 4096")).toMatchObject({ "events.segmentBytes": 4_096 });
  for (const nothing of ["", "# only words\n", "---\n", null])
    expect(await values(nothing)).toMatchObject({ name: "nobody" });
});

test("everything that is wrong is told at once, each with line and column and what to do", async () => {
  const text = "nmae: x\nscan:\n  everyMs: 5 years\n  rots: []\nevents:\n  segmentBytes: -1\n";

  const lines = await problems(text, { env: { THING_SCAN_EVRY_MS: "1" }, overrides: { scan: 1 } });

  expect(lines.length).toBe(6);
  expect(lines.join("\n")).toMatch(/^flag: SETTING_UNKNOWN: .*group/m);
  expect(lines.join("\n")).toMatch(/^env: SETTING_UNKNOWN: .*THING_SCAN_EVERY_MS/m);
  expect(lines.join("\n")).toMatch(/^FILE:1:1: SETTING_UNKNOWN: .*"name"/m);
  expect(lines.join("\n")).toMatch(/^FILE:3:12: SETTING_INVALID: .*5 years/m);
  expect(lines.join("\n")).toMatch(/^FILE:4:3: SETTING_UNKNOWN: .*"scan\.roots"/m);
  expect(lines.join("\n")).toMatch(/^FILE:6:17: SETTING_INVALID: /m);
});

test("a file that is no YAML, or no tree of keys, or says a thing twice, is refused with its place", async () => {
  expect((await problems("name: [1,\nscan: x"))[0]).toMatch(/^FILE:\d+:\d+: CONFIG_SYNTAX: /);
  expect((await problems("- a\n- b\n"))[0]).toMatch(/^FILE:1:1: CONFIG_SYNTAX: expected keys/);
  expect((await problems("name: a\nname: b\n"))[0]).toMatch(/^FILE:2:1: CONFIG_SYNTAX: /);
  expect((await problems("scan:\n  everyMs: 1s\nscan.everyMs: 2s\n"))[0]).toMatch(
    /^FILE:3:1: CONFIG_SYNTAX: scan\.everyMs stands twice.*line 2/,
  );
  expect((await problems("name: a\n---\nname: b\n"))[0]).toMatch(/CONFIG_SYNTAX/);
  expect((await problems("name: !!js/function x\n"))[0]).toMatch(/CONFIG_SYNTAX/);
  expect((await problems("? [a, b]\n: c\n"))[0]).toMatch(/CONFIG_SYNTAX/);
});

test("a file made to explode or to nest without end is refused and harms nobody", async () => {
  const laughs = ["a: &a [x,x,x,x,x,x,x,x,x]"];
  for (let level = 1; level < 8; level += 1) {
    const [from, to] = ["abcdefgh".charAt(level - 1), "abcdefgh".charAt(level)];
    laughs.push(`${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(",")}]`);
  }

  expect((await problems(laughs.join("\n")))[0]).toMatch(/CONFIG_SYNTAX/);
  expect((await problems(`name: ${"[".repeat(100_000)}`))[0]).toMatch(/CONFIG_SYNTAX/);
  expect((await problems(`name: ${"x".repeat(CONFIG_BYTES_MAX)}`))[0]).toMatch(
    /CONFIG_UNREADABLE: it has 1048582 bytes/,
  );
});

test("a file that a person named must exist, be readable, and be text", async () => {
  const folder = await temporaryFolder();
  writeFileSync(join(folder, "latin1"), Buffer.from([0x6e, 0xff, 0xfe]));
  expect(await codeOf(join(folder, "absent"))).toBe("CONFIG_MISSING");
  expect(await codeOf(folder)).toBe("CONFIG_UNREADABLE");
  expect(await codeOf(join(folder, "latin1"))).toBe("CONFIG_UNREADABLE");
});

/** Characters that mean something in YAML, and a few that do not. */
const yamlish = fc.string({ unit: fc.constantFrom(...Array.from(" \n:-[]{}&*!|>'\"#%@ab1")) });

/** True where the parser answered with a tree, or with problems that all have a place and words. */
function isAnswered(text: string): boolean {
  const parsed = parseConfig(text, "f");
  if (parsed.ok) return typeof parsed.tree === "object";
  const placed = parsed.problems.filter(
    ({ line, column, message }) => (line ?? 0) >= 1 && (column ?? 0) >= 1 && message !== "",
  );
  return placed.length > 0 && placed.length === parsed.problems.length;
}

test("whatever a file says, it is taken whole or refused with problems that have a place", () => {
  const texts = fc.oneof(fc.string(), fc.json(), yamlish);

  expect(() => fc.assert(fc.property(texts, isAnswered), { numRuns: 500 })).not.toThrow();
});

test("the example file changes nothing as it stands, and gives exactly the defaults when all of it is uncommented", () => {
  const whole = { ...daemonSettings, ...table };
  const text = exampleConfig(whole, { title: "Everything", schema: "./schema.json" });
  const uncommented = text.replaceAll(/^# (?!yaml-language-server)/gm, "");

  expect(parseConfig(text, "f")).toMatchObject({ ok: true, tree: {} });
  const parsed = parseConfig(uncommented, "f");
  if (!parsed.ok) throw new Error(parsed.problems.map(sayProblem).join("\n"));
  for (const name of Object.keys(whole)) expect(parsed.places.has(name), name).toBe(true);
  expect(text.split("\n").every((line) => line.length <= 120)).toBe(true);
  expect(text).toMatch(/^# yaml-language-server: \$schema=\.\/schema\.json\n/);
});

test("the example, uncommented, resolves to the defaults", async () => {
  const text = exampleConfig(table, { title: "Everything" }).replaceAll(/^# /gm, "");

  const { loaded, file } = await load(text);

  expect(loaded).toMatchObject({
    ok: true,
    settings: {
      values: { name: "nobody", "scan.everyMs": 5_000, "scan.roots": [], "events.segmentBytes": 1_024 },
    },
  });
  expect(loaded.ok && Object.values(loaded.settings.sources).every((source) => source === file)).toBe(true);
});

test("the difference of two configurations names each row once, as it would be written", async () => {
  const [before, after] = [await load(null), await load("name: x\nscan: { everyMs: 10s, roots: [a] }\n")].map(
    ({ loaded }) => loaded,
  );
  if (before?.ok !== true || after?.ok !== true) throw new Error("not loaded");

  expect(diffSettings(table, before.settings.values, after.settings.values)).toEqual([
    { name: "name", before: "nobody", after: "x", reload: false },
    { name: "scan.everyMs", before: "5s", after: "10s", reload: true },
    { name: "scan.roots", before: "", after: "a", reload: false },
  ]);
  expect(diffSettings(table, after.settings.values, after.settings.values)).toEqual([]);
});

test("a setting is described with value, source, default, reason, both directions, range and how to set it", async () => {
  const { loaded } = await load("scan: { everyMs: 10s }");
  if (!loaded.ok) throw new Error("not loaded");

  const text = describeSetting(explainSetting(table, loaded.settings, "scan.everyMs"), "THING_SCAN_EVERY_MS");

  for (const part of [
    "scan.everyMs = 10s",
    "default 5s",
    "How often.",
    "Slower.",
    "100 to 60000 ms",
    "THING_SCAN_EVERY_MS",
    "reload",
  ])
    expect(text).toContain(part);
});

test("every row of the daemon has a sentence, both directions, a range, and stands in the schema", () => {
  const schema = JSON.stringify(settingsJsonSchema(daemonSettings, { title: "t" }));
  for (const [name, row] of Object.entries(daemonSettings)) {
    const { kind, larger, smaller, min, max, doc } = row as {
      kind: string;
      larger?: string;
      smaller?: string;
      min?: number;
      max?: number;
      doc: string;
    };
    // Texts and lists have no directions.
    const isNumber = kind !== "text" && kind !== "list";
    expect([larger, smaller, min, max].includes(undefined) && isNumber, name).toBe(false);
    expect(schema, name).toContain(doc.slice(0, 40));
  }
});
