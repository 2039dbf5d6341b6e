import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KEY_LENGTH_MAX, normaliseKey, tryNormaliseKey } from "../src/store/key.ts";

describe("normaliseKey", () => {
  test("is the same address for every spelling of it", () => {
    const spellings = ["Notes/My Plan.md", " notes/my  plan ", "NOTES/MY-PLAN", "notes/my\tplan.md.md"];

    expect(spellings.map(normaliseKey)).toEqual(Array.from({ length: 4 }, () => "notes/my-plan"));
  });

  test("keeps what addresses are made of", () => {
    expect(normaliseKey("journal#j-2026.11.22/a_b:c@d+e")).toBe("journal#j-2026.11.22/a_b:c@d+e");
  });

  test("refuses a text without letters or digits, with the code KEY_INVALID", () => {
    expect(() => normaliseKey("  ?!/ ")).toThrow(expect.objectContaining({ code: "KEY_INVALID" }));
    expect(tryNormaliseKey("…")).toBeNull();
  });

  test("applied twice is applied once, stays in its alphabet and in its length", () => {
    const texts = fc.oneof(
      fc.string({ unit: "binary", maxLength: 400 }),
      fc.string({ unit: fc.constantFrom("a", "-", "/", ".", "m", "d", " ", "É", "İ", "ß"), maxLength: 300 }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const key = tryNormaliseKey(text);
        if (key === null) return;
        expect(tryNormaliseKey(key)).toBe(key);
        expect(key).toMatch(/^[a-z0-9._/#:@+-]+$/);
        expect(key.length).toBeLessThanOrEqual(KEY_LENGTH_MAX);
      }),
      { numRuns: 500 },
    );
  });
});
