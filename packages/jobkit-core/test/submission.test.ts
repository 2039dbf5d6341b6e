import { describe, expect, test } from "vitest";
import { checkedSubmission, defineJob, JobRegistry, type NewTask } from "../src/index.ts";
import { job, named } from "./scheduler-kit.ts";

const registry = new JobRegistry([
  { ...job("strict", async () => {}), input: named },
  defineJob({
    name: "keyed",
    doc: "A job of a test.",
    input: named,
    keyOf: ({ name }) => (name === "" ? null : `k:${name}`),
    idempotencyKeyOf: (input) => `i:${Object.values(input).join()}`,
    run: async () => {},
  }),
  {
    ...job("slow", async () => {}),
    input: {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: async (value) =>
          value === 1
            ? { value }
            : {
                issues: ["a", "b", "c", "d"].map((part) => ({
                  message: "is wrong",
                  path: [{ key: "list" }, part],
                })),
              },
      },
    },
  },
]);

/** The answer as a promise, whether it comes at once or later. */
async function check(...tasks: readonly NewTask[]): Promise<readonly NewTask[]> {
  return checkedSubmission(registry, tasks);
}

const fits: NewTask = { job: "strict", input: { name: "x" } };

test("inputs that fit pass as they were given, at once where the schema answers at once", async () => {
  const atOnce = [fits, { job: "strict", input: { name: "y", more: 1 } }];

  expect(checkedSubmission(registry, atOnce)).toBe(atOnce);
  expect(await check(fits, { job: "slow", input: 1 })).toMatchObject([fits, { job: "slow", input: 1 }]);
});

test("the complaint names job and field", async () => {
  await expect(check(fits, { job: "strict", input: { name: 7 } })).rejects.toMatchObject({
    code: "INPUT_INVALID",
    message: "checking the input of strict: name: must be text",
  });
});

test("where the schema answers at once, so does the refusal", () => {
  expect(() => checkedSubmission(registry, [fits, { job: "strict", input: 7 }])).toThrow(
    expect.objectContaining({ code: "INPUT_INVALID" }) as Error,
  );
});

test("of many complaints the first three are told", async () => {
  await expect(check(fits, { job: "slow", input: 2 })).rejects.toMatchObject({
    message: "checking the input of slow: list.a: is wrong; list.b: is wrong; list.c: is wrong and 1 more",
  });
});

test("an unknown job is found before any input is looked at", async () => {
  await expect(check({ job: "strict", input: 0 }, { job: "nobody", input: 0 })).rejects.toMatchObject({
    code: "JOB_UNKNOWN",
  });
});

describe("a job that makes keys of inputs", () => {
  const keyed = { job: "keyed", input: { name: "x" } };

  test("is asked where the task names none, with what its schema makes of the input", async () => {
    const [task] = await check({ ...keyed, input: { name: "x", more: 1 } });

    expect(task).toEqual({ ...keyed, input: { name: "x", more: 1 }, key: "k:x", idempotencyKey: "i:x" });
  });

  test("is not asked where the task names one, or says that it has none", async () => {
    const tasks = await check({ ...keyed, key: "own", idempotencyKey: "mine" }, { ...keyed, key: null });

    expect(tasks.map(({ key, idempotencyKey }) => [key, idempotencyKey])).toEqual([
      ["own", "mine"],
      [null, "i:x"],
    ]);
  });

  test("gives no key to the tasks of other jobs in the batch", async () => {
    const tasks = await check(keyed, fits);

    expect(tasks.map(({ key }) => key ?? null)).toEqual(["k:x", null]);
  });

  test("may make none", async () => {
    const [task] = await check({ ...keyed, input: { name: "" } });

    expect([task?.key, task?.idempotencyKey]).toEqual([null, "i:"]);
  });
});
