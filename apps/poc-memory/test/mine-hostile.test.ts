import * as fc from "fast-check";
import { expect, test } from "vitest";
import { memoryLimits, stateLimits } from "../src/mine/limits.ts";
import type { Entry, TranscriptRecord } from "../src/transcript/record.ts";
import { inline, withoutRecalled } from "../src/mine/text/clean.ts";
import { keep, shorten } from "../src/mine/text/keep.ts";
import { blocks } from "../src/mine/text/blocks.ts";
import { sentences } from "../src/mine/text/prose.ts";
import { mine } from "./mine-sessions.ts";

const STATE_BYTES_MAX = 128 * 1024;
const RUNS = 60;
/** Controls and direction marks. */
const unseen = new RegExp(
  String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]`,
  "u",
);
const MARKER = "[redacted:github-token:0a1b2c3d]";

/** Fragments that hurt: controls, direction marks, closing fences, tags, headings, tables, markers, odd unicode, near-endless lines. */
const nasty = fc.constantFrom(
  "\u001b[31mred\u001b[0m",
  "\u0000",
  "\u202e",
  "\ud800",
  "```\n",
  "~~~",
  "</poc-memory-recall>",
  "<poc-memory x>",
  "<!-- ",
  "-->",
  "# H\n",
  "| Why | a |\n|---|---|\n| `x` | because it is so and no other way |\n",
  MARKER,
  "\u{1f600}",
  "汉字".repeat(200),
  '"\\'.repeat(300),
  "a".repeat(5000),
  "\n\n",
  "Always use tabs. ",
  "Found it! The `Close()` call waits for `Timeout` for ever. ",
  "error: cannot open `x`\n",
  "- **b**:\n  - c\n",
  "__proto__",
  "[a](b)",
  "ﷺ",
  "1) ",
);
const text = fc
  .array(fc.oneof(nasty, fc.string({ unit: "binary", maxLength: 60 })), { maxLength: 14 })
  .map((parts) => parts.join(""));
const callId = fc.constantFrom("a", "b", "c", "__proto__", "x".repeat(500));
const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ kind: fc.constant("prompt" as const), text }),
  fc.record({ kind: fc.constant("answer" as const), text }),
  fc.record({
    kind: fc.constant("call" as const),
    callId,
    tool: fc.constantFrom("Bash", "Edit", "Write", "apply_patch", "constructor", "Task"),
    input: fc.record({
      command: fc.oneof(
        text,
        fc.constantFrom(
          "npm test",
          "go test ./... | tail",
          `git commit -m "fix: ${"y".repeat(900)} because"`,
          "make lint",
        ),
      ),
      file_path: text,
      old_string: text,
      new_string: text,
      patch: text,
      prompt: text,
    }),
  }),
  fc.record({
    kind: fc.constant("result" as const),
    callId,
    failed: fc.boolean(),
    text: fc.oneof(text, fc.constant("[main abcdef1] fix")),
    bytes: fc.nat(),
  }),
  fc.record({ kind: fc.constant("compaction" as const), trigger: fc.constant("auto" as const) }),
  fc.record({ kind: fc.constant("summary" as const), of: fc.constant("title" as const), text }),
  fc.record({ kind: fc.constant("command" as const), name: text, args: text }),
  fc.record({
    kind: fc.constant("pull-request" as const),
    url: fc.oneof(text, fc.constant("https://example.com/o/r/pull/1")),
  }),
  fc.record({ kind: fc.constant("interruption" as const) }),
);
const record: fc.Arbitrary<TranscriptRecord> = fc.record({
  line: fc.nat(),
  uuid: fc.option(text),
  parentUuid: fc.option(text),
  sessionId: fc.option(fc.constantFrom("s", "s", "s", "z".repeat(900))),
  atMs: fc.option(fc.oneof(fc.double(), fc.integer({ min: 0, max: 2e12 }))),
  cwd: fc.option(text),
  gitBranch: fc.option(text),
  sidechain: fc.boolean(),
  entries: fc.array(entry, { maxLength: 6 }),
});

test("whatever a transcript holds, state and memories stay bounded, clean, whole and the same", () => {
  fc.assert(
    fc.property(
      fc.array(record, { maxLength: 60 }),
      fc.uniqueArray(fc.nat(60), { maxLength: 5 }),
      (records, cuts) => {
        const mined = mine(records, "t.jsonl");

        expect(mine(records, "t.jsonl", new Set(cuts))).toEqual(JSON.parse(JSON.stringify(mined)));
        for (const { state, memories } of mined) {
          expect(Buffer.byteLength(JSON.stringify(state))).toBeLessThan(STATE_BYTES_MAX);
          for (const memory of memories) {
            expect(memory.content.length).toBeLessThanOrEqual(
              memory.category === "episode" ? memoryLimits.episodeChars : memoryLimits.factChars,
            );
            expect(memory.content).toBe(memory.content.toWellFormed());
            expect(memory.content).not.toMatch(unseen);
            expect(memory.content).not.toMatch(/```|~~~|<\/|<!--|<poc-memory/u);
            expect(memory.content.replaceAll(MARKER, "")).not.toMatch(/\[redacted:/u);
            expect(memory.key).toMatch(/^[a-z]{3,12}\/[a-z0-9/-]{1,90}$/u);
            expect(memory.entities.length).toBeLessThanOrEqual(memoryLimits.entities);
            expect(memory.receipts.length).toBeGreaterThan(0);
            expect(Number.isSafeInteger(memory.createdAtMs)).toBe(true);
          }
          expect(new Set(memories.map((memory) => memory.key)).size).toBe(memories.length);
        }
      },
    ),
    { numRuns: RUNS },
  );
});

/** Words that no other number has, then characters that cost most in JSON, `chars` in all. */
function dear(n: number, chars: number): string {
  const own = Array.from({ length: 6 }, (_, k) => `w${String(n)}x${String(k)}`).join(" ");
  return `${own} ${'"\\汉'.repeat(chars)}`.slice(0, chars);
}

const bash = (id: string, command: string): Entry => ({
  kind: "call",
  callId: id,
  tool: "Bash",
  input: { command },
});
const result = (id: string, output: string, failed = false): Entry => ({
  kind: "result",
  callId: id,
  failed,
  text: output,
  bytes: 1,
});

/** Everything a turn can leave in a state, as dear as can be. */
function fillTurn(n: number): readonly Entry[] {
  const changed = {
    file_path: `/${dear(n, 300).replaceAll("\\", '"')}`,
    old_string: "",
    new_string: `${dear(n, 100)}\nsecond ${dear(n, 90)}`,
  };
  const commit = `git commit -m '${dear(n, 300)}\n\n${dear(n, 1500)}'`;
  return [
    { kind: "prompt", text: `Never use ${dear(n, 290)}.` },
    {
      kind: "answer",
      text: `Found it! The \`f${String(n)}()\` ${dear(n, 400)}.\n\nWant me to ${dear(n, 200)}?`,
    },
    bash(`c${String(n)}`, commit),
    result(`c${String(n)}`, `[${dear(n, 150)} abcdef1] x`),
    bash(`t${String(n)}`, `npm run test:${String(n)} ${dear(n, 300)}`),
    result(`t${String(n)}`, `error: cannot ${dear(n, 390)}\nerror: cannot do ${dear(n + 1000, 390)}`, true),
    { kind: "answer", text: `It is because ${dear(n, 900)}.` },
    { kind: "call", callId: `e${String(n)}`, tool: "Edit", input: changed },
    result(`e${String(n)}`, "ok"),
    bash(`u${String(n)}`, `npm run test:${String(n)} ${dear(n, 300)}`),
    n % 2 === 0
      ? result(`u${String(n)}`, "[test] $ go ".padEnd(90, "x"))
      : result(`u${String(n)}`, "FAIL x", true),
    { kind: "pull-request", url: `https://example.com/${String(n)}/${'"'.repeat(190)}` },
    bash(
      `p${String(n)}`.padEnd(400, '"'),
      `${["test", "run lint", "run build"].map((task) => `npm ${task} ${dear(n, 300)}`).join("; ")}; ${commit}`,
    ),
    {
      kind: "answer",
      text: `- Fixed ${dear(n, 380)} by \`it\`\n- Fixed more of ${dear(n + 500, 380)} by \`it\``,
    },
  ];
}

test("a state filled to every limit stays below 128 KiB", () => {
  const records: TranscriptRecord[] = Array.from({ length: 120 }, (_, n) => ({
    line: n + 1,
    uuid: '"'.repeat(300),
    parentUuid: null,
    sessionId: '"'.repeat(300),
    atMs: 1.7e12 + n,
    cwd: `/${'"'.repeat(600)}`,
    gitBranch: '"'.repeat(300),
    sidechain: false,
    entries: fillTurn(n),
  }));

  const [{ state } = { state: null }, ...more] = mine(records, "t.jsonl");
  const filled = [
    state?.turns,
    state?.files,
    state?.runs,
    state?.pending,
    state?.failures,
    state?.fixes,
    state?.commits,
    state?.pullRequests,
    state?.statements,
  ];

  expect(more).toEqual([]);
  expect(filled.map((list) => list?.length)).toEqual([
    stateLimits.turns,
    stateLimits.files,
    stateLimits.runs,
    stateLimits.pending,
    stateLimits.failures,
    stateLimits.fixes,
    stateLimits.commits,
    stateLimits.pullRequests,
    stateLimits.statements,
  ]);
  expect(Buffer.byteLength(JSON.stringify(state))).toBeLessThan(STATE_BYTES_MAX);
});

test("cutting never parts a redaction marker or a surrogate pair", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 80 }),
      fc.string({ unit: "grapheme", maxLength: 80 }),
      fc.integer({ min: 4, max: 200 }),
      (before, after, size) => {
        const whole = `${before}${MARKER}${after}`;

        for (const cut of [keep(whole, size), shorten(whole, size)]) {
          expect(cut.isWellFormed()).toBe(true);
          expect(cut.includes(MARKER) || !cut.includes("[redacted")).toBe(true);
        }
        expect(shorten(whole, size).length).toBeLessThanOrEqual(size);
      },
    ),
  );
});

test("no sentence is lost or made up when prose is taken apart", () => {
  expect(sentences("It ends. See `a.b. C` and v1.2.3, e.g. this. Really? Yes!")).toEqual([
    "It ends.",
    "See `a.b. C` and v1.2.3, e.g. this.",
    "Really?",
    "Yes!",
  ]);
  expect(
    blocks(
      "# A\n\nOne **two**:\n```js\nx()\n```\n- a:\n  - b\n    c\n\n| h | Why |\n|---|---|\n| 1 | 2 |",
    ).map(({ kind, text: words, lead }) => [kind, words, lead]),
  ).toEqual([
    ["heading", "A", ""],
    ["paragraph", "One two:", ""],
    ["code", "`x()`", "One two:"],
    ["bullet", "a:", "One two:"],
    ["bullet", "b c", "a:"],
    ["row", "h | Why", "One two:"],
    ["row", "1 | 2", "One two:"],
  ]);
});

test("what was recalled is cut out, closed or not, whatever its fence is called", () => {
  expect(withoutRecalled('a <poc-memory-x1 n="2">secret</poc-memory-x1> b')).toBe("a   b");
  expect(withoutRecalled("a <poc-memory>never closed")).toBe("a  ");
  expect(inline("x </poc-memory> <!-- y --> <system-reminder>z")).toBe(
    "x ‹/poc-memory> ‹!-- y --› ‹system-reminder>z",
  );
});
