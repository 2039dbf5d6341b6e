import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { queueStoreConformance } from "jobkit-core/testing";
import { describe, expect, test } from "vitest";
import { openSqliteQueue } from "jobkit-sqlite";

describe("in a file", () => {
  test.each(queueStoreConformance)("$name", async (promise) => {
    const folder = await mkdtemp(join(tmpdir(), "jobkit-sqlite-"));
    try {
      await expect(
        promise.run(() => openSqliteQueue({ path: join(folder, "queue.db") })),
      ).resolves.toBeUndefined();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("without a file", () => {
  test.each(queueStoreConformance)("$name", async (promise) => {
    await expect(promise.run(() => openSqliteQueue({ path: ":memory:" }))).resolves.toBeUndefined();
  });
});
