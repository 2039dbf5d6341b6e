import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, expect, test } from "vitest";
import { fileKey, scanTranscripts, type ScanDeps } from "../src/jobs/scan-transcripts.ts";
import { TroubledTranscripts } from "../src/jobs/troubled-transcripts.ts";
import { openMemoryStore } from "../src/store/open.ts";

interface Setup {
  readonly root: string;
  readonly troubled: TroubledTranscripts;
  readonly told: string[];
  /** A reading took the file to its end, as it is now. */
  readonly read: (name: string) => void;
  /** Names of the transcripts that a look asks for. */
  readonly look: (more?: Partial<ScanDeps>) => Promise<readonly string[]>;
}

function setup(): Setup {
  const root = mkdtempSync(join(tmpdir(), "scan-"));
  const store = openMemoryStore({ path: ":memory:", mode: "write" });
  onTestFinished(() => {
    store[Symbol.dispose]();
    rmSync(root, { recursive: true, force: true });
  });
  const troubled = new TroubledTranscripts();
  const told: string[] = [];
  const deps: ScanDeps = {
    store,
    events: { emit: (name) => void told.push(name), add: () => {} },
    roots: [root],
    dataDir: join(root, "data"),
    troubled,
    limits: { depth: 3, files: 1000 },
    everyMs: () => 1000,
    quietMs: () => 0,
    now: () => Date.UTC(2026, 0, 1),
    monotonic: () => 0,
  };
  const scan = scanTranscripts(deps);
  const look = async (more: Partial<ScanDeps> = {}): Promise<readonly string[]> => {
    const scanner = Object.keys(more).length === 0 ? scan : scanTranscripts({ ...deps, ...more });
    const tasks = await scanner.find(new AbortController().signal);
    return tasks.map(({ labels }) => labels?.["transcript"] ?? "");
  };
  const read = (name: string): void => {
    const { ino, size, mtimeMs } = statSync(join(root, name));
    store.progress.saveTranscript({
      root,
      name,
      identity: { inode: ino, size, headHash: "", headBytes: 0 },
      position: { offset: size, line: 1 },
      generation: 0,
      state: "current",
      linesKept: 1,
      linesSkipped: {},
      mtimeMs: Math.trunc(mtimeMs),
    });
  };
  return { root, troubled, told, read, look };
}

test("a new file is asked for, and again until somebody has read it", async () => {
  const { root, look } = setup();
  writeFileSync(join(root, "a.jsonl"), "{}\n");

  expect(await look()).toEqual(["a.jsonl"]);
  expect(await look()).toEqual(["a.jsonl"]);
});

test("a file whose reading failed is left alone until it changes", async () => {
  const { root, look, troubled } = setup();
  writeFileSync(join(root, "a.jsonl"), "{}\n");
  await look();
  troubled.fail(fileKey({ root, name: "a.jsonl" }));

  expect(await look()).toEqual([]);
  appendFileSync(join(root, "a.jsonl"), "{}\n");
  expect(await look()).toEqual(["a.jsonl"]);
});

test("a file that grew a moment ago is left for the next look, one from the future is not", async () => {
  const { root, look } = setup();
  const now = Date.UTC(2026, 0, 1);
  const at = (name: string, ms: number): void => {
    writeFileSync(join(root, name), "{}\n");
    utimesSync(join(root, name), ms / 1000, ms / 1000);
  };
  at("fresh.jsonl", now - 1_000);
  at("quiet.jsonl", now - 60_000);
  at("future.jsonl", now + 60_000);

  expect(await look({ quietMs: () => 5_000, now: () => now })).toEqual(["future.jsonl", "quiet.jsonl"]);
});

test("the data folder is never looked into, wherever it lies", async () => {
  const { root, look } = setup();
  mkdirSync(join(root, "data", "events"), { recursive: true });
  writeFileSync(join(root, "data", "events", "events-1.jsonl"), "{}\n");

  expect(await look()).toEqual([]);
});

test("what cannot be taken is told once, and again when the reason is another", async () => {
  const { root, look, told } = setup();
  mkdirSync(join(root, "folder.jsonl"));

  await look();
  await look();
  rmSync(join(root, "folder.jsonl"), { recursive: true });
  mkdirSync(join(root, "b.jsonl"));
  chmodSync(join(root, "b.jsonl"), 0o700);
  await look();

  expect(told.filter((name) => name === "transcript.unreadable")).toHaveLength(2);
});

test("a file that was read is not asked for again, until it grows", async () => {
  const { root, look, read } = setup();
  writeFileSync(join(root, "a.jsonl"), "{}\n");

  expect(await look()).toEqual(["a.jsonl"]);
  read("a.jsonl");
  expect(await look()).toEqual([]);
  appendFileSync(join(root, "a.jsonl"), "{}\n");
  expect(await look()).toEqual(["a.jsonl"]);
});
