import { once } from "node:events";
import { readdir, readFile, stat, utimes } from "node:fs/promises";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { openSqliteQueue, openSqliteQueueReader } from "jobkit-sqlite";
import { expect, test } from "vitest";
import { codedError } from "../src/errors.ts";
import { openReadingConnection } from "../src/connection.ts";
import { drafts } from "./drafts.ts";
import { spawnChild } from "./spawn-child.ts";
import { tempFolder } from "./temp-folder.ts";

/** Make a queue with a few tasks and close it. @returns the ids of the tasks. */
async function made(path: string): Promise<readonly string[]> {
  await using queue = await openSqliteQueue({ path });
  return (await queue.addGraph(drafts(3))).map(({ id }) => id);
}

test("while another process writes, a reader sees all that was answered before, and hinders nobody", async () => {
  await using folder = await tempFolder();
  const [path, side] = [folder.file("queue.db"), folder.file("side.txt")];
  const child = spawnChild("churn", [path, side, "7"]);
  const gone = once(child, "exit");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  await lines.next();

  await using reader = await openSqliteQueueReader({ path });
  const missing: string[] = [];
  const sizes: number[] = [];
  for (let look = 0; look < 5; look += 1) {
    // The other process goes on between two looks.
    await lines.next();
    const answered = await readFile(side, "utf8");
    const added = [...answered.matchAll(/^added (.*)$/gm)].map(([, id]) => id as never);
    const [found, counts] = await Promise.all([reader.get(added), reader.counts()]);
    const ids = new Set<string>(found.map(({ id }) => id));
    missing.push(...added.filter((id) => !ids.has(id)));
    sizes.push(counts.reduce((sum, { count }) => sum + count, 0) - added.length);
  }
  child.kill("SIGKILL");

  expect(missing).toEqual([]);
  expect(sizes.filter((more) => more < 0)).toEqual([]);
  expect(await gone).toEqual([null, "SIGKILL"]);
}, 300_000);

test("a reader reads what the queue holds, page by page, and is closed with STORE_CLOSED", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  const ids = await made(path);
  const reader = await openSqliteQueueReader({ path });

  const first = await reader.list({ limit: 2, order: "oldest" });
  const second = await reader.list({ limit: 2, order: "oldest", cursor: first.next ?? "" });
  await reader[Symbol.asyncDispose]();

  expect([...first.tasks, ...second.tasks].map(({ id }) => id)).toEqual(ids);
  await expect(reader.counts()).rejects.toMatchObject({ code: "STORE_CLOSED" });
});

test("a reader does not write: the queue file keeps its bytes, and a write is refused with its code", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  await made(path);
  await utimes(path, 1, 1);
  const [before, { mode, mtimeMs }] = [await readFile(path), await stat(path)];

  const reader = await openSqliteQueueReader({ path });
  expect(await reader.counts()).toHaveLength(1);
  await reader[Symbol.asyncDispose]();
  const db = openReadingConnection(path);
  const refused = ["DELETE FROM task", "CREATE TABLE more (x)", "PRAGMA user_version = 9"].map((write) => {
    try {
      return db.exec(write);
    } catch (error) {
      return codedError(error, "writing");
    }
  });
  db.close();

  expect(refused).toMatchObject(Array.from({ length: 3 }, () => ({ code: "QUEUE_READONLY" })));
  expect(await readFile(path)).toEqual(before);
  expect(await stat(path)).toMatchObject({ mode, mtimeMs });
  await using queue = await openSqliteQueue({ path });
  expect(await queue.counts()).toHaveLength(1);
});

test("where there is no file a reader says so and makes none", async () => {
  await using folder = await tempFolder();

  const opening = [folder.file("queue.db"), folder.file("none/queue.db")].map((path) =>
    openSqliteQueueReader({ path }),
  );

  expect(await Promise.allSettled(opening)).toMatchObject([
    { status: "rejected", reason: { code: "QUEUE_MISSING" } },
    { status: "rejected", reason: { code: "QUEUE_MISSING" } },
  ]);
  expect(await readdir(folder.path)).toEqual([]);
});

test.each([
  ["of a newer version", "PRAGMA user_version = 999", "QUEUE_NEWER"],
  ["of an older version", "PRAGMA user_version = 0", "QUEUE_OLDER"],
  ["of another program", "PRAGMA application_id = 1", "QUEUE_FOREIGN"],
])("a reader refuses a file %s and leaves it as it is", async (_what, change, code) => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  await made(path);
  const db = new DatabaseSync(path);
  db.exec(change);
  db.close();
  const before = await readFile(path);

  await expect(openSqliteQueueReader({ path })).rejects.toMatchObject({ code });

  expect(await readFile(path)).toEqual(before);
});
