import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { openSqliteQueue, openSqliteQueueReader } from "jobkit-sqlite";
import { expect, test } from "vitest";
import { drafts } from "./drafts.ts";
import { pausingClock } from "./pausing-clock.ts";
import { tempFolder } from "./temp-folder.ts";
import { claim } from "./turn.ts";

test("what was answered is there when the file is opened again", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  const first = await openSqliteQueue({ path });
  const added = await first.addGraph(drafts(3));
  await first[Symbol.asyncDispose]();

  await using second = await openSqliteQueue({ path });

  const claimed = await claim(second);
  expect(claimed.map(({ id }) => id)).toEqual(added.map(({ id }) => id));
  expect(await second.counts()).toEqual([{ job: "work", state: "running", count: 3 }]);
});

test("the file and its side files are readable by their owner only", async () => {
  await using folder = await tempFolder();
  await using queue = await openSqliteQueue({ path: folder.file("queue.db") });
  await queue.addGraph(drafts(1));

  const names = await readdir(folder.path);
  const modes = await Promise.all(names.map(async (name) => (await stat(folder.file(name))).mode & 0o777));

  expect(names.toSorted()).toEqual(["queue.db", "queue.db-shm", "queue.db-wal"]);
  expect(modes).toEqual([0o600, 0o600, 0o600]);
});

test("a file that others may read is made private when it is opened", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  await (await openSqliteQueue({ path }))[Symbol.asyncDispose]();
  await chmod(path, 0o644);

  await using _queue = await openSqliteQueue({ path });

  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("a file of a newer version is refused and left as it is", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  await (await openSqliteQueue({ path }))[Symbol.asyncDispose]();
  const db = new DatabaseSync(path);
  db.exec("PRAGMA user_version = 999");
  db.close();
  const before = await readFile(path);

  await expect(openSqliteQueue({ path })).rejects.toMatchObject({
    code: "QUEUE_NEWER",
    message: expect.stringContaining("version 999"),
  });

  expect(await readFile(path)).toEqual(before);
});

test("another program's database is refused and left as it is", async () => {
  await using folder = await tempFolder();
  const path = folder.file("notes.db");
  const db = new DatabaseSync(path);
  db.exec("CREATE TABLE note (text TEXT); INSERT INTO note VALUES ('mine')");
  db.close();
  const before = await readFile(path);

  await expect(openSqliteQueue({ path })).rejects.toMatchObject({ code: "QUEUE_FOREIGN" });

  expect(await readFile(path)).toEqual(before);
});

test("a file that is no database is refused as corrupt", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  await writeFile(path, "this is a letter, not a database, and it is long enough to be sure".repeat(100));

  await expect(openSqliteQueue({ path })).rejects.toMatchObject({ code: "QUEUE_CORRUPT" });
});

test.for([
  ["the name of a column", "parents INTEGER", "qarents INTEGER"],
  ["the case of a name", "forks INTEGER", "Forks INTEGER"],
  ["the condition of an index", "WHERE turn = 2", "WHERE turn = 0"],
] as const)("a file with one turned bit in %s is refused as corrupt", async ([, whole, turned]) => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  await (await openSqliteQueue({ path }))[Symbol.asyncDispose]();
  const bytes = await readFile(path);
  bytes.write(turned, bytes.indexOf(whole));
  await writeFile(path, bytes);

  await expect(openSqliteQueue({ path })).rejects.toMatchObject({ code: "QUEUE_CORRUPT" });
  await expect(openSqliteQueueReader({ path })).rejects.toMatchObject({ code: "QUEUE_CORRUPT" });
});

test("a damaged page is told with its code when it is met, and the queue stops", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  const first = await openSqliteQueue({ path });
  await first.addGraph(drafts(2_000, { input: "x".repeat(200) }));
  await first[Symbol.asyncDispose]();
  const bytes = await readFile(path);
  // Page 1 says what the file is; everything behind it is overwritten.
  await writeFile(path, bytes.fill(0xff, 4_096));

  await using queue = await openSqliteQueue({ path });

  await expect(queue.list({ limit: 1_000 })).rejects.toMatchObject({ code: "QUEUE_CORRUPT" });
  await expect(queue.counts()).rejects.toMatchObject({ code: "QUEUE_CORRUPT" });
});

test("a folder that does not exist, or a folder in place of the file, is told as a fault of the disk", async () => {
  await using folder = await tempFolder();
  await mkdir(folder.file("queue.db"));

  await expect(openSqliteQueue({ path: folder.file("none/queue.db") })).rejects.toMatchObject({
    code: "QUEUE_IO",
  });
  await expect(openSqliteQueue({ path: folder.file("queue.db") })).rejects.toMatchObject({
    code: "QUEUE_IO",
  });
});

test("a file that another process is making is opened when it is made, or refused when the wait is over", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  const other = new DatabaseSync(path);
  other.exec("BEGIN EXCLUSIVE");
  const { clock, pauses } = pausingClock(() => other.exec("COMMIT"));

  const refused = openSqliteQueue({ path, clock, lockWaitMs: 0 });
  await expect(refused).rejects.toMatchObject({ code: "QUEUE_LOCKED" });
  await using queue = await openSqliteQueue({ path, clock, lockWaitMs: 1_000 });

  expect(pauses()).toBe(3);
  expect(await queue.counts()).toEqual([]);
  other.close();
});

test("a name that looks like an address is a name", async () => {
  await using folder = await tempFolder();
  const path = folder.file("file:queue.db?mode=memory");
  await using queue = await openSqliteQueue({ path });
  await queue.addGraph(drafts(1));

  expect((await stat(path)).isFile()).toBe(true);
});

test("an unfinished key is unique in the file itself", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  const queue = await openSqliteQueue({ path });
  await queue.addGraph(drafts(1, { key: "k" }));
  await queue[Symbol.asyncDispose]();
  const db = new DatabaseSync(path);

  const twin = () =>
    db.exec(`INSERT INTO life (seq, job, state, priority, due_at, attempt, claim, forks, ties, key)
      SELECT seq + 1, job, state, priority, due_at, attempt, claim, forks, ties, key FROM life`);

  expect(twin).toThrow(/UNIQUE/);
  db.close();
});

test("a draft that no table takes is refused alone: the queue is not damaged by it, and goes on", async () => {
  await using folder = await tempFolder();
  await using queue = await openSqliteQueue({ path: folder.file("queue.db") });
  // As a caller without types may hand it in.
  const wrong = [Number.NaN, "high" as never].map((priority, at) =>
    drafts(1, {}, at + 2).map((draft) => Object.assign({}, draft, { priority })),
  );

  const refused = await Promise.all(
    wrong.map((batch) => queue.addGraph(batch).catch((error: unknown) => error)),
  );
  const added = await queue.addGraph(drafts(1));

  for (const error of refused) expect(error).not.toMatchObject({ code: "QUEUE_CORRUPT" });
  expect(refused).toEqual(refused.map(() => expect.any(Error)));
  expect(added).toMatchObject([{ added: true }]);
});
