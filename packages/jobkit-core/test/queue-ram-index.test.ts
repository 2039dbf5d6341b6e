import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { TaskId } from "../src/base/ids.ts";
import { draftTask } from "../src/task/draft.ts";
import { IdIndex } from "../src/queue/ram-index.ts";
import { Entry } from "../src/queue/ram-entry.ts";
import { Shelf } from "../src/queue/ram-shelf.ts";
import { SeededRandom } from "../src/testing/index.ts";

const shelf = new Shelf("work");
const random = new SeededRandom(1);

function entryOf(id: string, order: number): Entry {
  return new Entry(
    draftTask({ job: "work", input: null, id: id as TaskId }, { random, nowMs: 0 }),
    order,
    shelf,
  );
}

test("whatever order ids come in, each is found until it is forgotten, also where it is given again", () => {
  const ids = fc.integer({ min: 0, max: 40 }).map((number) => String(number).padStart(2, "0"));
  const step = fc.record({ id: ids, add: fc.boolean() });

  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const index = new IdIndex();
      const model = new Map<string, Entry>();
      for (const [order, { id, add }] of steps.entries()) {
        const there = model.get(id);
        if (add && there === undefined) {
          const entry = entryOf(id, order);
          index.add(entry);
          model.set(id, entry);
        } else if (!add && there !== undefined) {
          there.forgotten = true;
          index.forget(there);
          model.delete(id);
        }
      }

      for (let number = 0; number <= 41; number += 1) {
        const id = String(number).padStart(2, "0");
        expect(index.find(id as TaskId)).toBe(model.get(id));
      }
    }),
  );
});

test("thousands that are forgotten are swept out, and the others are still found", () => {
  const index = new IdIndex();
  const entries = Array.from({ length: 4_000 }, (_, at) => entryOf(String(at).padStart(4, "0"), at));
  for (const entry of entries) index.add(entry);

  for (const entry of entries.slice(0, 3_000)) {
    entry.forgotten = true;
    index.forget(entry);
  }

  const found = entries.filter((entry) => index.find(entry.draft.id) === entry);
  expect(found).toEqual(entries.slice(3_000));
});
