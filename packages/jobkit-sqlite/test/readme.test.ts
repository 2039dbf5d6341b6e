import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const run = promisify(execFile);
const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const blocks = Array.from(readme.matchAll(/```ts runnable\n([\s\S]*?)```/g), ([, code = ""]) => code);

describe("the examples of the README run and print what they say", () => {
  test.each(blocks.map((code, at) => ({ at, code })))("example $at", async ({ at, code }) => {
    // Inside the package, so that its imports are found; a folder of its own, so that its files are too.
    const folder = new URL(`readme-example-${process.pid}-${at}/`, import.meta.url).pathname;
    await mkdir(folder);
    try {
      await writeFile(join(folder, "example.ts"), code);
      const { stdout } = await run(process.execPath, ["--conditions=@jobkit/source", "example.ts"], {
        cwd: folder,
      });

      const promised = Array.from(code.matchAll(/\/\/ prints: (.*)/g), ([, line]) => `${line}\n`).join("");
      expect(promised).not.toBe("");
      expect(stdout).toBe(promised);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("there are some", () => {
    expect(blocks.length).toBeGreaterThan(1);
  });
});
