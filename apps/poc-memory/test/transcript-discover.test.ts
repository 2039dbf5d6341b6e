import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { discover } from "../src/transcript/discover.ts";
import type { Discovered, DiscoverLimits } from "../src/transcript/discover.ts";

const limits: DiscoverLimits = { depth: 4, files: 1000 };

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "discover-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function scan(roots: readonly string[], bounds = limits): Promise<Discovered[]> {
  const items: Discovered[] = [];
  for await (const item of discover(roots, bounds, new AbortController().signal)) items.push(item);
  return items;
}

const namesOf = (items: readonly Discovered[]): string[] =>
  items.flatMap((item) => (item.kind === "file" ? [item.name] : []));
const findingsOf = (items: readonly Discovered[]): string[] =>
  items.flatMap((item) => (item.kind === "finding" ? [`${item.reason} ${item.name}`.trim()] : []));

test("sessions and their sub-agents are found by name, with size, inode and time, and nothing else is", async () => {
  const root = await folder();
  await mkdir(join(root, "-home-ada/s1/subagents"), { recursive: true });
  await writeFile(join(root, "-home-ada/s1.jsonl"), "12345");
  await writeFile(join(root, "-home-ada/s1/subagents/agent-a.jsonl"), "");
  await writeFile(join(root, "-home-ada/notes.md"), "x");
  await writeFile(join(root, "-home-ada/s2.jsonl.bak"), "x");

  const items = await scan([root]);

  expect(namesOf(items)).toEqual(["-home-ada/s1.jsonl", "-home-ada/s1/subagents/agent-a.jsonl"]);
  expect(findingsOf(items)).toEqual([]);
  expect(items[0]).toMatchObject({ kind: "file", root, size: 5 });
});

test("links are told and not followed, a root may be one", async () => {
  const root = await folder();
  const alias = `${root}-alias`;
  onTestFinished(() => rm(alias, { force: true }));
  await symlink(root, alias);
  await writeFile(join(root, "a.jsonl"), "");
  await symlink(root, join(root, "again"));
  await symlink("a.jsonl", join(root, "b.jsonl"));
  await symlink("note.md", join(root, "c.md"));

  const items = await scan([alias]);

  expect(namesOf(items)).toEqual(["a.jsonl"]);
  expect(findingsOf(items)).toEqual(["is-a-link again", "is-a-link b.jsonl"]);
});

test("depth and number are bounded, and the bound is told", async () => {
  const root = await folder();
  await mkdir(join(root, "1/2/3/4/5"), { recursive: true });
  await writeFile(join(root, "1/2/3/4/in.jsonl"), "");
  await writeFile(join(root, "1/2/3/4/5/out.jsonl"), "");
  for (let index = 0; index < 30; index += 1) await writeFile(join(root, `1/t${index}.jsonl`), "");

  const deep = await scan([root]);
  const many = await scan([root], { depth: 4, files: 20 });

  expect(namesOf(deep)).toContain("1/2/3/4/in.jsonl");
  expect(findingsOf(deep)).toEqual(["too-deep 1/2/3/4/5"]);
  expect(namesOf(many).length).toBeLessThanOrEqual(20);
  expect(findingsOf(many)).toEqual(["too-many 1"]);
});

test("a root that is missing or a file does not keep the others from being scanned", async () => {
  const root = await folder();
  await writeFile(join(root, "a.jsonl"), "");

  const items = await scan([join(root, "none"), join(root, "a.jsonl"), root]);

  expect(items.filter((item) => item.kind === "finding").map((item) => item.reason)).toEqual([
    "unreadable",
    "unreadable",
  ]);
  expect(namesOf(items)).toEqual(["a.jsonl"]);
});

// The administrator may read everything, so that there the case cannot be made.
test.skipIf(process.getuid?.() === 0)("a folder that may not be listed is told", async () => {
  const root = await folder();
  await mkdir(join(root, "closed"));
  await chmod(join(root, "closed"), 0);
  onTestFinished(() => chmod(join(root, "closed"), 0o700));

  expect(findingsOf(await scan([root]))).toEqual(["unreadable closed"]);
});

test("aborting ends the scan of a large folder", async () => {
  const root = await folder();
  for (let index = 0; index < 600; index += 1) await writeFile(join(root, `t${index}.jsonl`), "");
  const stop = new AbortController();

  const scanning = (async () => {
    for await (const item of discover([root], limits, stop.signal))
      if (item.name !== "") stop.abort(new Error("enough"));
  })();

  await expect(scanning).rejects.toThrow("enough");
});
