import { once } from "node:events";
import { text } from "node:stream/consumers";
import { openSqliteQueue } from "jobkit-sqlite";
import { expect, test } from "vitest";
import { drafts } from "./drafts.ts";
import { spawnChild } from "./spawn-child.ts";
import { tempFolder } from "./temp-folder.ts";
import { claim, settle } from "./turn.ts";

test("two processes share a file: each is woken by the other, and no task is claimed by both", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  await using queue = await openSqliteQueue({ path, shared: true, lockWaitMs: 60_000 });
  await queue.addGraph(drafts(300));
  const { promise: woken, resolve } = Promise.withResolvers<void>();
  using _listening = queue.onWake(resolve);
  const child = spawnChild("claimer", [path]);
  const [said, gone] = [text(child.stdout), once(child, "exit")];

  await woken;
  const mine: string[] = [];
  for (;;) {
    const tasks = await claim(queue, { owner: "parent", limit: 2 });
    if (tasks.length === 0) break;
    mine.push(...tasks.map(({ id }) => id));
    await settle(queue, tasks, { kind: "done", result: "parent" }, { owner: "parent" });
  }
  await gone;
  const theirs = JSON.parse(await said) as readonly string[];

  expect(new Set([...mine, ...theirs]).size).toBe(300);
  expect(mine.length + theirs.length).toBe(300);
  expect((await queue.counts()).filter(({ job }) => job === "work")).toEqual([
    { job: "work", state: "done", count: 300 },
  ]);
}, 300_000);
