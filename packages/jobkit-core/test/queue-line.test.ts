import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HeapMember } from "../src/queue/heap.ts";
import { Line } from "../src/queue/line.ts";

interface Item extends HeapMember {
  readonly rank: number;
  readonly order: number;
}

const before = (a: Item, b: Item): boolean => (a.rank === b.rank ? a.order < b.order : a.rank < b.rank);

/** A line beside a sorted list that says what it must be. Compares them after every step. */
class Twin {
  readonly line = new Line<Item>(before);
  /** Where they did not say the same, in words. */
  readonly faults: string[] = [];
  #model: Item[] = [];
  #order = 0;

  get items(): readonly Item[] {
    return this.#model;
  }

  push(rank: number): void {
    const item = { rank, order: this.#order, heapAt: -1 };
    this.#order += 1;
    this.line.push(item);
    // The model needs no more than a place to be right.
    const place = this.#model.findLastIndex((other) => before(other, item)) + 1;
    this.#model.splice(place, 0, item);
    this.#compare();
  }

  /** Take out the one that stands so many places behind the first. */
  removeAt(place: number): void {
    const [item] = this.#model.splice(place % Math.max(1, this.#model.length), 1);
    if (item === undefined) return;
    this.line.remove(item);
    if (item.heapAt !== -1) this.faults.push(`one that left stands at ${item.heapAt}`);
    this.#compare();
  }

  removeWhere(leaves: (item: Item) => boolean): void {
    const gone = new Set(this.line.removeWhere(leaves));
    const going = this.#model.filter(leaves);
    if (gone.size !== going.length || !going.every((item) => gone.has(item))) this.faults.push("others left");
    this.#model = this.#model.filter((item) => !leaves(item));
    this.#compare();
  }

  /** Everybody leaves, the first one first. @returns this. */
  drained(): this {
    while (this.#model.length > 0) this.removeAt(0);
    return this;
  }

  #compare(): void {
    if (this.line.size !== this.#model.length)
      this.faults.push(`${this.line.size} members, not ${this.#model.length}`);
    if (this.line.first() !== this.#model[0]) this.faults.push("another one is first");
  }
}

type Step = readonly ["push" | "later" | "remove" | "leave" | "sift", number];

/** Most come in order, as in a queue; some do not. */
const anySteps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constant("later" as const), fc.nat(3)) },
    { weight: 2, arbitrary: fc.tuple(fc.constant("push" as const), fc.nat(200)) },
    { weight: 3, arbitrary: fc.tuple(fc.constant("remove" as const), fc.nat(100)) },
    { weight: 3, arbitrary: fc.tuple(fc.constant("leave" as const), fc.nat(0)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("sift" as const), fc.nat(200)) },
  ),
  { maxLength: 120 },
);

function walk(steps: readonly Step[]): Twin {
  const twin = new Twin();
  let rank = 0;
  for (const [what, number] of steps) {
    if (what === "later") twin.push((rank += number));
    else if (what === "push") twin.push(number);
    else if (what === "remove") twin.removeAt(number);
    else if (what === "leave") twin.removeAt(0);
    else twin.removeWhere((item) => item.rank % 7 === number % 7);
  }
  return twin;
}

describe("a line", () => {
  test("is at every moment what a sorted list is, whoever comes and goes", () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        expect(walk(steps).drained().faults).toEqual([]);
      }),
    );
  });

  test("lets anybody back in who has left it", () => {
    const line = new Line<Item>(before);
    const [first, second, third] = [1, 2, 3].map((rank): Item => ({ rank, order: rank, heapAt: -1 })) as [
      Item,
      Item,
      Item,
    ];
    for (const item of [first, second, third]) line.push(item);

    line.remove(second);
    line.remove(first);
    line.push(second);
    line.push(first);

    expect([line.size, line.first()]).toEqual([3, first]);
  });

  test("stays right while the places that thousands have left are swept out", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(10_000), { minLength: 1_500, maxLength: 1_500 }),
        fc.boolean(),
        (places, odd) => {
          const twin = new Twin();
          for (let rank = 0; rank < 2_600; rank += 1) twin.push(rank % 50 === 0 ? rank / 2 : rank);

          for (const place of places) twin.removeAt(place);
          for (let more = 0; more < 40; more += 1) twin.push(odd ? 1_300 - more : 5_000 + more);

          expect(twin.drained().faults).toEqual([]);
        },
      ),
      { numRuns: 5 },
    );
  });

  test("that only ever loses its first stays right over many sweeps", () => {
    const twin = new Twin();
    let rank = 0;
    for (let round = 0; round < 300; round += 1) {
      for (let more = 0; more < 30; more += 1) twin.push((rank += 1));
      for (let less = 0; less < 29; less += 1) twin.removeAt(0);
    }

    twin.removeWhere((item) => item.rank % 2 === 0);

    expect(twin.drained().faults).toEqual([]);
  });

  test("whose middle leaves before its ends stays right", () => {
    const twin = new Twin();
    for (let rank = 0; rank < 2_100; rank += 1) twin.push(rank);
    const [first, last] = [twin.items[0], twin.items.at(-1)];

    twin.removeWhere((item) => item !== first && item !== last);
    twin.removeAt(1);
    twin.push(9_000);

    expect(twin.drained().faults).toEqual([]);
  });
});
