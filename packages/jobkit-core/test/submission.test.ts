import { expect, test } from "vitest";
import { checkSubmission, JobRegistry, type Json } from "../src/index.ts";
import { job, named } from "./scheduler-kit.ts";

const registry = new JobRegistry([
  { ...job("strict", async () => {}), input: named },
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

function check(name: string, input: Json): Promise<void> {
  return checkSubmission(registry, [
    { job: "strict", input: { name: "x" } },
    { job: name, input },
  ]);
}

test("inputs that fit pass, whether the schema answers at once or later", async () => {
  await expect(check("strict", { name: "y" })).resolves.toBeUndefined();
  await expect(check("slow", 1)).resolves.toBeUndefined();
});

test("the complaint names job and field", async () => {
  await expect(check("strict", { name: 7 })).rejects.toMatchObject({
    code: "INPUT_INVALID",
    message: "checking the input of strict: name: must be text",
  });
});

test("of many complaints the first three are told", async () => {
  await expect(check("slow", 2)).rejects.toMatchObject({
    message: "checking the input of slow: list.a: is wrong; list.b: is wrong; list.c: is wrong and 1 more",
  });
});

test("an unknown job is found before any input is looked at", async () => {
  await expect(
    checkSubmission(registry, [
      { job: "strict", input: 0 },
      { job: "nobody", input: 0 },
    ]),
  ).rejects.toMatchObject({ code: "JOB_UNKNOWN" });
});
