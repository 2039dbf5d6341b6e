import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { TaskId } from "../src/base/ids.ts";
import { idsGrow, placesOf, twinOf } from "../src/queue/batch-places.ts";

const id = fc.integer({ min: 0, max: 60 }).map((number) => String(number).padStart(2, "0") as TaskId);

test("in a batch whose ids grow, and in any other, every id is found where it stands and no other is", () => {
  const batch = fc.uniqueArray(id, { maxLength: 60 });
  const sorted = batch.map((ids) => ids.toSorted((a, b) => (a < b ? -1 : 1)));

  fc.assert(
    fc.property(fc.oneof(batch, sorted), fc.array(id, { maxLength: 60 }), (ids, asked) => {
      const places = placesOf(ids.map((one) => ({ id: one })));

      for (const one of asked) expect(places.of(one)).toBe(ids.indexOf(one));
    }),
  );
});

test("an id that two tasks have is named, and one is named only where there are two", () => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 12 }), (ids) => {
      const twin = twinOf(ids.map((one) => ({ id: one })));

      const twins = ids.filter((one, at) => ids.indexOf(one) < at);
      expect(twins.length === 0 ? [null] : twins).toContain(twin);
    }),
  );
});

function grow(...ids: string[]): boolean {
  return idsGrow(ids.map((one) => ({ id: one as TaskId })));
}

test("ids grow only where each is larger than the one before", () => {
  expect(grow()).toBe(true);
  expect(grow("a", "b", "c")).toBe(true);
  expect(grow("a", "a")).toBe(false);
  expect(grow("a", "c", "b")).toBe(false);
});
