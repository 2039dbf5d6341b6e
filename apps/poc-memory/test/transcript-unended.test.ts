import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert as check, asyncProperty, integer } from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { Redactor } from "../src/redact/redactor.ts";
import { defaultLimits } from "../src/transcript/limits.ts";
import { readTranscript, startOfFile } from "../src/transcript/read.ts";
import type { ReadPosition } from "../src/transcript/record.ts";
import { SessionWriter } from "./hostile/records.ts";

const redact = new Redactor(new Uint8Array(32).fill(4));
const signal = new AbortController().signal;

async function emptyFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "unended-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "s.jsonl");
}

interface Read {
  /** `line text` of each prompt. */
  readonly prompts: readonly string[];
  readonly position: ReadPosition;
  readonly tornBytes: number;
}

async function read(path: string, from: ReadPosition = startOfFile): Promise<Read> {
  const reading = readTranscript({ path, from, limits: defaultLimits, redact, signal });
  const prompts: string[] = [];
  for await (const item of reading)
    if (item.kind === "record")
      for (const entry of item.record.entries)
        if (entry.kind === "prompt") prompts.push(`${item.record.line} ${entry.text}`);
  return { prompts, position: reading.position, tornBytes: reading.tornBytes };
}

describe("a last line without its newline", () => {
  test("is taken when it is a whole object, and what follows keeps its number", async () => {
    const path = await emptyFile();
    const session = new SessionWriter(1);
    await writeFile(path, `${session.prompt("one")}\n${session.prompt("two")}`);

    const first = await read(path);
    await appendFile(path, `\n${session.prompt("three")}\n`);
    const second = await read(path, first.position);

    expect(first).toMatchObject({ prompts: ["1 one", "2 two"], tornBytes: 0 });
    expect(second.prompts).toEqual(["3 three"]);
    expect(second.position).toEqual((await read(path)).position);
  });

  test("is left when it could still be written, and taken whole later", async () => {
    const path = await emptyFile();
    const session = new SessionWriter(2);
    const whole = session.prompt("two");
    await writeFile(path, `${session.prompt("one")}\n${whole.slice(0, 40)}`);

    const first = await read(path);
    await appendFile(path, whole.slice(40));
    const second = await read(path, first.position);

    expect(first.prompts).toEqual(["1 one"]);
    expect(first.tornBytes).toBe(40);
    expect(second.prompts).toEqual(["2 two"]);
  });

  test("cut anywhere, a session read in two goes gives each prompt once, under its number", async () => {
    const session = new SessionWriter(3);
    const text = ["one", "two", "three"].map((words) => session.prompt(words)).join("\n");
    await check(
      asyncProperty(integer({ min: 0, max: text.length }), async (cut) => {
        const path = await emptyFile();
        await writeFile(path, text.slice(0, cut));
        const first = await read(path);
        await appendFile(path, text.slice(cut));
        const second = await read(path, first.position);

        expect([...first.prompts, ...second.prompts]).toEqual(["1 one", "2 two", "3 three"]);
      }),
      { numRuns: 200 },
    );
  });
});
