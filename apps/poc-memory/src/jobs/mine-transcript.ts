import { basename, join } from "node:path";
import { CodedError, defineJob, type Clock, type Emitter, type Job, type JobContext } from "jobkit-core";
import { z } from "zod/mini";
import type { MemoryEvents } from "../events.ts";
import type { Redactor } from "../redact/redactor.ts";
import type { TranscriptName, TranscriptProgress } from "../store/progress.ts";
import type { SqliteMemoryStore } from "../store/sqlite-store.ts";
import type { TranscriptLimits } from "../transcript/limits.ts";
import { readTranscript, startOfFile, type TranscriptReading } from "../transcript/read.ts";
import type { ReadItem, SkipReason } from "../transcript/record.ts";
import { examine } from "./examine.ts";
import { fileKey } from "./scan-transcripts.ts";
import type { TroubledTranscripts } from "./troubled-transcripts.ts";
import { TranscriptMining, type SegmentOutcome } from "./mining.ts";

/** What the job is submitted with: which transcript. */
export const mineInput = z.object({
  root: z.string().check(z.minLength(1)),
  name: z.string().check(z.minLength(1)),
});
type MineInput = z.infer<typeof mineInput>;

export interface MineDeps {
  readonly store: SqliteMemoryStore;
  readonly redactor: Redactor;
  readonly events: Emitter<MemoryEvents>;
  readonly clock: Clock;
  readonly troubled: TroubledTranscripts;
  readonly limits: TranscriptLimits;
  /** Bytes of one transcript between two commits. */
  readonly batchBytes: number;
  /** Skipped lines of one reading that get an event of their own. */
  readonly skipsReportedMax: number;
  readonly timeoutMs: number;
}

/** The one slot: a transcript at a time, so that main memory is bounded and forks are met in a fixed order. */
export const READER_POOL = "reader";

/** Read what is new in one transcript and remember what it says. */
export function mineTranscript(deps: MineDeps): Job<MineInput> {
  return defineJob({
    name: "mine-transcript",
    doc: "Read the new part of one transcript, redact it, and remember what it says.",
    input: mineInput,
    needs: { [READER_POOL]: 1 },
    timeoutMs: deps.timeoutMs,
    retry: { attempts: 8, firstMs: 5_000, maxMs: 30 * 60_000, factor: 4 },
    async run(context) {
      const key = fileKey(context.input);
      try {
        await mine(deps, context);
        deps.troubled.mend(key);
      } catch (error) {
        if (!context.signal.aborted) deps.troubled.fail(key);
        throw error;
      }
    },
  });
}

async function mine(deps: MineDeps, { input, signal, progress }: JobContext<MineInput>): Promise<void> {
  const path = join(input.root, input.name);
  const known = deps.store.progress.transcript(input);
  const examined = await examine(path, input, known).catch((error: unknown) => gone(deps, known, error));
  if (examined === null) return;
  const { start, replaced } = examined;
  if (replaced !== null)
    deps.events.emit("transcript.replaced", () => ({
      transcript: input.name,
      generation: start.generation,
      why: replaced,
    }));
  const reading = readTranscript({
    path,
    from: start.position,
    limits: deps.limits,
    redact: deps.redactor,
    signal,
  });
  const run = new Reading(deps, start, reading);
  let committedAt = start.position.offset;
  for await (const item of reading) {
    run.take(item);
    if (reading.position.offset - committedAt < deps.batchBytes) continue;
    run.commit("reading");
    committedAt = reading.position.offset;
    progress(committedAt, reading.identity?.size ?? 0, basename(input.name));
  }
  run.finish();
}

/** An agent has deleted its session between the look and now: recorded, and nothing is wrong. */
function gone({ store }: MineDeps, known: TranscriptProgress | null, error: unknown): null {
  if (!(error instanceof CodedError) || error.code !== "TRANSCRIPT_GONE") throw error;
  if (known !== null) store.progress.saveTranscript({ ...known, state: "gone" });
  return null;
}

/** One reading: what it has met, and how it is told and committed. */
class Reading {
  readonly #deps: MineDeps;
  readonly #name: TranscriptName;
  readonly #from: TranscriptProgress;
  readonly #reading: TranscriptReading;
  readonly #mining: TranscriptMining;
  readonly #skipped: Partial<Record<SkipReason, number>>;
  #kept: number;
  #skips = 0;

  constructor(deps: MineDeps, from: TranscriptProgress, reading: TranscriptReading) {
    this.#deps = deps;
    this.#name = { root: from.root, name: from.name };
    this.#from = from;
    this.#reading = reading;
    this.#mining = new TranscriptMining(deps.store, this.#name, from.generation);
    this.#skipped = { ...from.linesSkipped };
    this.#kept = from.linesKept;
  }

  take(item: ReadItem): void {
    if (item.kind === "record") {
      this.#kept += 1;
      this.#mining.take(item.record);
      return;
    }
    const { reason, line, bytes } = item;
    this.#skips += 1;
    this.#skipped[reason] = (this.#skipped[reason] ?? 0) + 1;
    if (this.#skips <= this.#deps.skipsReportedMax)
      this.#deps.events.emit("transcript.lineSkipped", () => ({
        transcript: this.#name.name,
        line,
        reason,
        size: bytes,
      }));
  }

  commit(state: TranscriptProgress["state"]): void {
    const { position, identity } = this.#reading;
    const outcomes = this.#mining.commit(
      {
        ...this.#from,
        identity: identity ?? this.#from.identity,
        position: state === "refused" ? startOfFile : position,
        state,
        linesKept: this.#kept,
        linesSkipped: this.#skipped,
      },
      this.#deps.clock.now(),
    );
    for (const outcome of outcomes) this.#tell(outcome);
  }

  /** The last commit, and the account of the whole reading. */
  finish(): void {
    const { events } = this.#deps;
    const { format, position, redactions } = this.#reading;
    const refused = format !== "claude-code" && format !== "undecided";
    this.commit(refused ? "refused" : "current");
    if (refused)
      events.emit("transcript.unreadable", () => ({
        path: this.#name.name,
        why: `its format is ${format}, not claude-code`,
      }));
    for (const [kind, found] of Object.entries(redactions))
      events.emit("secret.redacted", () => ({ transcript: this.#name.name, kind, found }));
    const fromByte = this.#from.position.offset;
    events.add("transcript.bytesRead", position.offset - fromByte, () => ({ transcript: this.#name.name }));
    events.emit("transcript.read", () => ({
      transcript: this.#name.name,
      fromByte,
      toByte: position.offset,
      lines: position.line - this.#from.position.line,
      skipped: this.#skips,
      duplicates: this.#mining.duplicates,
    }));
  }

  #tell({ segment, episodes, facts, applied }: SegmentOutcome): void {
    const { events } = this.#deps;
    const transcript = this.#name.name;
    if (episodes + facts === 0) events.emit("segment.empty", () => ({ transcript, segment }));
    else events.emit("segment.mined", () => ({ transcript, segment, episodes, facts }));
    const { revision, written, forgotten, linked, unlinked } = applied;
    if (written + forgotten + linked + unlinked > 0)
      events.emit("memory.changed", () => ({
        revision,
        author: "miner",
        written,
        forgotten,
        linked,
        unlinked,
      }));
  }
}
