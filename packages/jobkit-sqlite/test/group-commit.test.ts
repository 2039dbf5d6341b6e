import { DatabaseSync } from "node:sqlite";
import type { Clock } from "jobkit-core";
import { FakeClock } from "jobkit-core/testing";
import { expect, test } from "vitest";
import { GroupCommit, type GroupHooks } from "../src/group-commit.ts";
import type { LogSync } from "../src/log-sync.ts";
import { pausingClock } from "./pausing-clock.ts";
import { tempFolder } from "./temp-folder.ts";

interface SetupOptions {
  readonly path?: string;
  readonly clock?: Clock;
  readonly lockWaitMs?: number;
  readonly beforeCommit?: () => void;
  readonly sync?: LogSync | null;
}

function setup({
  path = ":memory:",
  clock = new FakeClock(),
  lockWaitMs = 0,
  beforeCommit,
  sync = null,
}: SetupOptions = {}) {
  const db = new DatabaseSync(path, { timeout: 0 });
  db.exec("PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS line (text TEXT UNIQUE)");
  const told: string[] = [];
  const hooks: GroupHooks = {
    kept: () => told.push("kept"),
    dropped: () => told.push("dropped"),
    beforeCommit: () => beforeCommit?.(),
    committed: () => told.push("committed"),
    undone: () => told.push("undone"),
  };
  const group = new GroupCommit(db, { path, clock, lockWaitMs, hooks, sync });
  const insert = (text: string) =>
    group.call("inserting", true, () => db.prepare("INSERT INTO line VALUES (?)").run(text));
  const lines = () =>
    db
      .prepare("SELECT text FROM line")
      .all()
      .map((row) => row["text"]);
  return { db, group, told, insert, lines };
}

/** What `node:sqlite` throws for a result code. */
const sqliteFailure = (errcode: number): Error => Object.assign(new Error("from the disk"), { errcode });

test("calls of one turn share one transaction, whoever makes them", async () => {
  const { told, insert, lines } = setup();
  const others = new Promise((resolve) => queueMicrotask(() => resolve(insert("microtask"))));

  await Promise.all([insert("a"), insert("b"), others]);

  expect(told.filter((what) => what === "committed")).toHaveLength(1);
  expect(lines()).toEqual(["a", "b", "microtask"]);
});

test("a call that throws is undone alone", async () => {
  const { db, group, told, insert, lines } = setup();
  const half = group.call("doing half", true, () => {
    db.exec("INSERT INTO line VALUES ('half')");
    throw new RangeError("no");
  });

  const settled = await Promise.allSettled([insert("a"), half, insert("b")]);

  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  await expect(half).rejects.toThrow(RangeError);
  expect(lines()).toEqual(["a", "b"]);
  expect(told.toSorted()).toEqual(["committed", "dropped", "kept", "kept"]);
});

test("a call that throws on its own leaves nothing behind", async () => {
  const { db, group, lines } = setup();

  await expect(
    group.call("doing half", true, () => {
      db.exec("INSERT INTO line VALUES ('half')");
      throw new RangeError("no");
    }),
  ).rejects.toThrow(RangeError);

  expect(lines()).toEqual([]);
});

test("a call is answered when others can see its change", async () => {
  await using folder = await tempFolder();
  const path = folder.file("group.db");
  const { group, insert } = setup({ path });
  const other = new DatabaseSync(path);

  await insert("a");

  expect(other.prepare("SELECT text FROM line").all()).toHaveLength(1);
  other.close();
  await group.close();
});

test("while another holds the lock the group waits, and goes on when it is free", async () => {
  await using folder = await tempFolder();
  const path = folder.file("group.db");
  const other = new DatabaseSync(path);
  const { clock, pauses } = pausingClock(() => other.exec("COMMIT"));
  const { group, insert, lines } = setup({ path, clock, lockWaitMs: 1_000 });
  other.exec("BEGIN IMMEDIATE");

  await insert("a");

  expect(pauses()).toBe(3);
  expect(lines()).toEqual(["a"]);
  other.close();
  await group.close();
});

test("a lock that is not given up in time is told, and later calls succeed", async () => {
  await using folder = await tempFolder();
  const path = folder.file("group.db");
  const { group, insert, lines } = setup({ path });
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");

  await expect(insert("a")).rejects.toMatchObject({ code: "QUEUE_LOCKED", retry: true });
  other.exec("COMMIT");
  await insert("b");

  expect(lines()).toEqual(["b"]);
  other.close();
  await group.close();
});

test("after the disk failed nothing is acknowledged any more", async () => {
  let fails = true;
  const { insert, told } = setup({
    beforeCommit: () => {
      if (fails) throw sqliteFailure(1_034);
    },
  });

  await expect(Promise.all([insert("a"), insert("b")])).rejects.toMatchObject({ code: "QUEUE_IO" });
  fails = false;

  await expect(insert("c")).rejects.toMatchObject({ code: "QUEUE_IO" });
  expect(told).not.toContain("committed");
});

test("more calls than may wait are refused, and those that wait are answered", async () => {
  const { group } = setup();
  const calls = Array.from({ length: 65_537 }, (_, at) => group.call("counting", false, () => at));

  const settled = await Promise.allSettled(calls);

  expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(65_536);
  await expect(calls.at(-1)).rejects.toMatchObject({ code: "QUEUE_OVERLOADED" });
});
