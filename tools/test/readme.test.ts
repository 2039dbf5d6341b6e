import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const here = fileURLToPath(new URL(".", import.meta.url));

test("the front page's daemon takes a task, runs it, and tells of it", async () => {
  const [, code = ""] = /```ts runnable\n([\s\S]*?)```/.exec(readme) ?? [];
  // Inside this package, so that the names of the workspace resolve.
  const folder = mkdtempSync(join(here, ".readme-"));
  try {
    const program = join(folder, "greeter.ts");
    writeFileSync(program, code);
    const greeter = async (...args: string[]): Promise<string> => {
      const all = ["--conditions=@jobkit/source", program, ...args, "--data", join(folder, "data")];
      return (await promisify(execFile)(process.execPath, all)).stdout;
    };

    await greeter("jobs", "submit", "greet", '"world"');
    const ran = await greeter("up", "--once");
    const events = await greeter("events", "--filter", "ev=task.noted", "--json");

    expect(ran).toMatch(/✓ 1 done; 0 found, took/);
    expect(events).toMatch(/"ev":"task.noted".*"text":"hello world"/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("both commands of the front page are scripts of the project", () => {
  const { scripts } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    scripts: Record<string, string>;
  };
  const commands = [...readme.matchAll(/^npx -y pnpm@12 (\w+)/gm)].map(([, name = ""]) => name);

  expect(commands).toEqual(["poc", "test"]);
  for (const name of commands) expect(scripts).toHaveProperty(name);
});
