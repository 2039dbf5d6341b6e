import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { draftTask, draftTasks, runId, taskId } from "jobkit-core";
import { SeededRandom } from "jobkit-core/testing";

const NOW = 1_700_000_000_000;
const setup = () => ({ random: new SeededRandom(1), nowMs: NOW });

test("job and input are enough: everything else has its default", () => {
  const draft = draftTask({ job: "greet", input: { name: "Ada" } }, setup());

  expect(draft).toEqual({
    id: taskId(draft.id),
    job: "greet",
    key: null,
    keyUntilMs: 0,
    idempotencyKey: null,
    input: { name: "Ada" },
    labels: {},
    run: runId(draft.run),
    parent: null,
    after: [],
    onParentFailure: "skip",
    priority: 0,
    sequence: null,
    deadlineAtMs: null,
    limits: null,
    createdAtMs: NOW,
    dueAtMs: NOW,
  });
});

test("tasks of one batch share a run, and a task that names its own keeps it", () => {
  const own = runId("f".repeat(32));

  const [first, second, third] = draftTasks(
    [
      { job: "a", input: 1 },
      { job: "b", input: 2 },
      { job: "c", input: 3, run: own },
    ],
    setup(),
  );

  expect(second?.run).toBe(first?.run);
  expect(third?.run).toBe(own);
});

test("what a task says is kept, whatever it says", () => {
  const given = fc.record({
    job: fc.string(),
    input: fc.jsonValue(),
    key: fc.option(fc.string({ unit: "binary" })),
    labels: fc.dictionary(fc.string(), fc.string()),
    onParentFailure: fc.constantFrom("skip" as const, "fail" as const, "run" as const),
    priority: fc.integer(),
    dueAtMs: fc.integer(),
    idempotencyKey: fc.option(fc.string({ unit: "binary" })),
    sequence: fc.option(fc.string({ unit: "binary" })),
    deadlineAtMs: fc.option(fc.integer()),
    limits: fc.option(fc.record({ timeoutMs: fc.nat(), needs: fc.dictionary(fc.string(), fc.nat()) })),
    id: fc.stringMatching(/^[0-9a-z]{1,64}$/).map(taskId),
  });
  fc.assert(
    fc.property(given, (task) => {
      const draft = draftTask({ ...task, input: task.input as never }, setup());

      expect(draft).toMatchObject(task);
    }),
  );
});

test("ids differ, also within one millisecond", () => {
  const drafts = draftTasks(
    Array.from({ length: 10_000 }, () => ({ job: "a", input: null })),
    setup(),
  );

  expect(new Set(drafts.map(({ id }) => id)).size).toBe(10_000);
});

test("a parent named twice is named once", () => {
  const parent = taskId("p");

  expect(draftTask({ job: "a", input: null, after: [parent, parent] }, setup()).after).toEqual([parent]);
});

test("half a surrogate pair in a key, a sequence or a label is made well-formed", () => {
  const draft = draftTask(
    {
      job: "a",
      input: null,
      key: "k\ud800",
      idempotencyKey: "i\ud800",
      sequence: "s\ud800",
      labels: { "l\udc00": "v\ud800" },
    },
    setup(),
  );

  expect([draft.key, draft.idempotencyKey, draft.sequence]).toEqual(["k\ufffd", "i\ufffd", "s\ufffd"]);
  expect(draft.labels).toEqual({ "l\ufffd": "v\ufffd" });
});

test("a key is held for so long from the moment the task is made; for 0 ms only while it is unfinished", () => {
  const drafts = [0, 1, 60_000].map((keyForMs) =>
    draftTask({ job: "a", input: null, key: "k", keyForMs }, setup()),
  );

  expect(drafts.map(({ keyUntilMs }) => keyUntilMs)).toEqual([0, NOW + 1, NOW + 60_000]);
});

describe.each(["priority", "dueAtMs", "deadlineAtMs", "keyForMs"])("a %s", (field) => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY])("of %d is a wrong call", (number) => {
    expect(() => draftTask({ job: "a", input: null, [field]: number }, setup())).toThrow(RangeError);
  });
});
