/**
 * A folder of transcripts as bad as they come, and what is to be said of each: for the reader's tests and for
 * those of the whole program. Everything is made at run time from a seed.
 */
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { FindingReason } from "../../src/transcript/discover.ts";
import type { TranscriptFormat } from "../../src/transcript/format.ts";
import type { SkipReason } from "../../src/transcript/record.ts";
import { SessionWriter } from "./records.ts";
import { plantSecrets } from "./secrets.ts";

/** One hard case, and what a program that reads it must say. */
export interface HostileCase {
  readonly name: string;
  /** Path below the root. */
  readonly file: string;
  /** Lines that are told as skipped, by reason. */
  readonly skipped: Partial<Record<SkipReason, number>>;
  /** A text that must be read although the rest is bad; `null` where nothing can be. */
  readonly good: string | null;
  /** There is a torn last line. */
  readonly torn?: true;
  /** Told by the scan instead of being read. */
  readonly finding?: FindingReason;
  /** Read and known as another agent's. */
  readonly format?: TranscriptFormat;
}

/** A secret that lies in the folder and must not survive anywhere. */
export interface HiddenSecret {
  readonly kind: string;
  readonly where: "prompt" | "answer" | "result" | "input" | "path" | "long-result";
  readonly secret: string;
}

/** What was written. */
export interface HostileFolder {
  readonly root: string;
  readonly cases: readonly HostileCase[];
  readonly secrets: readonly HiddenSecret[];
  /** Put a shorter file with `text` in the place of the case "replaced later". */
  replaceShorter(text: string): void;
}

/** Sizes that a test may want smaller, or larger. */
export interface HostileOptions {
  readonly seed: number;
  /** Files of one prompt each below `tiny/`. */
  readonly tinyFiles: number;
  /** Length of the line that is too long, in bytes. */
  readonly longLineBytes: number;
}

/** 48 MiB of line, 200 tiny files. */
export const hostileDefaults: HostileOptions = { seed: 1, tinyFiles: 200, longLineBytes: 48 * 1024 * 1024 };

/** Depth at which a naive walk over a value ends its stack. */
const NESTING = 200_000;
const REPLACED = "replaced-later.jsonl";

/** Write the folder. `root` must be empty; removing it is the caller's. */
export function generateHostile(root: string, options: HostileOptions): HostileFolder {
  const put = (file: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  };
  const cases: HostileCase[] = [];
  let seed = options.seed * 1000;
  const add = (name: string, write: (session: SessionWriter, good: string) => Made): void => {
    seed += 1;
    const good = `Please remember the case ${name}.`;
    const {
      content,
      file = `${name.replaceAll(" ", "-")}.jsonl`,
      skipped = {},
      ...rest
    } = write(new SessionWriter(seed), good);
    put(file, content);
    cases.push({ name, file, skipped, good, ...rest });
  };
  addLines(add);
  addTrees(add);
  addFormats(add);
  addLongLine(root, options, cases);
  addThings(root, cases);
  for (let index = 0; index < options.tinyFiles; index += 1)
    put(`tiny/t${index}.jsonl`, `${new SessionWriter(seed + 1 + index).prompt(`Tiny session ${index}.`)}\n`);
  const secrets = addSecrets(put, options.seed);
  return {
    root,
    cases,
    secrets,
    replaceShorter: (text) => put(REPLACED, `${new SessionWriter(seed + 500_000).prompt(text)}\n`),
  };
}

interface Made {
  readonly content: string | Buffer;
  readonly file?: string;
  readonly skipped?: HostileCase["skipped"];
  readonly good?: null;
  readonly torn?: true;
  readonly format?: TranscriptFormat;
}
type Add = (name: string, write: (session: SessionWriter, good: string) => Made) => void;

const joined = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");
const bytes = (...parts: readonly (string | readonly number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))));

/** What can be wrong with bytes and lines. */
function addLines(add: Add): void {
  add("torn last line", (s, good) => ({
    content: joined(s.prompt(good)) + s.answer("cut").slice(0, 90),
    torn: true,
  }));
  add("NUL hole", (s, good) => ({
    content: bytes(
      joined(s.prompt(good)),
      Array<number>(4096).fill(0),
      joined(s.answer("behind the hole"), s.answer("fine")),
    ),
    skipped: { "nul-bytes": 1 },
  }));
  add("byte order mark", (s, good) => ({ content: `\uFEFF${joined(s.prompt(good))}` }));
  add("CRLF", (s, good) => ({ content: `${s.prompt(good)}\r\n${s.answer("yes")}\r\n` }));
  add("cut UTF-8", (s, good) => ({
    content: bytes(
      joined(s.prompt(good)),
      '{"type":"user","x":"',
      [0xf0, 0x9f, 0x98],
      '"}\n',
      joined(s.answer("on")),
    ),
    skipped: { "bad-utf8": 1 },
  }));
  add("not JSON", (s, good) => ({
    content: joined("hello", s.prompt(good), "{'single': 'quotes'}", '{"type":"user"', "NaN x"),
    skipped: { "not-json": 4 },
  }));
  add("array lines", (s, good) => ({
    content: joined("[1,2,3]", s.prompt(good), '"text"', "null", "42"),
    skipped: { "not-an-object": 4 },
  }));
  add("huge nesting", (s, good) => ({
    content: joined(
      s.prompt(good),
      `{"type":"user","message":${"[".repeat(NESTING)}${"]".repeat(NESTING)}}`,
      `{"type":"user","message":${'{"a":'.repeat(300)}1${"}".repeat(300)}}`,
    ),
    skipped: { "too-deep": 2 },
  }));
  add("empty file", () => ({ content: "", good: null }));
  add("blank lines", (s, good) => ({ content: `\n\n${joined(s.prompt(good))}\n \n` }));
  add("lone surrogates", (s, good) => ({
    content: joined(s.prompt(good), s.answer("x").replace('"x"', '"a\\ud800b\\udc00"')),
  }));
  add("control and bidi characters", (s, good) => ({
    content: joined(s.prompt(`${good} \u001b]52;c;aGk=\u0007 \u202egnp.exe\u202c \u0000\u0008 \u009b31m`)),
  }));
}

/** What can be wrong with records and how they hang together. */
function addTrees(add: Add): void {
  add("cycle of parents", (s, good) => {
    const [a, b] = [s.uuid(), s.uuid()];
    return {
      content: joined(
        s.prompt(good, { uuid: a, parentUuid: b }),
        s.answer("b", { uuid: b, parentUuid: a }),
        s.prompt("self", { uuid: "x", parentUuid: "x" }),
      ),
    };
  });
  add("missing parents", (s, good) => ({
    content: joined(s.prompt(good, { parentUuid: s.uuid() }), s.answer("ok")),
  }));
  const shared = new SessionWriter(77);
  const history = [
    shared.prompt("Please remember the shared beginning."),
    shared.answer("The shared beginning is remembered."),
  ];
  add("fork original", (s, good) => ({ content: joined(...history, s.prompt(good)) }));
  add("fork copy", (s, good) => ({
    content: joined(
      ...history.map((line) => line.replaceAll(shared.sessionId, s.sessionId)),
      s.prompt(good, { parentUuid: shared.newest }),
    ),
  }));
  add("two sessions in a file", (s, good) => ({
    content: joined(s.prompt(good), s.prompt("second", { sessionId: s.uuid() })),
  }));
  add("replaced later", (s, good) => ({
    content: joined(s.prompt(good), ...Array.from({ length: 50 }, (_, n) => s.answer(`line ${n}`))),
    file: REPLACED,
  }));
  add("strange times", (s, good) => ({
    content: joined(
      s.prompt(good),
      ...[1e308, -1, "1e308", "yesterday", null, {}, "9999-99-99T99:99:99Z", "2026-01-01T00:00:00Z"].map(
        (timestamp) => s.answer("when?", { timestamp }),
      ),
    ),
  }));
  add("prototype keys", (s, good) => ({
    content: joined(
      s
        .call("t1", "Tool", {})
        .replace(
          '"input":{}',
          '"input":{"__proto__":{"polluted":1},"constructor":"c","toString":"t","__proto__":"p"}',
        ),
      `{"type":"__proto__","uuid":"${s.uuid()}"}`,
      `{"type":"constructor","uuid":"${s.uuid()}"}`,
      s.prompt(good),
    ),
    skipped: { "unknown-type": 2 },
  }));
  add("unknown types", (s, good) => ({
    content: joined(s.other("telepathy", {}), s.prompt(good), s.other("", {})),
    skipped: { "unknown-type": 2 },
  }));
  add("wrong kinds of fields", (s, good) => ({
    content: joined(
      s.other("user", { message: 7 }),
      s.other("assistant", {
        message: { content: [null, 1, "x", [], { type: "text", text: 5 }, { type: "tool_use", input: [] }] },
      }),
      s.other("user", { message: { content: [{ type: "tool_result", content: { a: 1 } }] } }),
      s.prompt(good, { cwd: 5, gitBranch: [], uuid: {}, parentUuid: 9, isSidechain: "no", isMeta: "yes" }),
    ),
  }));
}

/** Other agents' files under a transcript's name. */
function addFormats(add: Add): void {
  add("pretty JSON of another agent", () => ({
    content: JSON.stringify(
      { sessionId: "s", projectHash: "h", messages: [{ type: "user", content: "hello" }] },
      null,
      2,
    ),
    good: null,
    format: "pretty-json",
  }));
  add("rollout of another agent", () => ({
    content: joined('{"timestamp":"2026-07-24T04:28:59.837Z","type":"session_meta","payload":{"id":"x"}}'),
    good: null,
    format: "codex",
  }));
}

/** Written in pieces: a string of this length is not wanted in main memory either. */
function addLongLine(root: string, { seed, longLineBytes }: HostileOptions, cases: HostileCase[]): void {
  const session = new SessionWriter(seed);
  const good = "Please remember what stands behind the long line.";
  const file = "long-line.jsonl";
  const out = openSync(join(root, file), "w");
  const piece = Buffer.alloc(1024 * 1024, "a");
  writeSync(out, '{"type":"user","message":{"role":"user","content":"');
  for (let left = longLineBytes; left > 0; left -= piece.length)
    writeSync(out, piece.subarray(0, Math.min(left, piece.length)));
  writeSync(out, `"}}\n${session.prompt(good)}\n`);
  closeSync(out);
  cases.push({ name: "long line", file, skipped: { "too-long": 1 }, good });
}

/** Things of the file system that have a transcript's name. */
function addThings(root: string, cases: HostileCase[]): void {
  const things: readonly (readonly [name: string, file: string, finding: FindingReason])[] = [
    ["folder named like a transcript", "folder.jsonl", "is-a-folder"],
    ["link to itself", "loop.jsonl", "is-a-link"],
    ["link to the folder above", "up", "is-a-link"],
    ["link to outside", "outside.jsonl", "is-a-link"],
    ["pipe", "pipe.jsonl", "not-a-file"],
  ];
  mkdirSync(join(root, "folder.jsonl"));
  symlinkSync("loop.jsonl", join(root, "loop.jsonl"));
  symlinkSync("..", join(root, "up"));
  symlinkSync("/etc/hostname", join(root, "outside.jsonl"));
  execFileSync("mkfifo", [join(root, "pipe.jsonl")]);
  for (const [name, file, finding] of things) cases.push({ name, file, skipped: {}, good: null, finding });
  appendFileSync(join(root, "unreadable.jsonl"), "x\n");
  chmodSync(join(root, "unreadable.jsonl"), 0);
}

/** Where secrets are hidden. In a path and in an input only the secret stands, without what the form put around it. */
function addSecrets(put: (file: string, content: string) => void, seed: number): readonly HiddenSecret[] {
  const session = new SessionWriter(seed + 9);
  const hidden: HiddenSecret[] = [];
  const lines: string[] = [session.prompt("Please deploy the service.")];
  const places = ["prompt", "answer", "result", "input", "path", "long-result"] as const;
  // What is wrapped over lines is measured by the corpus; here every secret stands as it is and none may be missed.
  const planted = plantSecrets(seed, 1).filter(({ form }) => form !== "wrapped" && form !== "encoded");
  planted.forEach(({ kind, form, secret: whole, traces, text }, index) => {
    const secret = traces[0] ?? whole;
    const where = places[index % places.length] ?? "prompt";
    if (where === "path" && (form !== "plain-chat" || kind === "telegram")) return;
    hidden.push({ kind, where, secret });
    const id = `call_${index}`;
    if (where === "prompt") lines.push(session.prompt(`Look at this:\n${text}`));
    else if (where === "answer") lines.push(session.answer(text));
    else if (where === "result") lines.push(session.result(id, text));
    else if (where === "input") lines.push(session.call(id, "Bash", { command: text, description: "run" }));
    else if (where === "path")
      lines.push(session.answer("done", { cwd: `/home/ada/${secret}/app`, gitBranch: `fix-${secret}` }));
    else
      lines.push(
        session.result(id, [
          {
            type: "text",
            text: `${"x ".repeat(9000 - (index % 60))}${text}${" y".repeat(3000 + (index % 97) * 11)}`,
          },
        ]),
      );
  });
  put("secrets/session.jsonl", joined(...lines));
  return hidden;
}
