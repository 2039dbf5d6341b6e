/** The README's examples are run, and print what the README says. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..");
// Seven programs import the same sources: stripped of their types and compiled once.
const env = { ...process.env, NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "compile") };
const EXAMPLE = /^```ts runnable\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```)?/gm;

const readme = await readFile(join(root, "README.md"), "utf8");
const examples = [...readme.matchAll(EXAMPLE)].map(([, code = "", printed = ""], at) => {
  const before = readme.slice(0, readme.indexOf(code));
  const heading = [...before.matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? "";
  return { name: `${at + 1}, ${heading}`, code, printed };
});

test("there are examples, and each says what it prints", () => {
  expect(examples.length).toBeGreaterThanOrEqual(7);
  expect(examples.filter(({ printed }) => printed === "")).toEqual([]);
});

test.each(examples)(
  "example $name",
  async ({ code, printed }) => {
    // Inside of the package, so that its own name resolves to its source.
    const folder = await mkdtemp(join(root, "test", ".readme-"));
    try {
      const file = join(folder, "example.ts");
      await writeFile(file, code);
      const { stdout, stderr } = await run(process.execPath, ["--conditions=@jobkit/source", file], { env });

      expect(stderr).toBe("");
      expect(stdout.replaceAll(/[ \t]+$/gm, "")).toBe(printed);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  300_000,
);
