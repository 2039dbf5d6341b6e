import { expect, test } from "vitest";
import { RamQueue, type QueueStore } from "jobkit-core";
import { queueStoreConformance } from "jobkit-core/testing";
import { brokenParts } from "./broken-parts.ts";
import { brokenStores } from "./broken-stores.ts";

/** The first case that a store breaks. @throws Error where it breaks none. */
async function firstBroken(Store: new () => QueueStore): Promise<string> {
  for (const promise of queueStoreConformance) {
    const kept = await promise
      .run(async () => new Store())
      .then(
        () => true,
        () => false,
      );
    if (!kept) return promise.name;
  }
  throw new Error("it keeps every promise");
}

test.each(Object.entries(brokenStores))("the suite finds a store that %s", async (_what, Store) => {
  await expect(firstBroken(Store)).resolves.toBeTypeOf("string");
});

test.each(Object.entries(brokenParts))("the suite finds a store that %s", async (_what, breaking) => {
  using _broken = breaking();

  await expect(firstBroken(RamQueue)).resolves.toBeTypeOf("string");
});

test("every case has a name of its own", () => {
  const names = queueStoreConformance.map(({ name }) => name);

  expect(new Set(names).size).toBe(names.length);
});
