import { expect, test } from "vitest";
import { JobRegistry } from "../src/index.ts";
import { job } from "./scheduler-kit.ts";

test("finds jobs by name, in the order they were registered", () => {
  const [one, two] = [job("one", async () => {}), job("two", async () => {})];
  const registry = new JobRegistry([one, two]);

  expect(registry.names).toEqual(["one", "two"]);
  expect(registry.all).toEqual([one, two]);
  expect(registry.get("two")).toBe(two);
});

test("an unknown name is a coded error with the nearest one", () => {
  const registry = new JobRegistry([job("fact-mine", async () => {})]);

  expect(() => registry.get("fact-mien")).toThrow('did you mean "fact-mine"?');
  expect(() => registry.get("constructor")).toThrow(
    expect.objectContaining({ code: "JOB_UNKNOWN" }) as Error,
  );
});

test("two jobs of one name are refused", () => {
  expect(() => new JobRegistry([job("one", async () => {}), job("one", async () => {})])).toThrow(RangeError);
});
