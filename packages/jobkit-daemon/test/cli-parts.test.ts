import * as fc from "fast-check";
import { FakeClock } from "jobkit-core/testing";
import { expect, test } from "vitest";
import { cleanJson, cleanLine, cleanText } from "../src/cli/clean-text.ts";
import { bytes, duration, grouped, moment } from "../src/cli/draw/amount.ts";
import { bar, gauge } from "../src/cli/draw/bar.ts";
import { tableLines } from "../src/cli/draw/table.ts";
import { cellsOf, fit, pad } from "../src/cli/draw/width.ts";
import { exitCodes } from "../src/cli/exit-codes.ts";
import { globalFlags, settingsGiven, takeGlobals } from "../src/cli/globals.ts";
import { Output } from "../src/cli/output.ts";
import { ProgressLine } from "../src/cli/progress-line.ts";
import { wantsColour } from "../src/cli/style.ts";

// oxlint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

test("no text, however hostile, keeps anything a terminal would obey", () => {
  const hostile = fc.string({ unit: "binary", maxLength: 200 });
  fc.assert(
    fc.property(hostile, (text) => {
      expect(cleanText(text)).not.toMatch(OBEYED);
      expect(cleanLine(text)).not.toMatch(/[\t\n\u2028\u2029]/);
      expect(cleanJson({ text })).not.toMatch(OBEYED);
    }),
  );
});

test("clean JSON reads back as exactly the same value", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(cleanJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("global flags are taken wherever they stand, with the rest untouched", () => {
  const { given, rest } = takeGlobals(
    ["--json", "jobs", "list", "--data=/d", "--limit", "5", "--set", "a=1", "--set", "a=2"],
    globalFlags,
  );

  expect(rest).toEqual(["jobs", "list", "--limit", "5"]);
  expect([...given]).toEqual([
    ["json", [""]],
    ["data", ["/d"]],
    ["set", ["a=1", "a=2"]],
  ]);
});

test("what follows -- belongs to the command, also when it looks like a global flag", () => {
  const { given, rest } = takeGlobals(["write", "--", "--json", "--data"], globalFlags);

  expect(given.size).toBe(0);
  expect(rest).toEqual(["write", "--", "--json", "--data"]);
});

test.each([
  [["--data"], "--data"],
  [["--data", "--json"], "--data"],
  [["--json=yes"], "takes no value"],
  [["--data", "a", "--data", "b"], "given twice"],
])("a global flag that is given wrongly is a usage error: %j", (argv, words) => {
  expect(() => takeGlobals(argv, globalFlags)).toThrow(words);
});

test("--set and flags of settings give values by name; a key given twice becomes a list", () => {
  const flags = [
    ...globalFlags,
    { name: "roots", takes: "value", many: true, doc: "Roots.", setting: "x.roots" } as const,
  ];

  const values = settingsGiven(
    takeGlobals(["--set", "a.b=1=2", "--set", "l=x", "--set", "l=y", "--roots", "r"], flags),
    flags,
  );

  expect(values).toEqual({ "x.roots": ["r"], "a.b": "1=2", l: ["x", "y"] });
  expect(() => settingsGiven(takeGlobals(["--set", "=x"], flags), flags)).toThrow("KEY=VALUE");
});

test.each([
  [{ NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
  [{ NO_COLOR: "" }, true, true],
  [{ FORCE_COLOR: "1" }, false, true],
  [{ FORCE_COLOR: "0" }, true, false],
  [{ TERM: "dumb" }, true, false],
  [{ TERM: "xterm" }, true, true],
  [{}, false, false],
])("colours with %j on a terminal (%s): %s", (env, isTerminal, wanted) => {
  expect(wantsColour({ env, isTerminal, refused: false })).toBe(wanted);
  expect(wantsColour({ env, isTerminal, refused: true })).toBe(false);
});

test("a bar is as long as its share, in eighths, whatever number it is given", () => {
  expect([bar(0, 4), bar(0.5, 4), bar(0.53125, 4), bar(1, 4), bar(9, 4), bar(Number.NaN, 4)]).toEqual([
    "",
    "██",
    "██▏",
    "████",
    "████",
    "",
  ]);
  expect(gauge(0.5, 4)).toBe("██··");
});

test("text is measured in cells, cut and filled to them", () => {
  expect([cellsOf("abc"), cellsOf("日本"), cellsOf("e\u0301"), cellsOf("\u001b[31mred\u001b[39m")]).toEqual([
    3, 4, 1, 3,
  ]);
  expect([fit("abcdef", 4), fit("abc", 4), fit("日本語", 4), fit("abc", 0)]).toEqual([
    "abc…",
    "abc",
    "日…",
    "",
  ]);
  expect([pad("ab", 4), pad("ab", 4, "right")]).toEqual(["ab  ", "  ab"]);
});

test("no line of a table is wider than it may be", () => {
  const cell = fc.string({ maxLength: 30 }).map(cleanLine);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cell, cell), { maxLength: 10 }),
      fc.integer({ min: 1, max: 60 }),
      (rows, cellsMax) => {
        for (const line of tableLines([{ head: "A" }, { head: "B", align: "right" }], rows, cellsMax))
          expect(cellsOf(line)).toBeLessThanOrEqual(cellsMax);
      },
    ),
  );
});

test("amounts are said the way people say them", () => {
  expect(
    [85, 3_200, 59_000, 250_000, 7_500_000, 273_600_000, Number.POSITIVE_INFINITY].map(duration),
  ).toEqual(["85 ms", "3.2 s", "59 s", "4 min 10 s", "2 h 5 min", "3 d 4 h", "for ever"]);
  expect([0, 1_023, 1_536, 52_428_800].map(bytes)).toEqual(["0 B", "1023 B", "1.5 KiB", "50 MiB"]);
  expect(grouped(1_234_567)).toBe("1,234,567");
  expect(moment(0)).toBe("1970-01-01 00:00:00Z");
});

test("every exit code has a number of its own and a sentence", () => {
  const rows = Object.values(exitCodes);

  expect(new Set(rows.map(({ code }) => code)).size).toBe(rows.length);
  for (const { doc } of rows) expect(doc).toMatch(/\.$/);
});

/** An output whose streams are kept. */
function setupOutput(options: { readonly isTTY: boolean; readonly quiet?: boolean }) {
  const written: string[] = [];
  const stream = { write: (text: string) => void written.push(text), isTTY: options.isTTY, columns: 60 };
  const out = new Output({
    stdout: stream,
    stderr: stream,
    env: {},
    json: false,
    quiet: options.quiet ?? false,
    noColor: true,
  });
  return { out, written };
}

const progress = (done: number) => ({
  done,
  failed: 0,
  waiting: 9 - done,
  running: [{ task: "t", job: "mill", done: 1, total: 4, what: "grain\u001b[2J" }],
});

test("on a terminal progress is one line, redrawn at most ten times a second, clean and no wider than the screen", async () => {
  const clock = new FakeClock();
  const { out, written } = setupOutput({ isTTY: true });
  const line = new ProgressLine(out, clock);

  line.show(progress(1));
  line.show(progress(2));
  await clock.advance(100);
  line.show(progress(3));
  line[Symbol.dispose]();

  expect(written).toHaveLength(3);
  expect(written[0]).toContain("1 done, 9 to go; mill: grain[2J 25 %");
  expect(written[1]).toContain("3 done");
  for (const text of written) expect(cellsOf(text.replace("\r\u001b[2K", ""))).toBeLessThan(60);
  expect(written[2]).toBe("\r\u001b[2K");
});

test("elsewhere progress is a plain line now and then, and with --quiet nothing", async () => {
  const clock = new FakeClock();
  const plain = setupOutput({ isTTY: false });
  const quiet = setupOutput({ isTTY: true, quiet: true });
  const lines = [new ProgressLine(plain.out, clock), new ProgressLine(quiet.out, clock)];

  for (const line of lines) line.show(progress(1));
  await clock.advance(4_999);
  for (const line of lines) line.show(progress(2));
  await clock.advance(1);
  for (const line of lines) line.show(progress(3));

  expect(plain.written).toEqual([
    expect.stringMatching(/^1 done.*\n$/),
    expect.stringMatching(/^3 done.*\n$/),
  ]);
  expect(quiet.written).toEqual([]);
});

test("data that comes while progress is shown takes its place for a moment and never mixes with it", () => {
  const { out, written } = setupOutput({ isTTY: true });
  out.redraw("half way");

  out.data("a fact");

  expect(written.join("")).toBe("\r\u001b[2Khalf way\r\u001b[2Ka fact\nhalf way");
});
