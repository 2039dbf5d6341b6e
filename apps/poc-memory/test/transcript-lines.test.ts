import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LineSplitter } from "../src/transcript/lines.ts";
import type { Line } from "../src/transcript/lines.ts";
import { startOfFile } from "../src/transcript/read.ts";

const CAP = 16;

function split(
  content: Buffer,
  cuts: readonly number[],
  from = startOfFile,
): { lines: Line[]; splitter: LineSplitter } {
  const splitter = new LineSplitter(from, CAP);
  const lines: Line[] = [];
  const ends = [...cuts.map((cut) => cut % (content.length + 1)), content.length].toSorted((a, b) => a - b);
  // One buffer for all chunks, as a reader has it: what a splitter wants to keep it must copy.
  const chunk = Buffer.alloc(content.length);
  let start = 0;
  for (const end of ends) {
    content.copy(chunk, 0, start, end);
    lines.push(...splitter.push(chunk.subarray(0, end - start)));
    chunk.fill(0x23);
    start = end;
  }
  return { lines, splitter };
}

const content = fc
  .array(
    fc.oneof(
      fc.string({ unit: fc.constantFrom("a", "é", "😀", "\r", "\n", "\uFEFF", " "), maxLength: 30 }),
      fc.constantFrom("\n", "\r\n", "x".repeat(CAP), "x".repeat(CAP + 1), "x".repeat(CAP * 9), "\u0000"),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.from(parts.join("")));
const bad = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes));
const input = fc.tuple(content, bad, content).map((parts) => Buffer.concat(parts));

describe("lines", () => {
  test("any cutting into chunks gives the same lines, offsets and position", () => {
    fc.assert(
      fc.property(input, fc.array(fc.nat(200), { maxLength: 20 }), (bytes, cuts) => {
        const whole = split(bytes, []);
        const pieces = split(bytes, cuts);
        expect(pieces.lines).toEqual(whole.lines);
        expect(pieces.splitter.position).toEqual(whole.splitter.position);
        expect(pieces.splitter.tornBytes).toBe(whole.splitter.tornBytes);
      }),
      { numRuns: 500 },
    );
  });

  test("reading in two goes at any newline equals reading at once", () => {
    fc.assert(
      fc.property(input, fc.nat(), (bytes, pick) => {
        const whole = split(bytes, []).lines;
        if (whole.length === 0) return;
        const last = whole[pick % whole.length];
        const from = { offset: (last?.offset ?? 0) + (last?.bytes ?? 0), line: last?.line ?? 0 };
        const first = split(bytes.subarray(0, from.offset), []).lines;
        const second = split(bytes.subarray(from.offset), [], from).lines;
        expect([...first, ...second]).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  test("offsets and lengths point at the very bytes, and what follows the last newline is torn", () => {
    fc.assert(
      fc.property(input, (bytes) => {
        const { lines, splitter } = split(bytes, []);
        let offset = 0;
        for (const line of lines) {
          expect(line.offset).toBe(offset);
          offset += line.bytes;
          expect(bytes[offset - 1]).toBe(0x0a);
        }
        expect(splitter.position).toEqual({ offset, line: lines.length });
        expect(splitter.tornBytes).toBe(bytes.length - offset);
      }),
    );
  });

  test("a line of exactly the cap is kept, one byte more is passed over, CR and LF do not count", () => {
    const exact = "x".repeat(CAP);
    const { lines } = split(Buffer.from(`${exact}\r\n${exact}y\r\n${exact}\n${exact}y\nend\n`), [
      5,
      CAP + 1,
      40,
    ]);

    expect(lines.map((line) => (line.kind === "line" ? line.text : line.reason))).toEqual([
      exact,
      "too-long",
      exact,
      "too-long",
      "end",
    ]);
  });

  test("a mark at the start of a file is not text, elsewhere it is", () => {
    const { lines } = split(Buffer.from("\uFEFFa\n\uFEFFb\n"), []);

    expect(lines.map((line) => line.kind === "line" && line.text)).toEqual(["a", "\uFEFFb"]);
  });

  test("NUL bytes and cut characters are told by line, the lines around them are whole", () => {
    const bytes = Buffer.concat([Buffer.from("a\n\u0000b\nc"), Buffer.from([0xc3]), Buffer.from("\nd\n")]);

    const { lines } = split(bytes, []);

    expect(lines.map((line) => (line.kind === "line" ? line.text : line.reason))).toEqual([
      "a",
      "nul-bytes",
      "bad-utf8",
      "d",
    ]);
  });
});
