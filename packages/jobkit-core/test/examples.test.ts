/** Each example is run, and prints what stands at its end. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { printedBy } from "./pages-kit.ts";

const folder = join(import.meta.dirname, "..", "examples");
/** Not programs: what the others stand on, and what runs in the threads of one of them. */
const parts = new Set(["stage.ts", "hashing.ts"]);
const names = readdirSync(folder).filter((name) => name.endsWith(".ts"));
const programs = names.filter((name) => !parts.has(name));

/** The comment at the end of an example, as text. */
function promised(name: string): string {
  const [, comment = ""] = readFileSync(join(folder, name), "utf8").split("\n// Prints:\n");
  return comment.replaceAll(/^\/\/ ?/gm, "");
}

test("every example stands in the list of examples, and says what it prints", () => {
  const list = readFileSync(join(folder, "README.md"), "utf8");

  expect(names.filter((name) => !list.includes(`](${name})`))).toEqual([]);
  expect(programs.filter((name) => promised(name) === "")).toEqual([]);
});

test.each(programs)("%s", async (name) => {
  const { text, stderr } = await printedBy(join(folder, name));

  expect(stderr).toBe("");
  expect(text).toBe(promised(name));
});
