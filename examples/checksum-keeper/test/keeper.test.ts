import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { runKeeper } from "../src/command-line.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

async function setup() {
  const folder = await mkdtemp(join(tmpdir(), "checksum-keeper-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const files = join(folder, "files");
  await mkdir(join(files, "deep", "deeper"), { recursive: true });
  const start = (args: readonly string[]): ChildProcess => {
    const child = spawn(
      process.execPath,
      ["--conditions=@jobkit/source", MAIN, "--data", join(folder, "data"), "--folder", files, ...args],
      { env: { PATH: process.env["PATH"] ?? "", HOME: folder }, stdio: ["ignore", "pipe", "inherit"] },
    );
    onTestFinished(() => void child.kill("SIGKILL"));
    return child;
  };
  const json = async (args: readonly string[]): Promise<unknown> => {
    let stdout = "";
    await runKeeper({
      argv: ["--json", "--quiet", "--data", join(folder, "data"), "--folder", files, ...args],
      env: { HOME: folder },
      stdout: { write: (text) => (stdout += text) },
      stderr: process.stderr,
      stdin: null,
      isProcess: false,
      exit: () => {
        // The process of the test goes on.
      },
    });
    return JSON.parse(stdout) as unknown;
  };
  return { files, start, json };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

test("the first run hashes every file, the second finds nothing to do", async () => {
  const { files, json } = await setup();
  await writeFile(join(files, "a.txt"), "a");
  await writeFile(join(files, "deep", "deeper", "b.txt"), "bb");

  const first = await json(["up", "--once"]);
  const second = await json(["up", "--once"]);

  expect(first).toMatchObject({ done: 2, failed: 0, found: 2 });
  expect(second).toMatchObject({ done: 0, failed: 0, found: 0 });
  expect(await json(["changed"])).toEqual({ changed: [] });
  expect(await json(["status"])).toMatchObject({ watched: { files: 2, bytes: 3 }, queue: { done: 2 } });
});

test("a changed and a deleted file are told, with their checksums before and after", async () => {
  const { files, json } = await setup();
  await writeFile(join(files, "a.txt"), "one");
  await writeFile(join(files, "b.txt"), "two");
  await json(["up", "--once"]);

  await writeFile(join(files, "a.txt"), "three");
  await rm(join(files, "b.txt"));
  const run = await json(["up", "--once"]);

  expect(run).toMatchObject({ done: 2, failed: 0 });
  const { changed } = (await json(["changed"])) as { changed: readonly { path: string }[] };
  expect(changed.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toMatchObject([
    { path: join(files, "a.txt"), before: sha256("one"), sha256: sha256("three") },
    { path: join(files, "b.txt"), before: sha256("two"), sha256: null },
  ]);
});

test("a file written anew with the same content is looked at, and has not changed", async () => {
  const { files, json } = await setup();
  await writeFile(join(files, "a.txt"), "same");
  await json(["up", "--once"]);

  await writeFile(join(files, "a.txt"), "same");
  await json(["up", "--once"]);

  expect(await json(["changed"])).toEqual({ changed: [] });
});

test("killed in the middle of a file, it goes on with that file at the next start", async () => {
  const { files, start, json } = await setup();
  const huge = join(files, "huge.bin");
  await writeFile(huge, "");
  // A file with a hole takes no disk, and takes far longer to hash than this test will wait.
  await truncate(huge, 2 ** 40);
  const daemon = start(["up"]);
  const follower = start(["events", "--since", "0", "--follow", "--json", "--filter", "ev=task.started"]);
  await firstLine(follower);

  daemon.kill("SIGKILL");
  await new Promise((resolve) => daemon.on("close", resolve));
  await truncate(huge, 4);
  const resumed = await json(["up", "--once"]);

  expect(resumed).toMatchObject({ done: expect.any(Number), failed: 0, pending: 0 });
  expect(await json(["status"])).toMatchObject({
    watched: { files: 1, bytes: 4 },
    queue: { running: 0, pending: 0 },
  });
  const { counters } = (await json(["counters"])) as { counters: readonly { name: string; value: number }[] };
  const count = (name: string) => counters.find((counter) => counter.name === name)?.value ?? 0;
  expect(count("task.recovered")).toBe(1);
  expect(count("task.finished")).toBe(count("task.queued"));
});

test("more files than it may watch is a failed look that names the setting, not a crash", async () => {
  const { files, json } = await setup();
  await Promise.all(["a", "b", "c"].map((name) => writeFile(join(files, name), name)));

  const run = await json(["up", "--once", "--set", "keeper.filesMax=2"]);

  expect(run).toMatchObject({
    done: 0,
    reconcilersFailed: [{ name: "folders", why: expect.stringContaining("keeper.filesMax") }],
  });
});

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("no stdout");
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("it ended without a line");
}
