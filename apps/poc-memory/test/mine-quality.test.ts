import { beforeAll, describe, expect, test } from "vitest";
import type { MinedMemory } from "../src/mine/mined.ts";
import { sessions, type Expectation } from "./mine-expectations.ts";
import { knownSession, mineFile, type Mined } from "./mine-sessions.ts";

/** The bar: so many hand-written expectations of either sort. */
const EXPECTED_MIN = 25;

function holds({ in: where, text }: Expectation, all: readonly MinedMemory[]): boolean {
  return all
    .filter(
      ({ category }) =>
        where === "any" || category === where || (where === "facts" && category !== "episode"),
    )
    .some(({ content }) => (typeof text === "string" ? content.includes(text) : text.test(content)));
}

test("enough is expected of the sessions for this to prove anything", () => {
  expect(sessions.flatMap((session) => session.found).length).toBeGreaterThanOrEqual(EXPECTED_MIN);
  expect(sessions.flatMap((session) => session.absent).length).toBeGreaterThanOrEqual(EXPECTED_MIN);
});

describe.each(sessions)("$file", ({ file, segments, facts, found, absent }) => {
  const path = knownSession(file);
  let mined: readonly Mined[] = [];

  beforeAll(async () => {
    if (path !== null) mined = await mineFile(path);
  });

  test.skipIf(path === null)(
    "gives what a careful reader would keep (skipped where the real sessions are not on this machine)",
    () => {
      const all = mined.flatMap((segment) => segment.memories);

      expect(found.filter((expected) => !holds(expected, all))).toEqual([]);
    },
  );

  test.skipIf(path === null)(
    "gives nothing that a careful reader would throw away (skipped likewise)",
    () => {
      const all = mined.flatMap((segment) => segment.memories);

      expect(absent.filter((unwanted) => holds(unwanted, all))).toEqual([]);
    },
  );

  test.skipIf(path === null)(
    "gives one episode a segment, a few facts, receipts for all (skipped likewise)",
    () => {
      const all = mined.flatMap((segment) => segment.memories);
      const kept = all.filter((memory) => memory.category !== "episode");

      expect(
        mined.map((segment) => segment.memories.filter((memory) => memory.category === "episode").length),
      ).toEqual(Array.from({ length: segments }, () => 1));
      expect(kept.length).toBeGreaterThanOrEqual(facts[0]);
      expect(kept.length).toBeLessThanOrEqual(facts[1]);
      expect(all.filter((memory) => memory.receipts.length === 0 || memory.createdAtMs === 0)).toEqual([]);
      expect(new Set(all.map((memory) => memory.key)).size).toBe(all.length);
    },
  );
});
