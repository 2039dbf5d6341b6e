import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openSqliteQueue } from "jobkit-sqlite";
import type { QueueStore } from "jobkit-core";
import { systemClock } from "jobkit-core/system";
import { expect, test } from "vitest";
import { openConnection } from "../src/connection.ts";
import { SqliteQueue } from "../src/sqlite-queue.ts";
import { drafts } from "./drafts.ts";
import { tempFolder } from "./temp-folder.ts";
import { claim } from "./turn.ts";

const LARGE = { input: "x".repeat(20_000) };

/** Add batches until one is refused. @returns how many tasks were answered for. */
async function fill(queue: QueueStore): Promise<number> {
  for (let batch = 0; ; batch += 1) {
    const refused = await queue.addGraph(drafts(10, LARGE, batch)).then(
      () => null,
      (error: unknown) => error,
    );
    if (refused === null) continue;
    expect(refused).toMatchObject({ code: "QUEUE_DISK_FULL", retry: true });
    return batch * 10;
  }
}

async function stored(queue: QueueStore): Promise<number> {
  return (await queue.counts()).reduce((sum, { count }) => sum + count, 0);
}

test("a full disk refuses the call whole, and the queue works again when there is space", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  const db = openConnection(path);
  db.exec("PRAGMA max_page_count = 100");
  await using queue = new SqliteQueue({
    db,
    path,
    clock: systemClock,
    lockWaitMs: 0,
    sync: null,
    shared: false,
  });

  const answered = await fill(queue);

  expect(await stored(queue)).toBe(answered);
  expect((await queue.list({ limit: 1_000 })).tasks).toHaveLength(answered);
  db.exec("PRAGMA max_page_count = 100000");
  await queue.addGraph(drafts(10, LARGE, 1_000));
  expect(await stored(queue)).toBe(answered + 10);
});

test("on a full disk what is too large is refused and what fits is done, also in one turn", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  const db = openConnection(path);
  await using queue = new SqliteQueue({
    db,
    path,
    clock: systemClock,
    lockWaitMs: 0,
    sync: null,
    shared: false,
  });
  await queue.addGraph(drafts(1));
  db.exec("PRAGMA max_page_count = 40");

  const [large, small] = await Promise.allSettled([queue.addGraph(drafts(100, LARGE, 2)), claim(queue)]);

  expect(large).toMatchObject({ status: "rejected", reason: { code: "QUEUE_DISK_FULL" } });
  expect(small).toMatchObject({ status: "fulfilled", value: [{ attempt: 1 }] });
  expect(await queue.counts()).toEqual([{ job: "work", state: "running", count: 1 }]);
});

test("a real disk without space is told so, loses nothing, and is used again when space returns", async ({
  skip,
}) => {
  await using folder = await tempFolder();
  const disk = join(folder.path, "small-disk");
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], { stdio: "ignore" });
  } catch {
    skip("mounting a small tmpfs is not allowed here");
  }
  try {
    const queue = await openSqliteQueue({ path: join(disk, "queue.db") });
    const answered = await fill(queue);
    expect(await stored(queue)).toBe(answered);
    execFileSync("mount", ["-o", "remount,size=8m", disk]);
    await queue.addGraph(drafts(10, LARGE, 1_000));
    await queue[Symbol.asyncDispose]();

    await using again = await openSqliteQueue({ path: join(disk, "queue.db") });
    expect(await stored(again)).toBe(answered + 10);
  } finally {
    execFileSync("umount", ["-l", disk]);
  }
});
