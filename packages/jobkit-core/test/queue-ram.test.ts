import { expect, test } from "vitest";
import { RamQueue } from "jobkit-core";
import { queueStoreConformance } from "jobkit-core/testing";

test.each(queueStoreConformance)("$name", async (promise) => {
  await expect(promise.run(async () => new RamQueue())).resolves.toBeUndefined();
});
