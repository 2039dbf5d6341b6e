import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Heap, type HeapMember } from "../src/queue/heap.ts";

interface Item extends HeapMember {
  readonly rank: number;
  readonly order: number;
}

const before = (a: Item, b: Item): boolean => (a.rank === b.rank ? a.order < b.order : a.rank < b.rank);
const sorted = (items: readonly Item[]): readonly Item[] => items.toSorted((a, b) => (before(a, b) ? -1 : 1));

function setup(ranks: readonly number[]): { heap: Heap<Item>; items: readonly Item[] } {
  const heap = new Heap<Item>(before);
  const items = ranks.map((rank, order) => ({ rank, order, heapAt: -1 }));
  for (const item of items) heap.push(item);
  return { heap, items };
}

const anyRanks = fc.array(fc.nat(20), { maxLength: 60 });

test("members leave in order, whatever order they came in", () => {
  fc.assert(
    fc.property(anyRanks, (ranks) => {
      const { heap, items } = setup(ranks);

      const left = items.map(() => heap.pop());

      expect(left).toEqual(sorted(items));
      expect(heap.pop()).toBeUndefined();
      expect(items.every(({ heapAt }) => heapAt === -1)).toBe(true);
    }),
  );
});

test("any member leaves from anywhere and the order of the rest holds", () => {
  fc.assert(
    fc.property(anyRanks, fc.func(fc.boolean()), (ranks, leaves) => {
      const { heap, items } = setup(ranks);
      const [gone, kept] = [items.filter((item) => leaves(item)), items.filter((item) => !leaves(item))];

      for (const item of gone) heap.remove(item);

      expect(heap.size).toBe(kept.length);
      expect(kept.map(() => heap.pop())).toEqual(sorted(kept));
    }),
  );
});

test("what leaves by a condition is handed out, and nothing else is", () => {
  fc.assert(
    fc.property(anyRanks, fc.nat(20), (ranks, bound) => {
      const { heap, items } = setup(ranks);

      const gone = heap.removeWhere(({ rank }) => rank > bound);

      expect(sorted(gone)).toEqual(sorted(items.filter(({ rank }) => rank > bound)));
      expect(heap.first()).toEqual(sorted(items.filter(({ rank }) => rank <= bound))[0]);
    }),
  );
});
