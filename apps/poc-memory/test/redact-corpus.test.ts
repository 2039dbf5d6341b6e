import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Redactor } from "../src/redact/redactor.ts";
import { innocentLines } from "./hostile/innocent.ts";
import { plantSecrets } from "./hostile/secrets.ts";

const redactor = new Redactor(new Uint8Array(32).fill(7));
const transcripts = join(import.meta.dirname, "../../../../shared/data/transcripts");

test("of a thousand secrets in more than 300 kinds and forms at least 95 % are found, each as one", () => {
  const planted = plantSecrets(20_261, 3);

  const results = planted.map((one) => ({ traces: one.traces, ...redactor.redact(one.text) }));

  const missed = results.filter(({ traces, text }) => traces.some((trace) => text.includes(trace)));
  const marks = results.flatMap(({ counts }) => Object.values(counts)).reduce((sum, count) => sum + count, 0);
  expect(planted.length).toBeGreaterThanOrEqual(900);
  expect(new Set(planted.map(({ kind, form }) => `${kind}/${form}`)).size).toBeGreaterThanOrEqual(300);
  expect(missed.length / planted.length).toBeLessThanOrEqual(0.05);
  expect((marks - (planted.length - missed.length)) / marks).toBeLessThanOrEqual(0.05);
});

test("every kind of secret is found in at least four of five of its forms", () => {
  const planted = plantSecrets(4, 2);

  for (const kind of new Set(planted.map((one) => one.kind))) {
    const ofKind = planted.filter((one) => one.kind === kind);
    const found = ofKind.filter(({ traces, text }) => {
      const redacted = redactor.redact(text).text;
      return !traces.some((trace) => redacted.includes(trace));
    });
    expect([kind, found.length / ofKind.length >= 0.8]).toEqual([kind, true]);
  }
});

test("what only looks like a secret is left as it is", () => {
  const changed = innocentLines.filter((line) => redactor.redact(line).text !== line);

  expect(changed).toEqual([]);
});

test.skipIf(!existsSync(transcripts))(
  "nothing is redacted in real sessions, which hold no secrets (shared data)",
  () => {
    const found: string[] = [];
    for (const path of globSync(join(transcripts, "**/*.jsonl")))
      for (const line of readFileSync(path, "utf8").split("\n")) {
        if (line === "") continue;
        for (const text of stringsOf(JSON.parse(line)))
          for (const span of redactor.find(text))
            found.push(`${span.kind}: ${text.slice(span.start - 40, span.end)}`);
      }

    expect(found).toEqual([]);
  },
);

function stringsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}
