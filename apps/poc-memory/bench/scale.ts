// Many transcripts: throughput, peak resident set, and what a look costs when there is nothing new.
//   pnpm -C apps/poc-memory scale [MEGABYTES] [FILES]
// The transcripts are the real sessions beside the project (else the examples), repeated with ids of their own.
import { createHash } from "node:crypto";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openMemoryStore } from "../src/store/open.ts";
import { TroubledTranscripts } from "../src/jobs/troubled-transcripts.ts";
import { scanTranscripts } from "../src/jobs/scan-transcripts.ts";
import { sharedData } from "../test/support/program.ts";

const MB = 1_000_000;
const SAMPLE_MS = 50;
const LOOKS = 15;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const megabytes = Number(process.argv[2] ?? 1000);
const filesMin = Number(process.argv[3] ?? 2000);
const work = mkdtempSync(join(tmpdir(), "poc-memory-scale-"));

try {
  const sessions = sourceSessions();
  const made = makeTranscripts(join(work, "in"), sessions);
  console.log(`${made.files} files, ${(made.bytes / MB).toFixed(0)} MB, from ${sessions.length} sessions`);
  const first = await upOnce();
  console.log(
    `first run: ${seconds(first.tookMs)}, ${(made.bytes / MB / (first.tookMs / 1000)).toFixed(1)} MB/s, peak ${first.peakMb} MB`,
  );
  const second = await upOnce();
  console.log(`second run, nothing new: ${seconds(second.tookMs)}, peak ${second.peakMb} MB`);
  console.log(`a look with nothing new: ${await lookMs()} ms (median of ${LOOKS}) for ${made.files} files`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

function sourceSessions(): readonly string[] {
  const shared = sharedData("transcripts/claude-code");
  const folder =
    shared.missing === null ? shared.path : fileURLToPath(new URL("../examples/sessions", import.meta.url));
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => readFileSync(join(folder, name), "utf8"));
}

/** Sessions over and over, each with ids of its own; then as many small ones as are missing to the wanted number. */
function makeTranscripts(folder: string, sessions: readonly string[]): { files: number; bytes: number } {
  const smallest = sessions.toSorted((a, b) => a.length - b.length)[0] ?? "";
  const small = `${smallest.split("\n").slice(0, 8).join("\n")}\n`;
  const made = { files: 0, bytes: 0 };
  while (made.bytes < megabytes * MB || made.files < filesMin) {
    const text = made.bytes < megabytes * MB ? (sessions[made.files % sessions.length] ?? "") : small;
    const project = join(folder, `project-${made.files % 40}`);
    mkdirSync(project, { recursive: true });
    const path = join(project, `${idOf("file", made.files)}.jsonl`);
    writeFileSync(path, withOwnIds(text, made.files));
    made.bytes += statSync(path).size;
    made.files += 1;
  }
  return made;
}

function withOwnIds(text: string, copy: number): string {
  return text.replace(UUID, (uuid) => idOf(uuid, copy));
}

function idOf(uuid: string, copy: number): string {
  const hex = createHash("sha256").update(`${uuid} ${copy}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

async function upOnce(): Promise<{ tookMs: number; peakMb: number }> {
  const startedMs = performance.now();
  const args = ["--conditions=@jobkit/source", main, "up", "--once", "--quiet"];
  const child = spawn(
    process.execPath,
    [...args, "--data", join(work, "data"), "--transcripts", join(work, "in")],
    {
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  let peakKb = 0;
  const timer = setInterval(() => (peakKb = Math.max(peakKb, peakOf(child.pid ?? 0))), SAMPLE_MS);
  const code = await new Promise((resolve) => void child.on("close", resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`up --once ended with ${String(code)}`);
  return { tookMs: performance.now() - startedMs, peakMb: Math.round(peakKb / 1024) };
}

/** The kernel's own high-water mark of the resident set, in KiB. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0; // It has just ended: the sample before was the last.
  }
}

async function lookMs(): Promise<string> {
  using store = openMemoryStore({ path: join(work, "data", "memory.db"), mode: "read" });
  const scan = scanTranscripts({
    store,
    events: { emit: () => {}, add: () => {} },
    roots: [join(work, "in")],
    dataDir: join(work, "data"),
    troubled: new TroubledTranscripts(),
    limits: { depth: 6, files: 1_000_000 },
    everyMs: () => 0,
    quietMs: () => 0,
    now: () => Date.now(),
    monotonic: () => performance.now(),
  });
  const took: number[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    const startedMs = performance.now();
    const tasks = await scan.find(new AbortController().signal);
    took.push(performance.now() - startedMs);
    if (tasks.length > 0) throw new Error(`${tasks.length} files were not read to their end`);
  }
  return (took.toSorted((a, b) => a - b)[LOOKS >> 1] ?? 0).toFixed(1);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
