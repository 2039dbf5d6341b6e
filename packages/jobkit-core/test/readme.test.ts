/** The programs of the README and of the pages are compiled, run, and print what the page says. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { printedBy, programsOf, typeProblems, unrunBlocks, writePrograms } from "./pages-kit.ts";

const root = join(import.meta.dirname, "..");
const docs = join(root, "..", "..", "docs", "core");
const pages = [
  join(root, "README.md"),
  ...readdirSync(docs)
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(docs, name)),
];
const programs = (await Promise.all(pages.map(programsOf))).flat();
const written = await writePrograms(programs);
afterAll(() => written[Symbol.asyncDispose]());

test("every block of code is run, and every page has some", async () => {
  const unrun = await Promise.all(pages.map(unrunBlocks));
  const runs = await Promise.all(pages.map(programsOf));

  expect(unrun.flat()).toEqual([]);
  expect(runs.filter((found) => found.length === 0)).toEqual([]);
});

test("all of them compile under the rules of this house", async () => {
  expect(await typeProblems(written.folder)).toEqual([]);
});

test.each(programs.map(({ name, blocks }, at) => ({ name, blocks, at })))("$name", async ({ blocks, at }) => {
  const { blocks: printed, stderr } = await printedBy(join(written.folder, `program-${at}.ts`));

  expect(stderr).toBe("");
  expect(printed).toEqual(blocks.map((block) => block.printed));
});
