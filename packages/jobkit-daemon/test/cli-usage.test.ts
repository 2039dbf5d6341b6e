import { join } from "node:path";
import { expect, test } from "vitest";
import { clockworkHere } from "./support/command.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

async function setup() {
  const folder = await temporaryFolder();
  return { folder, ...clockworkHere(join(folder, "data")) };
}

test.each([
  ["a mistyped command", ["stauts"], "did you mean `status`"],
  ["a mistyped subcommand", ["jobs", "lits"], "did you mean `list`"],
  ["a mistyped flag", ["jobs", "list", "--limt", "5"], "did you mean --limit"],
  ["a mistyped state", ["jobs", "list", "--state", "faild"], 'did you mean "failed"'],
  ["a number out of range", ["jobs", "list", "--limit", "0"], "1 to 100000"],
  ["a global flag without its value", ["status", "--config"], "--config, which needs FILE"],
  ["a setting that is none", ["status", "--set", "work.lane=3"], "work.lanes"],
  ["too many arguments", ["status", "now"], "now"],
])("%s is a usage error with a hint", async (_, args, hint) => {
  const world = await setup();

  const { code, stdout, stderr } = await world.run(args);

  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(hint);
});

test.each([
  [["--help"], "EXIT CODES"],
  [["help", "jobs"], "submit"],
  [["jobs", "list", "--help"], "EXAMPLES"],
  [["config", "explain", "-h"], "EXAMPLES"],
  [["--version"], "1.2.3"],
])("help is data on stdout: %s", async (args, text) => {
  const world = await setup();

  const { code, stdout, stderr } = await world.run(args);

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(text);
});

test("global flags stand before or after the command, and --quiet leaves stderr empty", async () => {
  const world = await setup();

  const before = await world.run(["--json", "--quiet", "up", "--once"]);
  const after = await world.run(["up", "--once", "--quiet", "--json"]);

  for (const { code, stdout, stderr } of [before, after]) {
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ done: 3 });
  }
});

test("colours come only when asked for, and NO_COLOR refuses them", async () => {
  const world = await setup();

  const plain = await world.run(["status"]);
  const forced = await world.run(["status"], { env: { FORCE_COLOR: "1" } });
  const refused = await world.run(["status"], { env: { FORCE_COLOR: "1", NO_COLOR: "1" } });
  const flagged = await world.run(["status", "--no-color"], { env: { FORCE_COLOR: "1" } });

  expect(forced.stdout).toContain("\u001b[");
  for (const { stdout } of [plain, refused, flagged]) expect(stdout).not.toContain("\u001b[");
});

test("a reader that closes stdout early ends the command quietly", async () => {
  const world = await setup();
  const listing = world.start(["config", "example"]);
  listing.process.stdout?.destroy();

  const { code, stderr } = await listing.ended;

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});
