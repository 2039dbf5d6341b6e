import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { openSqliteQueue } from "jobkit-sqlite";
import { describe, expect, test } from "vitest";
import { migrate, type MigrationTarget } from "../src/migrate.ts";
import type { Migration } from "../src/migration.ts";
import { migrations } from "../src/schema.ts";
import { NOW } from "./drafts.ts";
import { tempFolder, type TempFolder } from "./temp-folder.ts";
import { claim } from "./turn.ts";

const fixture = new URL("fixtures/v1.sql", import.meta.url);
const expected = new URL("fixtures/v1.json", import.meta.url);

/** What tasks of version 1 say of what there was not yet. */
const sinceVersion2 = {
  keyUntilMs: 0,
  idempotencyKey: null,
  sequence: null,
  deadlineAtMs: null,
  limits: null,
  forks: 0,
};

/** A next version as one could be: it changes a table that holds tasks. */
const nextVersion: Migration = {
  version: 3,
  statements: [
    "ALTER TABLE task ADD COLUMN note TEXT",
    "UPDATE task SET note = 'from before'",
    "CREATE INDEX task_note ON task (note)",
  ],
};
const steps = [...migrations, nextVersion];

/** A connection that stops at its n-th write statement, and says when it did. */
function stoppingAt(db: DatabaseSync, stopAt: number, stop: () => void): MigrationTarget {
  let at = 0;
  return {
    prepare: (sql) => db.prepare(sql),
    get isTransaction() {
      return db.isTransaction;
    },
    exec(sql) {
      at += 1;
      if (at === stopAt + 1) stop();
      db.exec(sql);
    },
  };
}

function schemaOf(path: string): unknown {
  const db = new DatabaseSync(path);
  const schema = db.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY name").all();
  const { user_version: version } = db.prepare("PRAGMA user_version").get() ?? {};
  const tasks = Number(version) === 0 ? [] : db.prepare("SELECT * FROM task ORDER BY seq").all();
  db.close();
  return { schema, version, tasks };
}

async function loaded(folder: TempFolder, name: string): Promise<string> {
  const path = folder.file(name);
  const db = new DatabaseSync(path);
  db.exec(readFileSync(fixture, "utf8"));
  db.close();
  return path;
}

/** Make files, stop their migration at every statement in one of two ways, and go on. */
async function survivesStops(make: (folder: TempFolder, name: string) => Promise<string>, last: number) {
  await using folder = await tempFolder();
  const plain = await make(folder, "plain.db");
  const db = new DatabaseSync(plain);
  migrate(db, plain, steps);
  db.close();
  const survived: unknown[] = [];
  for (let stopAt = 0; stopAt <= last; stopAt += 1) {
    const failed = await make(folder, `failed-${stopAt}.db`);
    const killed = await make(folder, `killed-${stopAt}.db`);
    failAndGoOn(failed, stopAt);
    dieAndGoOn(killed, folder.file(`left-${stopAt}.db`), stopAt);
    survived.push(schemaOf(failed), schemaOf(folder.file(`left-${stopAt}.db`)));
  }
  return { survived, plain: schemaOf(plain) };
}

function failAndGoOn(path: string, stopAt: number): void {
  const db = new DatabaseSync(path);
  const target = stoppingAt(db, stopAt, () => {
    throw new Error("stopped");
  });
  expect(() => migrate(target, path, steps)).toThrow(/bringing|stopped/);
  expect(db.isTransaction).toBe(false);
  migrate(db, path, steps);
  db.close();
}

/** What a killed process leaves is what the disk holds at that moment: the file and its log are copied then. */
function dieAndGoOn(path: string, left: string, stopAt: number): void {
  const db = new DatabaseSync(path);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA cache_size = 1");
  const target = stoppingAt(db, stopAt, () => {
    copyFileSync(path, left);
    if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${left}-wal`);
    throw new Error("killed");
  });
  expect(() => migrate(target, path, steps)).toThrow(/bringing|killed/);
  db.close();
  const next = new DatabaseSync(left);
  migrate(next, left, steps);
  next.close();
}

describe("a migration that stops at any statement leaves a version that goes on", () => {
  test("of a new file", async () => {
    const { survived, plain } = await survivesStops(async (folder, name) => folder.file(name), 20);

    expect(survived).toEqual(survived.map(() => plain));
  });

  test("of a file of version 1 with tasks", async () => {
    const { survived, plain } = await survivesStops(loaded, 8);

    expect(survived).toEqual(survived.map(() => plain));
  });
});

test("a step that fails is told, and the file is as it was", async () => {
  await using folder = await tempFolder();
  const path = await loaded(folder, "queue.db");
  const db = new DatabaseSync(path);
  migrate(db, path);
  const before = schemaOf(path);
  const broken = { version: 3, statements: ["CREATE TABLE extra (x)", "CREATE TABLE task (twice)"] };

  expect(() => migrate(db, path, [...migrations, broken])).toThrow(
    expect.objectContaining({ code: "QUEUE_MIGRATION", message: expect.stringContaining("version 3") }),
  );

  db.close();
  expect(schemaOf(path)).toEqual(before);
});

test("two connections that start at once make one file", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  const first = new DatabaseSync(path, { timeout: 1_000 });
  const second = new DatabaseSync(path, { timeout: 1_000 });
  const raced = stoppingAt(first, 0, () => migrate(second, path));

  migrate(raced, path);

  expect(schemaOf(path)).toMatchObject({ version: 2 });
  first.close();
  second.close();
});

describe("a file of version 1", () => {
  test("still loads: every task reads as it did", async () => {
    await using folder = await tempFolder();
    await using queue = await openSqliteQueue({ path: await loaded(folder, "queue.db") });

    const { tasks } = await queue.list({ order: "oldest", limit: 1_000 });

    const then = JSON.parse(readFileSync(expected, "utf8")) as readonly object[];
    expect(tasks).toEqual(then.map((task) => Object.assign({}, sinceVersion2, task)));
    expect(new Set(tasks.map(({ state }) => state.kind)).size).toBe(8);
  });

  test("still works: what was running is recovered, what is ready is claimed, counts fit the tasks", async () => {
    await using folder = await tempFolder();
    await using queue = await openSqliteQueue({ path: await loaded(folder, "queue.db") });
    const { tasks } = await queue.list({ limit: 1_000 });

    const recovered = await queue.recover({ nowMs: NOW, lost: "others", owner: "new" });
    const claimed = await claim(queue, { owner: "new", nowMs: NOW + 1e6, limit: 100 });

    expect(recovered).toHaveLength(1);
    expect(claimed.length).toBeGreaterThanOrEqual(3);
    expect((await queue.counts()).reduce((sum, { count }) => sum + count, 0)).toBe(tasks.length);
  });
});
