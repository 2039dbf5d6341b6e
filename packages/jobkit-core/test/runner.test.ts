import { expect, test } from "vitest";
import { fatal, fork, type JobContext } from "../src/index.ts";
import { FakeClock } from "../src/testing/index.ts";
import { attemptOf } from "./attempt-kit.ts";
import { job, named } from "./scheduler-kit.ts";

test("an attempt that returns is done with its result, its duration and its events", async () => {
  const clock = new FakeClock();
  const copies = job("copy", async ({ progress, note, warn, attempt: number, task }) => {
    progress(1, 2, "files", { bytes: 7 });
    note("half way");
    warn("slow");
    await clock.sleep(50);
    return { number, same: task === attempt.task.id, missing: undefined };
  });
  const { seen, ends, attempt, alarms } = attemptOf(copies, { clock });

  await clock.settle();
  expect(ends).toEqual([]);
  await clock.advance(50);

  expect(ends).toEqual([{ kind: "done", result: { number: 2, same: true }, ranMs: 50 }]);
  expect(seen.map((event) => event.ev)).toEqual([
    "task.started",
    "task.progressed",
    "task.noted",
    "task.warned",
  ]);
  expect(seen[0]).toMatchObject({ attempt: 2, job: "copy", attrs: { waitedMs: 70, worker: "main-1" } });
  expect(seen[1]?.attrs).toMatchObject({ done: 1, total: 2, what: "files", counters: '{"bytes":7}' });
  expect(seen.slice(2).map(({ attrs }) => attrs["text"])).toEqual(["half way", "slow"]);
  expect(new Set(seen.map((event) => event.span)).size).toBe(1);
  expect(attempt.progress).toEqual({ done: 1, total: 2, what: "files", counters: { bytes: 7 } });
  expect(alarms.size).toBe(0);
});

test("returning nothing is the result null", async () => {
  const { clock, ends } = attemptOf(job("quiet", async () => {}));

  await clock.settle();

  expect(ends).toMatchObject([{ kind: "done", result: null }]);
});

test.each([
  ["an error", () => new Error("broken"), "INTERNAL", "broken", true],
  ["a coded error that cannot be helped", () => fatal("reading x"), "TASK_FATAL", "reading x", false],
  ["a text", () => "just words", "INTERNAL", "just words", true],
  ["nothing", () => undefined, "INTERNAL", "undefined", true],
  ["a symbol", () => Symbol("odd"), "INTERNAL", "Symbol(odd)", true],
  [
    "something that cannot even be described",
    () => Object.create(null) as unknown,
    "INTERNAL",
    "a thrown value that has no words",
    true,
  ],
])("throwing %s is an end, thrown at once or later", async (_what, thrown, code, message, retry) => {
  const sync = attemptOf(
    job("sync", () => {
      throw thrown() as Error;
    }),
  );
  const later = attemptOf(job("later", () => Promise.reject(thrown())));

  await sync.clock.settle();
  await later.clock.settle();

  expect(sync.ends).toEqual([{ kind: "error", error: { code, message }, retry, ranMs: 0 }]);
  expect(later.ends).toEqual(sync.ends);
});

const circle: Record<string, unknown> = {};
circle["self"] = circle;

test.each([
  ["a BigInt", 1n],
  ["NaN", { deep: [Number.NaN] }],
  ["a function", { f: () => 1 }],
  ["a date", new Date(0)],
  ["a map", new Map()],
  ["a circle", circle],
])("a result that JSON cannot hold is a coded failure: %s", async (_what, result) => {
  const { clock, ends } = attemptOf(job("odd", async () => result));

  await clock.settle();

  expect(ends).toMatchObject([{ kind: "error", error: { code: "RESULT_INVALID" }, retry: false }]);
});

test("the result is a copy: what the job changes later does not reach it, and odd names survive", async () => {
  const result = JSON.parse('{"__proto__": {"a": [1, "é"]}, "b": -0}') as Record<string, unknown>;
  const { clock, ends } = attemptOf(job("keeps", async () => result));

  await clock.settle();
  result["b"] = "changed";

  expect(JSON.stringify(ends[0])).toContain('"result":{"__proto__":{"a":[1,"é"]},"b":0}');
});

test("input that does not fit fails before the job runs, also where the schema throws", async () => {
  let ran = 0;
  const strict = {
    ...job("strict", async () => {
      ran += 1;
    }),
  };
  const wrong = attemptOf({ ...strict, input: named }, { input: { name: 1 } });
  const broken = attemptOf({
    ...strict,
    input: {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: () => {
          throw new Error("schema bug");
        },
      },
    },
  });

  await wrong.clock.settle();
  await broken.clock.settle();

  expect(wrong.ends).toMatchObject([{ kind: "error", error: { code: "INPUT_INVALID" }, retry: false }]);
  expect(broken.ends).toMatchObject([{ kind: "error", error: { code: "INPUT_INVALID" } }]);
  expect(ran).toBe(0);
});

test("the job gets what its schema makes of the input, also where that takes a promise", async () => {
  const inputs: unknown[] = [];
  const { clock, ends } = attemptOf({
    ...job("later", async ({ input }) => inputs.push(input)),
    input: { "~standard": { version: 1, vendor: "test", validate: async () => ({ value: "converted" }) } },
  });

  await clock.settle();

  expect(inputs).toEqual(["converted"]);
  expect(ends).toMatchObject([{ kind: "done" }]);
});

test("what a job reports after its end is ignored", async () => {
  const contexts: JobContext<unknown>[] = [];
  const { clock, seen, attempt } = attemptOf(job("leaky", async (context) => contexts.push(context)));
  await clock.settle();
  const before = seen.length;

  contexts[0]?.progress(9, 9);
  contexts[0]?.note("still here");
  contexts[0]?.warn("and here");

  expect(seen).toHaveLength(before);
  expect(attempt.progress).toBeNull();
});

test("a job hears of its task: forks, labels, run, what it waited for; and submits in its name", async () => {
  const parent = attemptOf(job("parent", async () => {})).attempt.task;
  const heard: unknown[] = [];
  const { clock, attempt, submitted } = attemptOf(
    job("child", async ({ forks, labels, run, waitedFor, submit }) => {
      await submit([{ job: "other", input: 1 }]);
      heard.push(forks, labels, run, await waitedFor());
    }),
    { task: { forks: 2, labels: { of: "a test" } }, waitedFor: [parent] },
  );

  await clock.settle();

  expect(heard).toEqual([2, { of: "a test" }, attempt.task.run, [parent]]);
  expect(submitted).toEqual([{ job: "other", input: 1 }]);
});

test("a job that forks ends with drafts of what it forked", async () => {
  const { clock, ends } = attemptOf(job("splits", async () => fork([{ job: "part", input: 1 }])));

  await clock.settle();

  expect(ends).toMatchObject([{ kind: "forked", drafts: [{ job: "part", input: 1 }], ranMs: 0 }]);
});
