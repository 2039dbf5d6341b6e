import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Redactor } from "../src/redact/redactor.ts";
import { discover } from "../src/transcript/discover.ts";
import type { Discovered } from "../src/transcript/discover.ts";
import { defaultLimits } from "../src/transcript/limits.ts";
import { readTranscript, startOfFile } from "../src/transcript/read.ts";
import type { TranscriptReading } from "../src/transcript/read.ts";
import type { ReadItem } from "../src/transcript/record.ts";
import { generateHostile, hostileDefaults } from "./hostile/generate.ts";
import type { HostileCase, HostileFolder } from "./hostile/generate.ts";

const redact = new Redactor(new Uint8Array(32).fill(3));
const signal = new AbortController().signal;
let folder: HostileFolder;
let found: Discovered[];

beforeAll(async () => {
  folder = generateHostile(mkdtempSync(join(tmpdir(), "hostile-")), hostileDefaults);
  found = await collect(discover([folder.root], { depth: 6, files: 250_000 }, signal));
});
afterAll(() => rmSync(folder.root, { recursive: true, force: true }));

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function read(file: string): Promise<{ items: ReadItem[]; reading: TranscriptReading }> {
  const reading = readTranscript({
    path: join(folder.root, file),
    from: startOfFile,
    limits: defaultLimits,
    redact,
    signal,
  });
  return { items: await collect(reading), reading };
}

describe("a hostile folder", () => {
  test("every hard case is told: skipped lines by reason, findings by name, and what is good is read", async () => {
    expect(folder.cases.length).toBeGreaterThanOrEqual(19);
    for (const one of folder.cases) expect(await observe(one)).toEqual(expected(one));
  });

  test("every regular file is found once, links and their loops are not followed", () => {
    const files = found.filter((item) => item.kind === "file").map((item) => item.name);

    expect(new Set(files).size).toBe(files.length);
    expect(files.filter((name) => name.startsWith("tiny/"))).toHaveLength(hostileDefaults.tinyFiles);
    expect(files.filter((name) => name.startsWith("up/"))).toEqual([]);
  });

  test("of the secrets in prompts, answers, results, inputs and paths none survives", async () => {
    const { items, reading } = await read("secrets/session.jsonl");
    const kept = JSON.stringify(items);

    const survivors = folder.secrets.filter(({ secret }) =>
      kept.includes(JSON.stringify(secret).slice(1, -1)),
    );

    expect(new Set(folder.secrets.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(20);
    expect(folder.secrets.length).toBeGreaterThanOrEqual(200);
    expect(survivors).toEqual([]);
    expect(Object.values(reading.redactions).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(
      200,
    );
  });

  test("a prototype is not polluted and a tool's input keeps odd names as its own", async () => {
    const { items } = await read("prototype-keys.jsonl");

    const call = items
      .flatMap((item) => (item.kind === "record" ? item.record.entries : []))
      .find((entry) => entry.kind === "call");
    expect(Object.hasOwn(call?.kind === "call" ? call.input : {}, "__proto__")).toBe(true);
    expect(({} as Record<string, unknown>)["polluted"]).toBe(undefined);
  });

  test("every text that is kept is well-formed, and strange times are none", async () => {
    const { items } = await read("lone-surrogates.jsonl");
    const { items: times } = await read("strange-times.jsonl");

    const answers = items.flatMap((item) => (item.kind === "record" ? item.record.entries : []));
    expect(answers).toContainEqual({ kind: "answer", text: "a\uFFFDb\uFFFD" });
    const known = times.filter((item) => item.kind === "record" && item.record.atMs !== null);
    expect(known).toHaveLength(2);
  });
});

/** What a case shows of itself, in the words of what is expected of it. */
interface Observed {
  readonly name: string;
  readonly finding: string | null;
  readonly skipped: Readonly<Record<string, number>>;
  readonly torn: boolean;
  readonly format: string | null;
  readonly goodIsRead: boolean;
}

const unread = { skipped: {}, torn: false, format: null, goodIsRead: false };

function expected({ name, finding, skipped, torn, format, good }: HostileCase): Observed {
  if (finding !== undefined) return { name, finding, ...unread };
  return {
    name,
    finding: null,
    skipped,
    torn: torn === true,
    format: format ?? null,
    goodIsRead: good !== null,
  };
}

async function observe(one: HostileCase): Promise<Observed> {
  const { name } = one;
  const finding = found.find((item) => item.kind === "finding" && item.name === one.file);
  if (finding?.kind === "finding") return { name, finding: finding.reason, ...unread };
  const { items, reading } = await read(one.file);
  const skipped: Record<string, number> = {};
  for (const item of items)
    if (item.kind === "skipped") skipped[item.reason] = (skipped[item.reason] ?? 0) + 1;
  const isKnown = reading.format === "claude-code" || reading.format === "undecided";
  return {
    name,
    finding: null,
    skipped,
    torn: reading.tornBytes > 0,
    format: isKnown ? null : reading.format,
    goodIsRead: promptsOf(items).some((text) => one.good !== null && text.includes(one.good)),
  };
}

function promptsOf(items: readonly ReadItem[]): string[] {
  return items.flatMap((item) =>
    item.kind === "record"
      ? item.record.entries.flatMap((entry) => (entry.kind === "prompt" ? [entry.text] : []))
      : [],
  );
}
