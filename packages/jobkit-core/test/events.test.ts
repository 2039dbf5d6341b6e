import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  defineEvents,
  describeEvent,
  eventFromJson,
  eventFromValue,
  eventProblems,
  eventToJson,
  field,
  jobkitEvents,
  severities,
  type EventRow,
  type EventTable,
  type JobEvent,
} from "../src/index.ts";

const row = (change: Partial<EventRow> = {}): EventRow => ({
  id: 1000,
  unit: "count",
  sev: "info",
  fields: { a: field.text, n: field.count },
  doc: "Something happened.",
  ...change,
});

describe("declaring events", () => {
  test.each<[string, EventTable, string]>([
    ["a name without a verb", { thing: row() }, "noun.pastVerb"],
    ["a name with a capital", { "Thing.done": row() }, "noun.pastVerb"],
    [
      "a hole in the ids",
      { "a.done": row(), "b.done": row({ id: 1002, doc: "x." }) },
      "id 1002, expected 1001",
    ],
    ["a duplicate id", { "a.done": row(), "b.done": row({ doc: "x." }) }, "id 1000, expected 1001"],
    ["a missing sentence", { "a.done": row({ doc: " " }) }, "sentence is missing"],
    ["two rows of one sentence", { "a.done": row(), "b.done": row({ id: 1001 }) }, "same sentence as a.done"],
    ["a histogram of a text", { "a.done": row({ hist: ["a"] }) }, "a is not a number"],
    ["a histogram of nothing", { "a.done": row({ hist: ["z"] }) }, "z is not a number"],
    ["counting by a text", { "a.done": row({ by: ["a"] }) }, "a is not a label"],
    ["counting by nothing", { "a.done": row({ by: ["z"] }) }, "z is not a label"],
    [
      "counting by a label that metrics have already",
      { "a.done": row({ fields: { job: field.label }, by: ["job"] }) },
      "the label job is taken",
    ],
    [
      "a choice of nothing",
      { "a.done": row({ fields: { c: { kind: "label", values: [] } } }) },
      "c has no values",
    ],
  ])("%s is refused at load", (_, table, words) => {
    expect(() => defineEvents(table as Record<string, EventRow & { hist?: never; by?: never }>)).toThrow(
      words,
    );
  });

  test("the first id of a table may be given", () => {
    expect(() => defineEvents({ "a.done": row({ id: 5 }) }, 5)).not.toThrow();
  });
});

describe("checking fields against a row", () => {
  const checked = row({ fields: { a: field.text, n: field.ms, c: field.oneOf("x", "y") } });
  const problems = (attrs: JobEvent["attrs"]): readonly string[] =>
    eventProblems({ ev: "a.done", attrs }, checked);

  test("what fits has no problems", () => {
    expect(problems({ a: "", n: 0, c: "x" })).toEqual([]);
  });

  test("every problem is told", () => {
    expect(problems({ a: 1, c: "z", extra: 1 })).toEqual([
      "a.done: a is not a text",
      "a.done: n is missing",
      "a.done: c is none of x, y",
      "a.done: extra is not a field of it",
    ]);
  });
});

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom('"', "\\", "\n", "\u2028", "\uD800", "__proto__"),
);
// Names of fields are words of a source. (V8 13.6 reads a key of one escaped character, such as "\\n", wrongly.)
const fieldName = fc.oneof(
  fc.stringMatching(/^[A-Za-z_]\w{0,20}$/),
  fc.constantFrom("__proto__", "constructor"),
);
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.maxSafeInteger(),
);
const anyEvent: fc.Arbitrary<JobEvent> = fc.record({
  seq: fc.maxSafeNat(),
  ts: number,
  ev: fc.constantFrom("task.finished", "app.unknownRow", "a.b.cD"),
  sev: fc.constantFrom(...severities),
  trace: fc.option(text),
  span: fc.option(text),
  job: fc.option(text),
  attempt: fc.option(fc.nat()),
  attrs: fc.dictionary(fieldName, fc.oneof(text, number), { noNullPrototype: true }),
});

describe("an event as JSON", () => {
  test("survives the way there and back, whatever row it is of", () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const line = eventToJson(event);

        expect(line).not.toContain("\n");
        expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(event)));
        expect(JSON.stringify(eventFromJson(line))).toBe(JSON.stringify(event));
      }),
      { numRuns: 500 },
    );
  });

  test("numbers that JSON does not have become texts", () => {
    const event = { ...sample, attrs: { a: Number.NaN, b: Number.NEGATIVE_INFINITY } };

    expect(eventFromJson(eventToJson(event)).attrs).toEqual({ a: "NaN", b: "-Infinity" });
  });

  test("a gap may come without an envelope", () => {
    expect(eventFromJson('{"ev":"stream.gap","attrs":{"from":3,"to":5,"dropped":3}}')).toEqual({
      seq: 5,
      ts: 0,
      ev: "stream.gap",
      sev: "warn",
      trace: null,
      span: null,
      job: null,
      attempt: null,
      attrs: { from: 3, to: 5, dropped: 3 },
    });
  });

  test("unknown keys of the envelope are left out, missing context is null", () => {
    const { trace, span, job, attempt, ...rest } = sample;

    expect(eventFromValue({ ...rest, later: true })).toEqual({ ...rest, trace, span, job, attempt });
  });

  test.each([
    ["{", "is not JSON"],
    ["[]", "is not an object"],
    ["null", "is not an object"],
    ["{}", 'no "ev"'],
    ['{"ev":"Bad Name","attrs":{}}', 'no "ev"'],
    ['{"ev":"a.b"}', 'no "attrs"'],
    ['{"ev":"a.b","attrs":[]}', 'no "attrs"'],
    ['{"ev":"a.b","attrs":{"x":{}}}', 'whose "x" is neither'],
    ['{"ev":"a.b","attrs":{},"ts":1,"sev":"info"}', 'no "seq"'],
    ['{"ev":"a.b","attrs":{},"seq":-1,"ts":1,"sev":"info"}', 'no "seq"'],
    ['{"ev":"a.b","attrs":{},"seq":1.5,"ts":1,"sev":"info"}', 'no "seq"'],
    ['{"ev":"a.b","attrs":{},"seq":1,"ts":"x","sev":"info"}', 'no "ts"'],
    ['{"ev":"a.b","attrs":{},"seq":1,"ts":1,"sev":"loud"}', 'no "sev"'],
    ['{"ev":"a.b","attrs":{},"seq":1,"ts":1,"sev":"info","job":5}', '"trace", "span" or "job"'],
    ['{"ev":"a.b","attrs":{},"seq":1,"ts":1,"sev":"info","attempt":"1"}', '"attempt"'],
    [" ".repeat(2 ** 20 + 1), "characters long"],
  ])("%j is refused with what is wrong with it", (line, words) => {
    expect(() => eventFromJson(line)).toThrow(words);
  });

  test("no line makes reading fail in any other way", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (line) => {
        let code: unknown = "EVENT_INVALID";
        try {
          eventFromJson(line);
        } catch (error) {
          code = (error as { code?: unknown }).code;
        }
        expect(code).toBe("EVENT_INVALID");
      }),
    );
  });
});

const sample: JobEvent = {
  seq: 1,
  ts: 2,
  ev: "task.finished",
  sev: "info",
  trace: null,
  span: null,
  job: null,
  attempt: null,
  attrs: { task: "t1", outcome: "done", ranMs: 1500, attempts: 1 },
};

const exampleOf = (
  name: string,
  { kind, values }: { kind: string; values?: readonly string[] },
): string | number =>
  values?.[0] ?? (kind === "id" || kind === "label" || kind === "text" ? `<${name}>` : 1000);

describe("an event in words", () => {
  test("every row of jobkit has a sentence of its own, in which its fields stand", () => {
    for (const [ev, one] of Object.entries<EventRow>(jobkitEvents)) {
      const attrs = Object.fromEntries(
        Object.entries(one.fields).map(([name, kind]) => [name, exampleOf(name, kind)]),
      );
      const words = describeEvent({ ...sample, ev, attrs });

      expect(words).not.toContain(ev);
      expect(words).not.toContain("undefined");
      const texts = Object.values(attrs).filter(
        (value) => typeof value === "string" && value.startsWith("<"),
      );
      const shown = texts.filter(
        (value) => words.includes(String(value)) || value === "<key>" || value === "<task>",
      );
      expect(shown).toEqual(texts);
    }
  });

  test("names the job, and says durations in words", () => {
    expect(describeEvent({ ...sample, job: "hash" })).toBe("hash: task t1 done after 1.5 s");
  });

  test("says how many attempts it took where it took more than one", () => {
    const event = { ...sample, attrs: { ...sample.attrs, attempts: 3 } };

    expect(describeEvent(event)).toBe("task t1 done after 1.5 s in 3 attempts");
  });

  test("a pause of no job in particular is one of every job", () => {
    const words = ["", "hash"].map((target) =>
      describeEvent({ ...sample, ev: "job.paused", attrs: { target } }),
    );

    expect(words).toEqual([
      "every job paused: nothing more is started",
      "job hash paused: nothing more is started",
    ]);
  });

  test("an event of an application says its fields, in the units of its row", () => {
    const event = { ...sample, ev: "file.read", attrs: { path: "/a", ranMs: 2500, sizeBytes: 2048, n: 3 } };
    const known = row({
      fields: { path: field.id, ranMs: field.ms, sizeBytes: field.bytes, n: field.count },
    });

    expect(describeEvent(event, known)).toBe("file.read: path /a, ranMs 2.5 s, sizeBytes 2 KiB, n 3");
    expect(describeEvent(event)).toBe("file.read: path /a, ranMs 2500, sizeBytes 2048, n 3");
    expect(describeEvent({ ...event, attrs: {} })).toBe("file.read");
  });

  test("an event of jobkit whose fields do not fit falls back to its fields", () => {
    expect(describeEvent({ ...sample, attrs: { task: "t1", later: 1 } })).toBe(
      "task.finished: task t1, later 1",
    );
  });

  test("is always one short line without control characters", () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        expect(describeEvent(event)).toMatch(/^[^\p{Cc}\u2028\u2029\u202A-\u202E]{0,400}$/u);
      }),
    );
  });
});
