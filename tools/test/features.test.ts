/** The page of features says the truth: the files are there, and the tests have those names. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const docs = fileURLToPath(new URL("../../docs", import.meta.url));
const page = readFileSync(join(docs, "features.md"), "utf8");
const rows = page.split("\n").filter((line) => /^\| (?!feature |-)/.test(line));

/** Feature, file that holds it, file of the test, name of the test. */
const ROW = /^\| (.+?) +\| \[[^\]]+\]\(([^)]+)\) +\| \[[^\]]+\]\(([^)]+)\) “(.+)” +\|$/;

test("every row of the page of features names a file, a test and what the test is called", () => {
  expect(rows.length).toBeGreaterThan(90);
  expect(rows.filter((row) => !ROW.test(row))).toEqual([]);
});

test("every file that holds a feature is there, and every test that proves one has that name", () => {
  const wrong = rows.filter((row) => {
    const [, , held = "", proof = "", name = ""] = ROW.exec(row) ?? [];
    if (!existsSync(join(docs, held)) || !existsSync(join(docs, proof))) return true;
    const text = readFileSync(join(docs, proof), "utf8");
    return !text.includes(JSON.stringify(name));
  });

  expect(wrong).toEqual([]);
});

test("no feature stands twice", () => {
  const names = rows.map((row) => ROW.exec(row)?.[1]);

  expect(new Set(names).size).toBe(names.length);
});
