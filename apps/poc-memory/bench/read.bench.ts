/**
 * What reading the real sessions costs, beside the plainest reader there could be, in one run: `readline` and
 * `JSON.parse` of every line, with nothing bounded, told or redacted. Numbers are for comparing, not for judging.
 * Divide the bytes that the test's name tells by the mean time for MB/s.
 */
import { createReadStream, existsSync, globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { Redactor } from "../src/redact/redactor.ts";
import { readLine } from "../src/transcript/claude-code.ts";
import { Keeper } from "../src/transcript/keep.ts";
import { defaultLimits } from "../src/transcript/limits.ts";
import { LineSplitter } from "../src/transcript/lines.ts";
import { readTranscript, startOfFile } from "../src/transcript/read.ts";

const shared = join(import.meta.dirname, "../../../../shared/data/transcripts");
const paths = existsSync(shared) ? globSync(join(shared, "claude-code*/*.jsonl")).toSorted() : [];
const megabytes = paths.reduce((sum, path) => sum + statSync(path).size, 0) / 1_000_000;
const redactor = new Redactor(new Uint8Array(32).fill(1));
const signal = new AbortController().signal;

/** So that nothing is optimised away. */
let seen = 0;

async function plain(): Promise<void> {
  for (const path of paths)
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity }))
      if (line !== "") seen += Object.keys(JSON.parse(line) as object).length;
}

async function whole(): Promise<void> {
  for (const path of paths)
    for await (const item of readTranscript({
      path,
      from: startOfFile,
      limits: defaultLimits,
      redact: redactor,
      signal,
    }))
      seen += item.kind === "record" ? item.record.entries.length : 0;
}

const contents = paths.map((path) => readFileSync(path));
const lines = contents.flatMap((content) => [
  ...new LineSplitter(startOfFile, defaultLimits.lineBytes).push(content),
]);

function splitting(): void {
  for (const content of contents)
    for (const line of new LineSplitter(startOfFile, defaultLimits.lineBytes).push(content))
      seen += line.bytes;
}

function reading(): void {
  const context = { keep: new Keeper(redactor), limits: defaultLimits };
  for (const line of lines)
    if (line.kind === "line") seen += readLine(line.text, line.line, context).kind.length;
}

const title = `${megabytes.toFixed(2)} MB of ${paths.length} real sessions`;

test.skipIf(paths.length === 0)(`${title}, from the disk (needs the shared data)`, async ({ bench }) => {
  await bench.compare(bench("readline and JSON.parse", plain), bench("readTranscript", whole));
  expect(seen).not.toBe(0);
});

test.skipIf(paths.length === 0)(`${title}, by part (needs the shared data)`, async ({ bench }) => {
  await bench.compare(bench("bytes to lines", splitting), bench("lines to redacted records", reading));
  expect(seen).not.toBe(0);
});
