import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { clockworkHere } from "./support/command.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

async function setup() {
  const folder = await temporaryFolder();
  return { folder, ...clockworkHere(join(folder, "data")) };
}

test("config shows, explains and checks settings, with line and column for each mistake", async () => {
  const world = await setup();
  const file = join(world.folder, "c.yaml");
  await writeFile(file, "work:\n  lanes: 3\n  lane: 4\nclockwork: { tasks: many }\n");

  const broken = await world.run(["config", "validate", "--config", file, "--json"]);
  const brokenUp = await world.run(["up", "--once", "--config", file]);
  await writeFile(file, "work:\n  lanes: 3\n");
  const valid = await world.json(["config", "validate", "--config", file]);
  const explained = await world.json(["config", "explain", "work.lanes", "--config", file]);
  const { settings } = (await world.json(["config", "show", "--changed", "--config", file])) as {
    settings: { name: string }[];
  };

  expect(broken.code).toBe(2);
  expect(JSON.parse(broken.stdout)).toMatchObject({
    ok: false,
    problems: [
      { code: "SETTING_UNKNOWN", name: "work.lane", line: 3, column: 3 },
      { code: "SETTING_INVALID", name: "clockwork.tasks", line: 4 },
    ],
  });
  expect(brokenUp).toMatchObject({ code: 2, stderr: expect.stringContaining(`${file}:3:3`) });
  expect(valid).toEqual({ ok: true, file, problems: [] });
  expect(explained).toMatchObject({
    name: "work.lanes",
    value: 3,
    source: file,
    variable: "CLOCKWORK_WORK_LANES",
  });
  expect(settings.map(({ name }) => name)).toEqual(["work.lanes"]);
});

test("a flag wins over the environment, the environment over the file", async () => {
  const world = await setup();
  const file = join(world.folder, "c.yaml");
  await writeFile(file, "work: { lanes: 3 }\n");
  const env = { CLOCKWORK_WORK_LANES: "4" };
  const lanes = async (args: readonly string[], options: { env?: Record<string, string> } = {}) => {
    const { stdout } = await world.run(
      ["config", "explain", "work.lanes", "--config", file, "--json", ...args],
      options,
    );
    const { value, source } = JSON.parse(stdout) as { value: number; source: string };
    return [value, source];
  };

  expect(await lanes([])).toEqual([3, file]);
  expect(await lanes([], { env })).toEqual([4, "env"]);
  expect(await lanes(["--set", "work.lanes=5"], { env })).toEqual([5, "flag"]);
});

test("config schema and example are printed whole, and the example is itself valid", async () => {
  const world = await setup();
  const file = join(world.folder, "example.yaml");

  const schema = JSON.parse((await world.run(["config", "schema"])).stdout) as Record<string, unknown>;
  const example = await world.run(["config", "example"]);
  await writeFile(file, example.stdout);

  expect(schema).toMatchObject({
    type: "object",
    properties: { work: { type: "object" }, clockwork: { type: "object" } },
  });
  expect(example.stdout).toContain("lanes: 8");
  expect((await world.run(["config", "validate", "--config", file])).code).toBe(0);
});
