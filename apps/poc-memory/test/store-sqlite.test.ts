import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "vitest";
import { asStoreError } from "../src/store/errors.ts";
import { openMemoryStore } from "../src/store/open.ts";
import { migrations } from "../src/store/schema.ts";
import { applyAll } from "./store-changes.ts";
import { memoryStoreConformance } from "./store-conformance.ts";

const folder = mkdtempSync(join(tmpdir(), "memory-store-"));
let files = 0;
const freshPath = (): string => join(folder, `${(files += 1)}.db`);
const PERMISSIONS = 0o777;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

memoryStoreConformance("a store on disk", () => openMemoryStore({ path: freshPath(), mode: "write" }), 20);

const put = (key: string, content = `about ${key}`) =>
  ({ kind: "put", key, type: "semantic", content, category: "test", createdAtMs: 1 }) as const;

describe("a store on disk", () => {
  test("a second connection reads what was committed while the first goes on writing, and never writes", () => {
    const path = freshPath();
    using writer = openMemoryStore({ path, mode: "write" });
    applyAll(writer, put("a"), put("b"), { kind: "link", from: "a", to: "b", type: "link", strength: 0.5 });
    using reader = openMemoryStore({ path, mode: "read" });
    const before = reader.facts(0, 10);
    applyAll(writer, put("c"));

    expect(before).toEqual(writer.facts(0, 10).slice(0, 3));
    expect(reader.counts()).toEqual(writer.counts());
    expect(reader.words("about", 10)).toEqual(writer.words("about", 10));
    expect(() => applyAll(reader, put("d"))).toThrow(expect.objectContaining({ code: "STORE_READ_ONLY" }));
  });

  test("everything is there after closing and opening again", () => {
    const path = freshPath();
    const first = openMemoryStore({ path, mode: "write" });
    applyAll(first, put("a"));
    applyAll(first, { kind: "forget", key: "a" });
    applyAll(first, put("b"));
    const facts = first.facts(0, 10);
    first[Symbol.dispose]();
    first[Symbol.dispose]();

    using second = openMemoryStore({ path, mode: "write" });
    expect(second.facts(0, 10)).toEqual(facts);
    expect(second.history("a")).toHaveLength(2);
    expect(second.checkIntegrity()).toEqual([]);
  });

  test("the file and what SQLite puts beside it are for the owner alone, also where the file was open to others", () => {
    const path = freshPath();
    writeFileSync(path, "");
    chmodSync(path, 0o644);
    using store = openMemoryStore({ path, mode: "write" });
    applyAll(store, put("a"));

    const modes = ["", "-wal", "-shm"].map((suffix) => statSync(path + suffix).mode & PERMISSIONS);
    expect(modes).toEqual([0o600, 0o600, 0o600]);
  });

  test("a missing file, a foreign file and a newer file are told apart and left as they are", () => {
    const missing = freshPath();
    const foreign = freshPath();
    writeFileSync(foreign, "not a database at all ".repeat(100));
    const newer = freshPath();
    const database = new DatabaseSync(newer);
    database.exec("CREATE TABLE future (x); PRAGMA user_version = 99");
    database.close();
    const bytes = readFileSync(newer);

    for (const mode of ["read", "write"] as const) {
      expect(() => openMemoryStore({ path: foreign, mode })).toThrow(
        expect.objectContaining({ code: "STORE_CORRUPT" }),
      );
      expect(() => openMemoryStore({ path: newer, mode })).toThrow(
        expect.objectContaining({ code: "STORE_NEWER" }),
      );
    }
    expect(() => openMemoryStore({ path: missing, mode: "read" })).toThrow(
      expect.objectContaining({ code: "STORE_MISSING" }),
    );
    expect(readFileSync(newer)).toEqual(bytes);
  });

  test("a file that another writer holds is STORE_LOCKED, and the store goes on working", () => {
    const path = freshPath();
    using store = openMemoryStore({ path, mode: "write", busyMs: 1 });
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");

    expect(() => applyAll(store, put("a"))).toThrow(
      expect.objectContaining({ code: "STORE_LOCKED", retry: true }),
    );
    other.exec("ROLLBACK");
    other.close();
    expect(applyAll(store, put("a")).written).toBe(1);
  });

  test("a full disk refuses the batch as a whole and says so", () => {
    const path = freshPath();
    const small = openMemoryStore({ path, mode: "write" });
    applyAll(small, put("a"));
    small[Symbol.dispose]();
    const database = new DatabaseSync(path);
    const pages = Number(database.prepare("PRAGMA page_count").get()?.["page_count"]);
    database.exec(`PRAGMA max_page_count = ${pages + 2}`);
    const fill = (): unknown => database.exec("CREATE TABLE t AS SELECT randomblob(1000000) AS b");

    expect(storeCode(fill)).toBe("STORE_DISK_FULL");
    database.close();
  });

  test("a store that was tampered with says what is wrong", () => {
    const path = freshPath();
    using store = openMemoryStore({ path, mode: "write" });
    applyAll(store, put("a"), put("b"), { kind: "link", from: "a", to: "b", type: "link", strength: 1 });
    const database = new DatabaseSync(path);
    database.exec("DELETE FROM node WHERE key = 'b'; UPDATE node SET content = 'x' WHERE key = 'a'");
    database.close();

    expect(store.checkIntegrity()).toEqual([
      "the link link of nodes 1 and 2 has lost an end",
      "node 1 (a) differs from its latest version",
      "the word index holds node 2, which is not there",
    ]);
  });
});

function storeCode(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return asStoreError(error, "filling the disk").code;
  }
  return "nothing was thrown";
}

describe("the schema", () => {
  test("a file of version 1 opens with all that it holds", () => {
    const path = freshPath();
    const database = new DatabaseSync(path);
    database.exec(readFileSync(new URL("store-version-1.sql", import.meta.url), "utf8"));
    database.close();

    using store = openMemoryStore({ path, mode: "write" });
    expect(store.checkIntegrity()).toEqual([]);
    expect(store.get("fix/socket")).toMatchObject({
      content: "The socket needs a timeout.",
      version: 2,
      weight: 0.9,
    });
    expect(store.history("fix/socket").map((version) => version.author)).toEqual([
      "person:cli",
      "miner:segment",
    ]);
    expect(store.history("old/thing")[0]?.content).toBeNull();
    expect(store.neighbours(1)).toEqual([{ id: 2, type: "about", strength: Math.fround(0.8) }]);
    expect(store.receipts(2)).toEqual([
      { transcript: "p/s.jsonl", line: 4, uuid: "u-4", atMs: 1_700_000_000_000 },
    ]);
    expect(store.words("timeouts", 5).map((hit) => hit.id)).toEqual([2]);
    expect(store.progress.transcript({ root: "/t", name: "p/s.jsonl" })).toMatchObject({
      state: "current",
      generation: 0,
    });
    expect(store.progress.seen.find("u-4")).toMatchObject({ segment: 0, turn: 1 });
    expect(store.revision).toBe(4);
  });

  test("a step that fails leaves the file at the version before, and is done when it can be", () => {
    const path = freshPath();
    const second = { name: "a second shape", sql: "CREATE TABLE later (x) STRICT" };
    const broken = { name: "a second shape", sql: "CREATE TABLE extra (x INTEGER) STRICT; NONSENSE" };

    expect(() => openMemoryStore({ path, mode: "write", migrations: [...migrations, broken] })).toThrow(
      /a second shape/,
    );
    using store = openMemoryStore({ path, mode: "write" });
    expect(applyAll(store, put("a")).revision).toBe(1);
    const done = { ...second, sql: "CREATE TABLE later (x INTEGER) STRICT" };
    using upgraded = openMemoryStore({ path, mode: "write", migrations: [...migrations, done] });
    expect(upgraded.get("a")?.content).toBe("about a");
    expect(() => openMemoryStore({ path, mode: "read" })).toThrow(
      expect.objectContaining({ code: "STORE_NEWER" }),
    );
  });
});

describe("a process that is killed", () => {
  test("leaves the state before or after each batch, never half of one", async () => {
    const path = freshPath();
    const child = spawn(process.execPath, [
      "--conditions=@jobkit/source",
      new URL("store-kill-child.ts", import.meta.url).pathname,
      path,
    ]);
    let told = 0;
    for await (const chunk of child.stdout) {
      const numbers = String(chunk).trim().split("\n").map(Number);
      told = numbers.at(-1) ?? told;
      // The child is somewhere inside a batch of 200 nodes when this arrives.
      if (told >= 3) child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");

    using store = openMemoryStore({ path, mode: "write" });
    const { nodes, links, revision } = store.counts();
    expect(child.signalCode).toBe("SIGKILL");
    expect(revision).toBeGreaterThanOrEqual(told);
    expect([nodes, links]).toEqual([revision * 200, revision * 199]);
    expect(store.progress.cursor("batch")).toBe(String(revision));
    expect(store.checkIntegrity()).toEqual([]);
  });
});
