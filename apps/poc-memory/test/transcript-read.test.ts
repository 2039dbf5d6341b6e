import { existsSync, globSync } from "node:fs";
import { appendFile, mkdtemp, open, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { Redactor } from "../src/redact/redactor.ts";
import { headHashOf, identityOf } from "../src/transcript/identity.ts";
import { defaultLimits } from "../src/transcript/limits.ts";
import { readTranscript, startOfFile } from "../src/transcript/read.ts";
import type { TranscriptReading } from "../src/transcript/read.ts";
import type { ReadItem, ReadPosition } from "../src/transcript/record.ts";
import { placeRecord } from "../src/transcript/tree.ts";
import type { SeenPlace } from "../src/transcript/tree.ts";
import { SessionWriter } from "./hostile/records.ts";

const shared = join(import.meta.dirname, "../../../../shared/data/transcripts");
const redact = new Redactor(new Uint8Array(32).fill(4));

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "read-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

function begin(
  path: string,
  from: ReadPosition = startOfFile,
  signal = new AbortController().signal,
): TranscriptReading {
  return readTranscript({ path, from, limits: defaultLimits, redact, signal });
}

async function readAll(
  path: string,
  from?: ReadPosition,
): Promise<{ items: ReadItem[]; reading: TranscriptReading }> {
  const reading = begin(path, from);
  const items: ReadItem[] = [];
  for await (const item of reading) items.push(item);
  return { items, reading };
}

describe("reading a transcript", () => {
  test("stopping after any item and going on from the position gives what one reading gives", async () => {
    const path = join(await folder(), "s.jsonl");
    const session = new SessionWriter(5);
    const lines = [
      session.prompt("one"),
      "broken",
      '{"type":"mode"}',
      "",
      session.answer("two"),
      session.prompt("three"),
    ];
    await writeFile(path, lines.map((line) => `${line}\n`).join(""));
    const whole = await readAll(path);

    const pieces: ReadItem[] = [];
    let position: ReadPosition = startOfFile;
    for (let more = true; more;) {
      const reading = begin(path, position);
      more = false;
      for await (const item of reading) {
        pieces.push(item);
        more = true;
        break;
      }
      position = reading.position;
    }

    expect(pieces).toEqual(whole.items);
    expect(whole.items).toHaveLength(4);
    expect(position).toEqual(whole.reading.position);
    expect(position.line).toBe(lines.length);
  });

  test("a torn last line is left, told, and read once it is complete", async () => {
    const path = join(await folder(), "s.jsonl");
    const session = new SessionWriter(6);
    const torn = session.answer("late");
    await writeFile(path, `${session.prompt("first")}\n${torn.slice(0, 40)}`);

    const first = await readAll(path);
    await appendFile(path, `${torn.slice(40)}\n`);
    const second = await readAll(path, first.reading.position);

    expect([first.items.length, first.reading.tornBytes]).toEqual([1, 40]);
    expect([second.items.length, second.reading.tornBytes]).toEqual([1, 0]);
    expect(second.items[0]).toMatchObject({
      record: { line: 2, entries: [{ kind: "answer", text: "late" }] },
    });
  });

  test("another agent's file is known by its content, whatever its name, and nothing of it is taken", async () => {
    const dir = await folder();
    const gemini = JSON.stringify({ sessionId: "s", projectHash: "h", messages: [{ type: "user" }] });
    const files = {
      codex:
        '{"timestamp":"2026-07-24T04:28:59.837Z","type":"event_msg","payload":{"type":"user_message"}}\n',
      "pretty-json": JSON.stringify({ a: [1, 2] }, null, 2).concat("\n"),
      gemini: `${gemini}\n`,
      "other-agent": '{"role":"user","content":"hello"}\n',
      undecided: "hello\n",
    };

    for (const [format, content] of Object.entries(files)) {
      await writeFile(join(dir, "x.jsonl"), content);
      const { items, reading } = await readAll(join(dir, "x.jsonl"));
      expect([format, reading.format]).toEqual([format, format]);
      expect(items.filter((item) => item.kind === "record")).toEqual([]);
    }
  });

  test("what is not a regular file is refused, and what is gone is told apart", async () => {
    const dir = await folder();
    await writeFile(join(dir, "real.jsonl"), "");
    await symlink("real.jsonl", join(dir, "link.jsonl"));

    await expect(readAll(dir)).rejects.toMatchObject({ code: "TRANSCRIPT_NOT_A_FILE" });
    await expect(readAll(join(dir, "link.jsonl"))).rejects.toMatchObject({ code: "TRANSCRIPT_NOT_A_FILE" });
    await expect(readAll(join(dir, "none.jsonl"))).rejects.toMatchObject({
      code: "TRANSCRIPT_GONE",
      retry: false,
    });
  });

  test("aborting ends the reading with the signal's reason where it stood", async () => {
    const path = join(await folder(), "s.jsonl");
    const session = new SessionWriter(8);
    await writeFile(
      path,
      Array.from({ length: 3000 }, () => `${session.answer("x".repeat(200))}\n`).join(""),
    );
    const stop = new AbortController();
    const reading = begin(path, startOfFile, stop.signal);

    const reads = (async () => {
      for await (const item of reading)
        if (item.kind === "record" && item.record.line === 10) stop.abort(new Error("enough"));
    })();

    await expect(reads).rejects.toThrow("enough");
    expect(reading.position.line).toBeGreaterThanOrEqual(10);
    expect(reading.position.line).toBeLessThan(3000);
  });

  test("a file is known again by its beginning although it grew", async () => {
    const path = join(await folder(), "s.jsonl");
    await writeFile(path, "short\n");
    const { reading } = await readAll(path);
    await appendFile(path, "x".repeat(10_000));

    const file = await open(path);
    onTestFinished(() => file.close());
    const now = await identityOf(file);

    expect(reading.identity).toMatchObject({ size: 6, headBytes: 6, inode: now.inode });
    expect(await headHashOf(file, 6)).toBe(reading.identity?.headHash);
    expect(now).toMatchObject({ size: 10_006, headBytes: 4096 });
    expect(now.headHash).not.toBe(reading.identity?.headHash);
  });
});

describe.skipIf(!existsSync(shared))("the real sessions (shared data)", () => {
  const sessions = globSync(join(shared, "claude-code/*.jsonl")).toSorted();

  test("are read without a skipped line, and hold the prompts their people typed", async () => {
    const prompts: string[] = [];
    for (const path of sessions) {
      const { items, reading } = await readAll(path);
      expect([path, reading.format, items.filter((item) => item.kind === "skipped")]).toEqual([
        path,
        "claude-code",
        [],
      ]);
      for (const item of items)
        if (item.kind === "record")
          for (const entry of item.record.entries) if (entry.kind === "prompt") prompts.push(entry.text);
    }

    expect(prompts).toHaveLength(25);
    expect(prompts.filter((text) => /^[<[]|^Caveat|being continued|Base directory/.test(text))).toEqual([]);
    expect(prompts).toContain("yes pleas bump");
    expect(prompts).toContain("Review PR #36");
  });

  test("hold one compaction, its summary, and the pull requests they made", async () => {
    const kinds = new Map<string, number>();
    for (const path of sessions)
      for (const item of (await readAll(path)).items)
        if (item.kind === "record")
          for (const entry of item.record.entries) {
            const label = entry.kind === "summary" ? `summary ${entry.of}` : entry.kind;
            kinds.set(label, (kinds.get(label) ?? 0) + 1);
          }

    expect(kinds.get("compaction")).toBe(1);
    expect(kinds.get("summary compaction")).toBe(1);
    expect(kinds.get("summary away")).toBe(11);
    expect(kinds.get("pull-request")).toBe(6);
    expect(kinds.get("result")).toBeGreaterThan(300);
  });

  test("hold no rewinds, since none of their people went back", async () => {
    for (const path of sessions) {
      const places = new Map<string, SeenPlace>();
      const rewinds: number[] = [];
      let turnsBegun = 0;
      for (const item of (await readAll(path)).items) {
        if (item.kind === "skipped") continue;
        const place = placeRecord(
          item.record,
          { transcript: path, segment: 0, turnsBegun },
          { find: (uuid) => places.get(uuid) ?? null },
        );
        if (place.beginsTurn) turnsBegun += 1;
        if (item.record.uuid !== null)
          places.set(item.record.uuid, { transcript: path, segment: 0, turn: place.turn });
        if (place.rewindToTurn !== null) rewinds.push(item.record.line);
      }
      expect([path, rewinds]).toEqual([path, []]);
    }
  });

  test("a session that grows gives, in five readings, what one reading of its last state gives", async () => {
    const dir = await folder();
    const path = join(dir, "s.jsonl");
    const items: ReadItem[] = [];
    let position = startOfFile;
    for (const moment of ["t1", "t2", "t3", "t4", "t5"]) {
      await writeFile(path, await readFile(join(shared, `claude-code-growing/${moment}.jsonl`)));
      const { items: more, reading } = await readAll(path, position);
      items.push(...more);
      position = reading.position;
    }

    const whole = await readAll(join(shared, "claude-code-growing/t5.jsonl"));

    expect(items).toEqual(whole.items);
    expect(position).toEqual(whole.reading.position);
  });
});
