import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  allOf,
  anyOf,
  CodedError,
  compileFilter,
  eventFilter,
  everything,
  parseFilter,
  printFilter,
  severities,
  type EventRow,
  type FilterField,
  type FilterNode,
  type FilterOperator,
  type JobEvent,
} from "../src/index.ts";

const event = (change: Partial<JobEvent> = {}): JobEvent => ({
  seq: 7,
  ts: 1000,
  ev: "task.finished",
  sev: "info",
  trace: "abc",
  span: "def",
  job: "hash",
  attempt: 2,
  attrs: { outcome: "done", ranMs: 1500, why: "disk is full" },
  ...change,
});

const passes = (text: string, change?: Partial<JobEvent>): boolean =>
  eventFilter(text).matches(event(change));

describe("what a filter lets through", () => {
  test.each([
    ["", true],
    ["   ", true],
    ["job=hash", true],
    ["job=other", false],
    ["job!=other", true],
    ["ev=task.*", true],
    ["ev=*.finished", true],
    ["ev=t*s*.f*d", true],
    ["ev=t*x*d", false],
    ["ev!=task.*", false],
    ["sev>=info", true],
    ["sev>=warn", false],
    ["sev<warn", true],
    ["sev=info", true],
    ["trace=abc span=def", true],
    ["attempt>1", true],
    ["attempt=2 seq<=7 ts>999", true],
    ["attr.outcome=done", true],
    ["attr.ranMs>=1500", true],
    ["attr.ranMs>=2s", false],
    ["attr.ranMs=1.5s", true],
    ["attr.outcome>5", false],
    ["attr.none=x", false],
    ["attr.none!=x", true],
    ["attr.none>0", false],
    ["attr.constructor!=x", true],
    ['attr.why="disk is full"', true],
    ['attr.why=~"* is *"', true],
    ['attr.why="* is *"', false],
    ["job=hash sev>=warn", false],
    ["job=hash and sev<warn", true],
    ["sev>=warn or job=hash", true],
    ["job=x or job=y or job=hash", true],
    ["job=hash sev>=warn or ev=task.finished", true],
    ["job=x (sev>=warn or ev=task.finished)", false],
    ["not job=x", true],
    ["not (job=hash sev=info)", false],
    ["not not job=hash", true],
    ["not job=x not job=y", true],
    ["()", true],
    ["not ()", false],
    [" ( job = hash ) ", true],
  ])("%j of the example event: %s", (text, expected) => {
    expect(passes(text)).toBe(expected);
  });

  test("what is not there equals nothing", () => {
    const outside = { job: null, trace: null, span: null, attempt: null };

    expect(passes("job=*", outside)).toBe(false);
    expect(passes("job!=hash", outside)).toBe(true);
    expect(passes("attempt>0", outside)).toBe(false);
  });
});

/** The tree, or the error where the text cannot be read. Anything else that is thrown fails the test. */
function parsed(text: string): FilterNode | CodedError {
  try {
    return parseFilter(text);
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
}

describe("a filter that cannot be read", () => {
  test.each([
    ["jbo=x", 'at character 1: there is no field "jbo": did you mean "job"?'],
    ["job=a seev>=warn", 'at character 7: there is no field "seev": did you mean "sev"?'],
    ["ranMs>5", 'there is no field "ranMs"'],
    ["task.finished", 'did you mean "ev=task.finished"?'],
    ["job", '"job" is not compared with anything'],
    ["job=", "at character 5: a value is missing"],
    ["sev>=wrn", 'at character 6: there is no severity "wrn": did you mean "warn"?'],
    ["job>=x", "job has no order"],
    ["attempt=many", '"many" is not a number'],
    ["attr.x>=many", '"many" is not a number'],
    ["sev=w*", '"*" cannot stand'],
    ["(job=x", "at character 1: a parenthesis is not closed"],
    ["job=x)", "a closing parenthesis too many"],
    ["job=x or", "a term is missing at its end"],
    ["or job=x", 'a term is missing before "or"'],
    ["job=x and", "a term is missing at its end"],
    ["not", "a term is missing at its end"],
    ['job="x', "a quoted text is not closed"],
    ["=x", "expected a term"],
    ["attr.=x", 'there is no field "attr."'],
    ["(".repeat(40) + "job=x", "nests deeper than 32"],
    ["x".repeat(5000), "of 5000 characters"],
  ])("%j says where and what", (text, words) => {
    expect(parsed(text)).toMatchObject({
      code: "FILTER_INVALID",
      message: expect.stringContaining(words) as string,
    });
  });

  test("a name that no row has is an error where the names are known", () => {
    const names = ["task.finished", "task.started"];

    expect(() => eventFilter("not (ev=task.finshed)", { names })).toThrow('did you mean "task.finished"?');
    expect(() => eventFilter("ev=disk.*", { names })).toThrow("no event is named");
    expect(() => eventFilter("ev!=task.gone", { names })).toThrow("no event is named");
    expect(eventFilter("ev=task.* or ev=task.started", { names }).matches(event())).toBe(true);
  });

  test("no text makes it fail in any other way", () => {
    const pieces = fc.constantFrom(
      "job",
      "ev",
      "=",
      "!=",
      ">",
      "(",
      ")",
      '"',
      "\\",
      "*",
      "~",
      "not",
      "or",
      "and",
      " ",
      "attr.x",
      "5",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(pieces).map((parts) => parts.join("")),
      fc.array(pieces).map((parts) => parts.join(" ")),
    );
    fc.assert(
      fc.property(text, (given) => {
        const node = parsed(given);
        const code = node instanceof CodedError ? node.code : "FILTER_INVALID";

        expect(code).toBe("FILTER_INVALID");
        expect(node instanceof CodedError ? node : parsed(printFilter(node))).toEqual(node);
      }),
      { numRuns: 1000 },
    );
  });
});

const value = fc.oneof(
  fc.constantFrom("done", "hash", "a b", 'q"\\', "*", "t*k", "or", "not", "~x", "", "task.finished", "5"),
  fc.string({ maxLength: 8 }),
);
const textTerm = fc
  .record({
    field: fc.constantFrom<FilterField | "attr">("ev", "job", "trace", "span", "attr"),
    attr: fc.constantFrom("outcome", "why", "ranMs", "none"),
    op: fc.constantFrom<FilterOperator>("=", "!="),
    value,
    star: fc.boolean(),
  })
  .map(({ field, attr, star, ...term }): FilterNode => ({
    kind: "term",
    field,
    attr: field === "attr" ? attr : "",
    op: term.op,
    value: term.value,
    pattern: star && term.value.includes("*"),
  }));
const orderTerm = fc
  .record({
    field: fc.constantFrom<FilterField | "attr">("sev", "attempt", "seq", "ts", "attr"),
    op: fc.constantFrom<FilterOperator>("=", "!=", ">=", "<=", ">", "<"),
    number: fc.nat(2000),
    sev: fc.constantFrom(...severities),
  })
  .map(({ field, op, number, sev }): FilterNode => ({
    kind: "term",
    field,
    attr: field === "attr" ? "ranMs" : "",
    op,
    value: field === "sev" ? sev : String(number),
    pattern: false,
  }));
const { tree } = fc.letrec<{ tree: FilterNode; leaf: FilterNode }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("leaf"),
    tie("tree").map((of): FilterNode => ({ kind: "not", of })),
    fc.array(tie("tree"), { minLength: 1, maxLength: 3 }).map(allOf),
    fc.array(tie("tree"), { minLength: 1, maxLength: 3 }).map(anyOf),
  ),
  leaf: fc.oneof(textTerm, orderTerm, fc.constant(everything)),
}));

describe("a filter as a tree", () => {
  test("its text reads back to the same tree", () => {
    fc.assert(
      fc.property(tree, (node) => {
        expect(parseFilter(printFilter(node))).toEqual(node);
      }),
      { numRuns: 1000 },
    );
  });

  test("an event it lets through belongs to a row it may match", () => {
    const attrs = { outcome: ["done", "failed"], why: ["a b", "x", "hash"], ranMs: [0, 5, 1500] };
    const row = fc.record({
      name: fc.constantFrom("task.finished", "task.started", "hash"),
      sev: fc.constantFrom(...severities),
      outcome: fc.constantFrom(...attrs.outcome),
      why: fc.option(fc.constantFrom(...attrs.why)),
      ranMs: fc.option(fc.constantFrom(...attrs.ranMs)),
      job: fc.option(fc.constantFrom("hash", "done", "5")),
    });
    fc.assert(
      fc.property(tree, row, (node, { name, sev, outcome, why, ranMs, job }) => {
        const fields: Record<string, EventRow["fields"][string]> = {
          outcome: { kind: "label", values: attrs.outcome },
          ...(why === null ? {} : { why: { kind: "text" as const } }),
          ...(ranMs === null ? {} : { ranMs: { kind: "ms" as const } }),
        };
        const { matches, mayMatch } = compileFilter(node);
        const given = event({
          ev: name,
          sev,
          job,
          attrs: { outcome, ...(why === null ? {} : { why }), ...(ranMs === null ? {} : { ranMs }) },
        });

        const may = mayMatch(name, { id: 1, unit: "count", sev, doc: "x", fields });

        expect(!matches(given) || may).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test("rows that it can never match are known beforehand", () => {
    const row: EventRow = {
      id: 1,
      unit: "count",
      sev: "info",
      doc: "x",
      fields: { outcome: { kind: "label", values: ["done", "failed"] } },
    };
    const may = (text: string): boolean => eventFilter(text).mayMatch("task.finished", row);

    expect(
      ["ev=task.* job=x", "sev<=info", "attr.outcome=done", "not attr.outcome=done", "job=x"].map(may),
    ).toEqual(Array.from({ length: 5 }, () => true));
    expect(
      [
        "ev=pool.*",
        "sev>=warn job=x",
        "attr.outcome=gone",
        "attr.other=x",
        "not ev=task.*",
        "not (job=x or ev=*)",
      ].map(may),
    ).toEqual(Array.from({ length: 6 }, () => false));
  });

  test("a pattern with many stars costs no more than its text", () => {
    const filter = eventFilter(`job=${"*a".repeat(200)}*b`);

    expect(filter.matches(event({ job: "a".repeat(20_000) }))).toBe(false);
    expect(filter.matches(event({ job: `${"a".repeat(20_000)}b` }))).toBe(true);
  });
});
