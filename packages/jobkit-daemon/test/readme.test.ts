import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { startNode } from "./support/command.ts";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const [, code = ""] = /```ts runnable\n([\s\S]*?)```/.exec(readme) ?? [];

/** The example as a program inside the package, so that its imports are found, with two texts to count. */
async function setup() {
  const folder = fileURLToPath(new URL(`readme-${process.pid}/`, import.meta.url));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "texts"), { recursive: true });
  await writeFile(join(folder, "words.ts"), code);
  await writeFile(join(folder, "texts", "one.txt"), "to be or not");
  await writeFile(join(folder, "texts", "two.txt"), "to be\n");
  const args = ["--data", join(folder, "data"), "--set", `words.folder=${join(folder, "texts")}`, "--json"];
  return (command: readonly string[]) =>
    startNode(`../readme-${process.pid}/words.ts`, [...args, ...command]).ended;
}

test("the example of the README runs, does its work, and can be looked at", async () => {
  const run = await setup();

  const up = await run(["up", "--once"]);
  const status = await run(["status"]);

  expect(up.code).toBe(0);
  expect(JSON.parse(up.stdout)).toMatchObject({ done: 2, failed: 0, found: 2 });
  expect(JSON.parse(status.stdout)).toMatchObject({
    words: { "one.txt": 4, "two.txt": 2 },
    queue: { done: 2 },
  });
});
