import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { startNode } from "./support/command.ts";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const [, code = ""] = /```ts runnable\n([\s\S]*?)```/.exec(readme) ?? [];
const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];

/** The example as a program inside the package, so that its imports are found, with two texts to count. */
async function setup() {
  const folder = fileURLToPath(new URL(`readme-${process.pid}/`, import.meta.url));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "texts"), { recursive: true });
  await writeFile(join(folder, "words.ts"), code);
  await writeFile(join(folder, "texts", "one.txt"), "to be or not");
  await writeFile(join(folder, "texts", "two.txt"), "to be\n");
  const args = ["--data", join(folder, "data"), "--set", `words.folder=${join(folder, "texts")}`, "--json"];
  const config = join(folder, "config.yaml");
  await writeFile(config, yaml);
  const run = (command: readonly string[]) =>
    startNode(`../readme-${process.pid}/words.ts`, [...args, ...command]).ended;
  return { run, config };
}

test("the example of the README runs, does its work, and can be looked at; its file is valid", async () => {
  const { run, config } = await setup();

  const up = await run(["up", "--once"]);
  const status = await run(["status"]);
  const plan = await run(["pipeline", "plan", "recount"]);
  const valid = await run(["config", "validate", "--config", config]);
  const weekly = await run(["pipeline", "plan", "weekly", "--config", config]);

  expect(up.code).toBe(0);
  expect(JSON.parse(up.stdout)).toMatchObject({ done: 2, failed: 0, found: 2 });
  expect(JSON.parse(status.stdout)).toMatchObject({
    words: { "one.txt": 4, "two.txt": 2 },
    queue: { done: 2 },
  });
  expect(JSON.parse(plan.stdout)).toMatchObject({ tasks: 2, phases: [{ name: "count" }] });
  expect(JSON.parse(valid.stdout)).toMatchObject({ ok: true, problems: [] });
  expect(JSON.parse(weekly.stdout)).toMatchObject({ tasks: 3 });
});
