import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BoundedQueue } from "../src/base/bounded-queue.ts";
import { editDistance } from "../src/base/suggest.ts";
import { nearestName, oneLine, sayBytes, sayDuration, suggestion } from "../src/index.ts";

type Step = { readonly push: number } | "shift" | "clear";

/** One step on the queue and on the list that it should equal: what each answered. */
function apply(step: Step, queue: BoundedQueue<number>, model: number[]): [unknown, unknown] {
  if (step === "shift") return [queue.shift(), model.shift()];
  if (step === "clear") return [queue.clear(), void model.splice(0)];
  model.push(step.push);
  return [queue.push(step.push), model.length > queue.max ? model.shift() : undefined];
}

describe("a bounded queue", () => {
  test("is a list from whose front the oldest go", () => {
    const step = fc.oneof(
      fc.nat().map((item) => ({ push: item })),
      fc.constant("shift" as const),
      fc.constant("clear" as const),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(step, { maxLength: 200 }), (max, plan) => {
        const queue = new BoundedQueue<number>(max);
        const model: number[] = [];
        for (const one of plan) {
          const [real, expected] = apply(one, queue, model);
          expect(real).toBe(expected);
          expect(queue.length).toBe(model.length);
        }
      }),
    );
  });
});

describe("suggesting a name", () => {
  test.each([
    ["lanse", "lanes"],
    ["LANES", "lanes"],
    ["lane", "lanes"],
    ["event.segmentBytes", "events.segmentBytes"],
    ["xyz", null],
    ["", null],
    ["l".repeat(1000), null],
  ])("%j: %j", (word, expected) => {
    expect(nearestName(word, ["lanes", "events.segmentBytes", "pools"])).toBe(expected);
  });

  test("of two the nearer one, of equals the first", () => {
    expect(nearestName("task", ["tusk", "tasks", "mask"])).toBe("tusk");
    expect(nearestName("tasks", ["tusk", "task"])).toBe("task");
  });

  test("the words of it end a sentence, or are none", () => {
    expect(suggestion("lanse", ["lanes"])).toBe(': did you mean "lanes"?');
    expect(suggestion("far", ["lanes"])).toBe("");
  });

  test("the distance is a distance", () => {
    const word = fc.string({ maxLength: 6 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(editDistance(a, `${a}x`)).toBe(1);
      }),
    );
    expect(editDistance("kitten", "sitting")).toBe(3);
    expect(editDistance("ab", "ba")).toBe(1);
  });
});

describe("words for people", () => {
  test.each([
    [0, "0 ms"],
    [0.004, "0 ms"],
    [0.25, "0.25 ms"],
    [350.4, "350 ms"],
    [1234, "1.2 s"],
    [59_940, "59.9 s"],
    [60_000, "1 min"],
    [185_000, "3 min 5 s"],
    [7_800_000, "2 h 10 min"],
    [3_599_900, "1 h"],
    [90_000_000, "1 d 1 h"],
    [-1500, "-1.5 s"],
    [Number.POSITIVE_INFINITY, "for ever"],
  ])("%d ms is said as %j", (ms, words) => {
    expect(sayDuration(ms)).toBe(words);
  });

  test.each([
    [0, "0 B"],
    [512, "512 B"],
    [1500, "1.5 KiB"],
    [8 * 2 ** 20, "8 MiB"],
    [-2048, "-2 KiB"],
  ])("%d bytes are said as %j", (bytes, words) => {
    expect(sayBytes(bytes)).toBe(words);
  });

  test("one line is one line: no controls, no marks that reorder, no more than asked for", () => {
    expect(oneLine("a\r\nb\u001b[31mc\u202Ed\u2028e")).toBe("a b [31mc d e");
    expect(oneLine("x".repeat(1000), 10)).toBe(`${"x".repeat(9)}…`);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 20 }), (text, max) => {
        const line = oneLine(text, max);

        expect(line.length).toBeLessThanOrEqual(max);
        expect(line).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069\u2028\u2029]/u);
        expect(line.isWellFormed()).toBe(true);
      }),
    );
  });
});
