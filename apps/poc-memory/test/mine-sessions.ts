/** What the miner's tests share: real sessions read from disk, sessions made by hand, and mining them in any number of pieces. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { closes, emptySegment, nextSegment, step } from "../src/mine/fold.ts";
import { memories } from "../src/mine/memories.ts";
import type { MinedMemory } from "../src/mine/mined.ts";
import type { SegmentState } from "../src/mine/segment-state.ts";
import { Redactor } from "../src/redact/redactor.ts";
import { defaultLimits } from "../src/transcript/limits.ts";
import { readTranscript, startOfFile } from "../src/transcript/read.ts";
import type { Entry, TranscriptRecord } from "../src/transcript/record.ts";

const KEY_BYTES = 32;
const NEWLINE = 0x0a;
const transcripts = resolve(import.meta.dirname, "../../../../shared/data/transcripts");

const app = resolve(import.meta.dirname, "..");

/** A session these tests know: `examples/…` of this repository, or a real one; `null` where the machine does not have it. */
export function knownSession(name: string): string | null {
  const path = join(name.startsWith("examples/") ? app : transcripts, name);
  return existsSync(path) ? path : null;
}

/**
 * The records of a transcript, redacted and capped as the product does it. Stored sessions may lack the last
 * newline, which a live one has: they are read from a copy that has it, so that the last answer is not taken
 * for a line that is still being written.
 */
export async function readRecords(path: string): Promise<readonly TranscriptRecord[]> {
  const bytes = readFileSync(path);
  if (bytes.at(-1) === NEWLINE) return await recordsOf(path);
  const folder = mkdtempSync(join(tmpdir(), "mine-"));
  try {
    const whole = join(folder, basename(path));
    writeFileSync(whole, Buffer.concat([bytes, Buffer.of(NEWLINE)]));
    return await recordsOf(whole);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function recordsOf(path: string): Promise<readonly TranscriptRecord[]> {
  const reading = readTranscript({
    path,
    from: startOfFile,
    limits: defaultLimits,
    redact: new Redactor(new Uint8Array(KEY_BYTES)),
    signal: new AbortController().signal,
  });
  const found: TranscriptRecord[] = [];
  for await (const item of reading) if (item.kind === "record") found.push(item.record);
  return found;
}

/** One closed or last segment. */
export interface Mined {
  readonly state: SegmentState;
  readonly memories: readonly MinedMemory[];
}

/** Mine all records as one transcript, storing and loading the state (as JSON) before each record whose index is in `cuts`. */
export function mine(
  all: readonly TranscriptRecord[],
  transcript: string,
  cuts: ReadonlySet<number> = new Set(),
): readonly Mined[] {
  const done: Mined[] = [];
  let state = emptySegment({ transcript, generation: 0, segment: 0 });
  for (const [n, record] of all.entries()) {
    if (cuts.has(n)) state = JSON.parse(JSON.stringify(state)) as SegmentState;
    if (closes(state, record)) {
      done.push({ state, memories: memories(state) });
      state = nextSegment(state, record);
    }
    state = step(state, record, { duplicate: false, rewindToTurn: null });
  }
  return [...done, { state, memories: memories(state) }];
}

/** Mine a real session. */
export async function mineFile(path: string): Promise<readonly Mined[]> {
  return mine(await readRecords(path), basename(path));
}

/** Records made by hand: one a minute, in one folder and session; `over` replaces what matters. */
export function records(...all: readonly (Entry | readonly Entry[])[]): readonly TranscriptRecord[] {
  return all.map((entries, n) => ({
    line: n + 1,
    uuid: `u${String(n + 1)}`,
    parentUuid: n === 0 ? null : `u${String(n)}`,
    sessionId: "s1",
    atMs: Date.UTC(2026, 0, 5, 10, n),
    cwd: "/home/ann/code/shop",
    gitBranch: "main",
    sidechain: false,
    entries: Array.isArray(entries) ? (entries as readonly Entry[]) : [entries as Entry],
  }));
}

/** Entries by hand. A call and its result go by the same id. */
export const said = (text: string): Entry => ({ kind: "prompt", text });
export const answered = (text: string): Entry => ({ kind: "answer", text });
export const ran = (callId: string, command: string): Entry => ({
  kind: "call",
  callId,
  tool: "Bash",
  input: { command },
});
export const edited = (callId: string, path: string, before: string, after: string): Entry => ({
  kind: "call",
  callId,
  tool: "Edit",
  input: { file_path: `/home/ann/code/shop/${path}`, old_string: before, new_string: after },
});
export const came = (callId: string, text: string, failed = false): Entry => ({
  kind: "result",
  callId,
  failed,
  text,
  bytes: text.length,
});

/** The contents of what is mined from records, all segments, the episode apart. */
export function told(all: readonly TranscriptRecord[]): {
  readonly episodes: readonly string[];
  readonly facts: readonly MinedMemory[];
} {
  const found = mine(all, "t.jsonl").flatMap((one) => one.memories);
  return {
    episodes: found.filter((one) => one.category === "episode").map((one) => one.content),
    facts: found.filter((one) => one.category !== "episode"),
  };
}
