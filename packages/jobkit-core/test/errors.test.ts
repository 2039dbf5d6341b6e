import { describe, expect, test } from "vitest";
import { CodedError, defineErrors, describeError, jobkitError } from "../src/index.ts";

const diskError = defineErrors({
  DISK_FULL: { retry: true, doc: "There is no room.", next: "Make room." },
});

describe("a coded error", () => {
  test("carries its code, what was being done, whether to retry and what to do next", () => {
    const cause = new Error("ENOSPC");

    const error = diskError("DISK_FULL", "writing events", { cause });

    expect(error).toBeInstanceOf(CodedError);
    expect(error).toMatchObject({
      name: "CodedError",
      code: "DISK_FULL",
      message: "writing events",
      retry: true,
      next: "Make room.",
      cause,
    });
    expect("cause" in diskError("DISK_FULL", "writing events")).toBe(false);
  });

  test("the place may know better what to do next", () => {
    expect(diskError("DISK_FULL", "x", { next: "Delete /var/x." }).next).toBe("Delete /var/x.");
  });

  test("a code from a cast is a programming error", () => {
    expect(() => diskError("NO_SUCH" as "DISK_FULL", "x")).toThrow(RangeError);
    expect(() => diskError("toString" as "DISK_FULL", "x")).toThrow(RangeError);
  });
});

describe("describing what was thrown", () => {
  test.each([
    [diskError("DISK_FULL", "writing"), { code: "DISK_FULL", message: "writing" }],
    [new TypeError("bad"), { code: "INTERNAL", message: "bad" }],
    [new RangeError(""), { code: "INTERNAL", message: "RangeError" }],
    ["a text", { code: "INTERNAL", message: "a text" }],
    [undefined, { code: "INTERNAL", message: "undefined" }],
    [null, { code: "INTERNAL", message: "null" }],
    [Symbol("s"), { code: "INTERNAL", message: "Symbol(s)" }],
    [Object.create(null), { code: "INTERNAL", message: "a thrown value that has no words" }],
  ])("%o", (thrown, expected) => {
    expect(describeError(thrown)).toEqual(expected);
  });

  test("an error whose message throws is described all the same", () => {
    const hostile = new Error("x");
    Object.defineProperty(hostile, "message", {
      get: () => {
        throw new Error("no");
      },
    });

    expect(describeError(hostile)).toEqual({ code: "INTERNAL", message: "a thrown value that has no words" });
  });
});

test("every row of the table says what it means and what to do, and no two say the same", () => {
  const rows = Object.entries(jobkitError.table);

  for (const [code, { doc, next }] of rows) {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)+$/);
    expect(doc).toMatch(/^[A-Z].*\.$/);
    expect(next).toMatch(/^[A-Z].*\.$/);
  }
  expect(new Set(rows.map(([, { doc }]) => doc)).size).toBe(rows.length);
});
