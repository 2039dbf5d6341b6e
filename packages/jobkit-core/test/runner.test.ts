import { expect, test } from "vitest";
import {
  Alarms,
  Attempt,
  EventBus,
  fatal,
  jobkitEvents,
  newRunId,
  newTaskId,
  type AttemptEnd,
  type Job,
  type JobContext,
  type JobEvent,
  type Json,
  type Task,
} from "../src/index.ts";
import { FakeClock, SeededRandom } from "../src/testing/index.ts";
import { aborted, job, named } from "./scheduler-kit.ts";

interface Bench {
  readonly clock: FakeClock;
  readonly seen: JobEvent[];
  readonly ends: AttemptEnd[];
  readonly attempt: Attempt;
  readonly alarms: Alarms;
}

function run(theJob: Job, input: Json = null, clock = new FakeClock()): Bench {
  const alarms = new Alarms(clock);
  const bus = new EventBus({ clock });
  const seen: JobEvent[] = [];
  bus.listen({ name: "test" }, (event) => seen.push(event));
  const random = new SeededRandom(3);
  const task: Task = {
    id: newTaskId(random, clock.now()),
    job: theJob.name,
    key: null,
    input,
    labels: {},
    run: newRunId(random),
    parent: null,
    after: [],
    onParentFailure: "skip",
    priority: 0,
    attempt: 2,
    claim: 1,
    createdAtMs: clock.now(),
    state: {
      kind: "running",
      owner: "one",
      startedAtMs: clock.now(),
      leaseUntilMs: clock.now() + 60_000,
    },
  };
  const attempt = new Attempt(
    { task, job: theJob, dueAtMs: clock.now() - 70 },
    { clock, alarms, random, events: bus.emitter(jobkitEvents) },
  );
  const ends: AttemptEnd[] = [];
  attempt.run((end) => ends.push(end));
  return { clock, seen, ends, attempt, alarms };
}

test("an attempt that returns is done with its result, its duration and its events", async () => {
  const clock = new FakeClock();
  const { seen, ends, attempt, alarms } = run(
    job("copy", async ({ progress, note, attempt: number, task }) => {
      progress(1, 2, "files");
      note("half way");
      await clock.sleep(50);
      return { number, same: task === attempt.task.id, missing: undefined };
    }),
    null,
    clock,
  );

  expect(ends).toEqual([]);
  await clock.advance(50);

  expect(ends).toEqual([{ kind: "done", result: { number: 2, same: true }, ranMs: 50 }]);
  expect(seen.map((event) => event.ev)).toEqual(["task.started", "task.progressed", "task.noted"]);
  expect(seen[0]).toMatchObject({ attempt: 2, job: "copy", attrs: { waitedMs: 70 } });
  expect(new Set(seen.map((event) => event.span)).size).toBe(1);
  expect(attempt.progress).toEqual({ done: 1, total: 2, what: "files" });
  expect(alarms.size).toBe(0);
});

test("returning nothing is the result null", async () => {
  const { clock, ends } = run(job("quiet", async () => {}));

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
  const sync = run(
    job("sync", () => {
      throw thrown() as Error;
    }),
  );
  const later = run(job("later", () => Promise.reject(thrown())));

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
  const { clock, ends } = run(job("odd", async () => result));

  await clock.settle();

  expect(ends).toMatchObject([{ kind: "error", error: { code: "RESULT_INVALID" }, retry: false }]);
});

test("the result is a copy: what the job changes later does not reach it, and odd names survive", async () => {
  const result = JSON.parse('{"__proto__": {"a": [1, "é"]}, "b": -0}') as Record<string, unknown>;
  const { clock, ends } = run(job("keeps", async () => result));

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
  const wrong = run({ ...strict, input: named }, { name: 1 });
  const broken = run({
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
  const { clock, ends } = run({
    ...job("later", async ({ input }) => inputs.push(input)),
    input: { "~standard": { version: 1, vendor: "test", validate: async () => ({ value: "converted" }) } },
  });

  await clock.settle();

  expect(inputs).toEqual(["converted"]);
  expect(ends).toMatchObject([{ kind: "done" }]);
});

test("at its timeout the signal fires, and a job that obeys ends as timed out, returning or throwing", async () => {
  const reasons: unknown[] = [];
  const obey = async ({ signal }: JobContext<unknown>): Promise<void> => {
    await aborted(signal);
    reasons.push(signal.reason);
  };
  const returning = run(job("returning", obey, { timeoutMs: 100 }));
  const throwing = run(
    job(
      "throwing",
      async (context) => {
        await obey(context);
        context.signal.throwIfAborted();
      },
      { timeoutMs: 100 },
    ),
  );

  await returning.clock.advance(100);
  await throwing.clock.advance(100);

  const timedOut = [{ kind: "timeout", error: { code: "TASK_TIMEOUT" }, retry: true, ranMs: 100 }];
  expect(returning.ends).toMatchObject(timedOut);
  expect(throwing.ends).toMatchObject(timedOut);
  expect(reasons).toMatchObject([{ code: "TASK_TIMEOUT" }, { code: "TASK_TIMEOUT" }]);
  returning.alarms.rest();
  await returning.clock.settle();
  expect(returning.clock.pending).toBe(0);
});

test("a job that does not stop is abandoned after its grace period, and its late end is ignored", async () => {
  const late: ((error: Error) => void)[] = [];
  const { clock, ends, seen, alarms } = run(
    job("deaf", () => new Promise((_resolve, reject) => late.push(reject)), { timeoutMs: 100, graceMs: 20 }),
  );

  await clock.advance(119);
  expect(ends).toEqual([]);
  await clock.advance(1);
  late[0]?.(new Error("late"));
  await clock.settle();

  expect(ends).toMatchObject([
    {
      kind: "abandoned",
      cause: { kind: "timeout" },
      error: { code: "TASK_ABANDONED" },
      retry: true,
      ranMs: 120,
    },
  ]);
  expect(seen.at(-1)).toMatchObject({ ev: "task.noted" });
  expect([alarms.size, clock.pending]).toEqual([0, 0]);
});

test("the first cause to stop stands: a timeout after a cancellation changes nothing", async () => {
  const { clock, ends, attempt } = run(
    job("slow", () => new Promise(() => {}), { timeoutMs: 100, graceMs: 50 }),
  );

  expect(attempt.cancel("not wanted")).toBe(true);
  expect(attempt.cancel("again")).toBe(false);
  expect(attempt.interrupt()).toBe(false);
  await clock.advance(1_000);

  expect(ends).toMatchObject([{ kind: "abandoned", cause: { kind: "cancelled", reason: "not wanted" } }]);
  expect(attempt.cancel("over")).toBe(false);
});

test("interrupted it ends interrupted, even where the job returns a result in time", async () => {
  const { clock, ends, attempt } = run(
    job("partial", async ({ signal }) => {
      await aborted(signal);
      return "half";
    }),
  );

  attempt.interrupt();
  await clock.settle();

  expect(ends).toEqual([{ kind: "interrupted", ranMs: 0 }]);
});

test("what a job reports after its end is ignored", async () => {
  const contexts: JobContext<unknown>[] = [];
  const { clock, seen, attempt } = run(job("leaky", async (context) => contexts.push(context)));
  await clock.settle();
  const before = seen.length;

  contexts[0]?.progress(9, 9);
  contexts[0]?.note("still here");

  expect(seen).toHaveLength(before);
  expect(attempt.progress).toBeNull();
});
