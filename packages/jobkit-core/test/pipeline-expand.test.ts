import * as fc from "fast-check";
import { expect, test } from "vitest";
import { definePipeline, findCircle, newRunId } from "jobkit-core";
import { digestOf } from "../src/pipeline/digest.ts";
import { expandPipeline } from "../src/pipeline/expand.ts";
import { END_JOB, PHASE_JOB } from "../src/pipeline/pipeline.ts";
import { SeededRandom } from "jobkit-core/testing";
import { anyPipeline } from "./pipeline-kit.ts";

const random = new SeededRandom(7);
const plan = { run: newRunId(random, 1), date: "2026-01-01", args: {}, random, nowMs: 1, once: "once" };

test("a pipeline becomes one task per phase and one for the end, in no circle, all of one run", () => {
  fc.assert(
    fc.property(anyPipeline(), (pipeline) => {
      const { tasks, phases, end } = expandPipeline(pipeline, plan);

      expect(tasks.map(({ job }) => job)).toEqual([...pipeline.phases.map(() => PHASE_JOB), END_JOB]);
      expect(new Set(tasks.map(({ id }) => id)).size).toBe(tasks.length);
      expect(new Set(tasks.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(tasks.length);
      expect(new Set(tasks.map(({ run }) => run))).toEqual(new Set([plan.run]));
      expect(
        findCircle(tasks.map(({ id, after }) => ({ id: String(id), after: (after ?? []).map(String) }))),
      ).toBeNull();
      expect(tasks.at(-1)).toMatchObject({ id: end, after: Object.values(phases), onParentFailure: "run" });
      for (const [at, { name, after, when }] of pipeline.phases.entries())
        expect(tasks[at]).toMatchObject({
          id: phases[name],
          after: after.map((parent) => phases[parent]),
          onParentFailure: when.parents === "always" ? "run" : "skip",
        });
    }),
  );
});

test("two versions of a pipeline at one date share no keys, and neither do two runs of one", () => {
  const one = definePipeline({ name: "daily", phases: { only: { job: "a" } } });
  const two = definePipeline({ name: "daily", phases: { only: { job: "b" } } });
  const keys = (pipeline: typeof one, once: string): unknown[] =>
    expandPipeline(pipeline, { ...plan, once }).tasks.map(({ idempotencyKey }) => idempotencyKey);

  expect(keys(one, "once")).toEqual(keys(one, "once"));
  expect(keys(one, "once").filter((key) => keys(two, "once").includes(key))).toEqual([]);
  expect(keys(one, "once").filter((key) => keys(one, "twice").includes(key))).toEqual([]);
});

test("a digest is 16 hex digits, equal for equal texts, and other for texts that differ in one letter", () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), (text, place) => {
      const at = text.length === 0 ? 0 : place % text.length;
      const other = `${text.slice(0, at)}${text[at] === "x" ? "y" : "x"}${text.slice(at + 1)}`;

      expect(digestOf(text)).toMatch(/^[0-9a-f]{16}$/);
      expect(digestOf(text)).toBe(digestOf(text));
      expect(digestOf(other)).not.toBe(digestOf(text));
    }),
  );
});

test("a hundred thousand texts that are alike have no digest in common", () => {
  const digests = new Set(Array.from({ length: 100_000 }, (_, at) => digestOf(`{"path":"/a/b/${at}.txt"}`)));

  expect(digests.size).toBe(100_000);
});
