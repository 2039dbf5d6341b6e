import * as fc from "fast-check";
import { expect, test } from "vitest";
import { definePipeline, layersOf, pipelineJsonSchema, readPipeline, readPipelines } from "jobkit-core";
import { phaseOrder } from "../src/pipeline/layers.ts";
import { fillReferences } from "../src/pipeline/reference.ts";
import { anyPipeline, read } from "./pipeline-kit.ts";

const known = {
  jobs: ["fetch-page", "write-digest"],
  predicates: ["changed"],
  lists: ["new-pages"],
  pools: { net: 2 },
};

/** Path and words of everything that is wrong. */
function problems(value: unknown): string[] {
  const reading = readPipelines(value, known);
  return reading.ok ? [] : reading.problems.map(({ path, message }) => `${path}: ${message}`);
}

test("a pipeline of a file is the same value as one of code", () => {
  const phases = {
    fetch: {
      job: "fetch-page",
      map: { list: "new-pages", args: { since: "$date" }, maxItems: 50 },
      input: { page: "$item.url" },
      retry: { attempts: 5, firstMs: "10s" },
      timeoutMs: "1h30m",
      needs: { net: 1 },
    },
    digest: { job: "write-digest", after: ["fetch"], when: "always", priority: 2, labels: { kind: "text" } },
  } as const;

  const reading = readPipelines({ daily: { doc: "Every day.", phases } }, known);

  expect(reading).toEqual({
    ok: true,
    pipelines: [definePipeline({ name: "daily", doc: "Every day.", phases })],
  });
});

test("what is left out has its default, and durations are ms", () => {
  const { phases } = read({
    name: "daily",
    phases: { only: { job: "x", timeoutMs: "5m", retry: { firstMs: "2s" } } },
  });

  expect(phases).toEqual([
    {
      name: "only",
      doc: "",
      job: "x",
      input: {},
      after: [],
      when: { parents: "success", predicate: null },
      map: null,
      limits: { timeoutMs: 300_000, retry: { firstMs: 2_000 } },
      labels: {},
      priority: 0,
    },
  ]);
});

test("every problem is told at once, with the path of its key and the name that was probably meant", () => {
  const value = {
    daily: {
      dco: "Every day.",
      args: { limit: 1 },
      phases: {
        fetch: { job: "fetch-pag", map: { list: "new-page", maxItem: 3 }, needs: { net: 3, disk: 1 } },
        digest: { job: "write-digest", afer: ["fetch"], timeoutMs: "soon" },
        links: { job: "write-digest", after: ["dijest"], when: "allways", input: { n: "$arg.limit" } },
        Report: { after: "fetch", when: { predicate: "chnged", parents: "sucess" }, retry: { attempts: 0 } },
      },
    },
  };

  expect(problems(value)).toEqual([
    'pipelines.daily.dco: unknown key: did you mean "doc"?',
    'pipelines.daily.phases.fetch.map.maxItem: unknown key: did you mean "maxItems"?',
    'pipelines.daily.phases.fetch.map.list: no list "new-page": did you mean "new-pages"?',
    'pipelines.daily.phases.fetch.job: no job "fetch-pag": did you mean "fetch-page"?',
    "pipelines.daily.phases.fetch.needs.net: 3 slots of a pool that has 2",
    'pipelines.daily.phases.fetch.needs.disk: no pool "disk"; there is net',
    'pipelines.daily.phases.digest.afer: unknown key: did you mean "after"?',
    'pipelines.daily.phases.digest.timeoutMs: "soon" is not a duration such as 30s, 5m or 1h30m, longer than 0',
    'pipelines.daily.phases.links.after.0: no phase "dijest": did you mean "digest"?',
    'pipelines.daily.phases.links.input.n: $arg.limit stands for nothing: did you mean "$args"?, or write $$arg.limit for the text',
    'pipelines.daily.phases.links.when: "allways" is not one of success, no-failure, always: did you mean "always"?',
    "pipelines.daily.phases.Report: a name is 1 to 64 of a-z 0-9 -, and begins with a letter",
    'pipelines.daily.phases.Report.when.predicate: no predicate "chnged": did you mean "changed"?',
    'pipelines.daily.phases.Report.when.parents: "sucess" is not one of success, no-failure, always: did you mean "success"?',
    "pipelines.daily.phases.Report.job: is missing",
    "pipelines.daily.phases.Report.retry.attempts: 0 is not a whole number from 1",
  ]);
});

function phase(...after: string[]): object {
  return { job: "write-digest", after };
}

test("a circle is named, and a phase cannot wait for itself or twice for another", () => {
  expect(
    problems({ round: { phases: { a: phase("c"), b: phase("a"), c: phase("b"), d: phase("c") } } }),
  ).toEqual(["pipelines.round.phases: they wait in a circle: a waits for c waits for b waits for a"]);
  expect(problems({ own: { phases: { a: phase("a"), b: phase("a", "a") } } })).toEqual([
    "pipelines.own.phases.a.after.0: a cannot wait for itself",
    "pipelines.own.phases.b.after.1: a stands here twice",
  ]);
});

test("references are checked where they stand", () => {
  const phases = {
    one: { job: "write-digest", input: { a: "$item", b: ["$args.limti"], c: "$results.two", d: "$date." } },
    two: { job: "write-digest", after: "one", input: { a: "$results.one", b: "$$item", c: "$5" } },
  };

  expect(problems({ daily: { args: { limit: 1 }, phases } })).toEqual([
    "pipelines.daily.phases.one.input.a: $item needs a phase with a map",
    'pipelines.daily.phases.one.input.b.0: no argument "limti": did you mean "limit"?',
    'pipelines.daily.phases.one.input.c: no phase in `after` "two"',
    "pipelines.daily.phases.one.input.d: $date. has an empty part",
  ]);
});

test("what is no pipeline at all is said so, and never throws", () => {
  for (const value of [null, 7, "daily", [], { daily: null }, { daily: { phases: [] } }, { daily: {} }])
    expect(problems(value)).toHaveLength(1);
  fc.assert(
    fc.property(
      fc.object({
        maxDepth: 4,
        key: fc.constantFrom("daily", "phases", "a", "job", "after", "when", "map", "__proto__"),
      }),
      (value) => {
        const reading = readPipelines(value);

        expect(reading.ok || reading.problems.length > 0).toBe(true);
      },
    ),
  );
});

test("a name that contradicts its key, or is missing, is a problem", () => {
  const phases = { only: { job: "write-digest" } };

  expect(problems({ daily: { name: "nightly", phases } })).toEqual([
    'pipelines.daily.name: it stands under "daily" and calls itself "nightly"',
  ]);
  expect(readPipeline({ phases })).toMatchObject({
    ok: false,
    problems: [{ message: "its name is missing" }],
  });
});

test("in code, a misspelt phase does not compile, and what does is refused with everything that is wrong", () => {
  expect(() =>
    definePipeline({
      name: "daily",
      phases: {
        fetch: { job: "fetch-page" },
        // @ts-expect-error no phase is called that
        digest: { job: "write-digest", after: ["fetsch"] },
      },
    }),
  ).toThrow(/pipelines.daily.phases.digest.after.0: no phase "fetsch": did you mean "fetch"\?/);
});

test("layers hold every phase once, and each behind all that it waits for", () => {
  fc.assert(
    fc.property(anyPipeline(), (pipeline) => {
      const layers = layersOf(pipeline);
      const layerOf = new Map(layers.flatMap((layer, at) => layer.map(({ name }) => [name, at] as const)));

      expect(layers.flat().length).toBe(pipeline.phases.length);
      for (const { name, after } of pipeline.phases) {
        const deepest = Math.max(-1, ...after.map((parent) => layerOf.get(parent) ?? Number.NaN));
        expect(layerOf.get(name)).toBe(deepest + 1);
      }
      const order = phaseOrder(pipeline).map(({ name }) => name);
      for (const { name, after } of pipeline.phases)
        for (const parent of after) expect(order.indexOf(parent)).toBeLessThan(order.indexOf(name));
    }),
  );
});

test("a reference is a whole text and stands for a whole value", () => {
  const values = { date: "2026-01-01", item: { url: "u", tags: ["x", "y"] }, args: { n: 3 } };
  const input = {
    day: "$date",
    all: "$item",
    second: "$item.tags.1",
    n: "$args.n",
    text: "$$date",
    in: "a $date",
  };

  expect(fillReferences(input, values, "a test")).toEqual({
    day: "2026-01-01",
    all: { url: "u", tags: ["x", "y"] },
    second: "y",
    n: 3,
    text: "$date",
    in: "a $date",
  });
  expect(() => fillReferences("$item.title", values, "the input of fetch")).toThrow(
    "filling in the input of fetch: nothing stands at $item.title",
  );
  expect(() => fillReferences("$item.constructor", values, "a test")).toThrow(/nothing stands/);
});

test("the published schema knows every key, and its patterns and bounds are valid", () => {
  const text = JSON.stringify(pipelineJsonSchema);

  for (const key of [
    "phases",
    "after",
    "when",
    "map",
    "maxItems",
    "predicate",
    "retry",
    "timeoutMs",
    "needs",
  ])
    expect(text).toContain(`"${key}":{"description":`);
  for (const [, pattern] of text.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g))
    expect(() => new RegExp(JSON.parse(pattern as string) as string)).not.toThrow();
});
