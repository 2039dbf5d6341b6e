import { once } from "node:events";
import { text } from "node:stream/consumers";
import { openSqliteQueue } from "jobkit-sqlite";
import { expect, test } from "vitest";
import { drafts, NOW } from "./drafts.ts";
import { spawnChild } from "./spawn-child.ts";
import { tempFolder } from "./temp-folder.ts";

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
    const wants = [{ job: "work", limit: 2 }];
    const tasks = await queue.claim({ owner: "parent", nowMs: NOW, leaseUntilMs: NOW, wants });
    if (tasks.length === 0) break;
    mine.push(...tasks.map(({ id }) => id));
    const outcome = { kind: "done", result: "parent" } as const;
    await queue.settle(tasks.map(({ id, claim }) => ({ id, owner: "parent", claim, nowMs: NOW, outcome })));
  }
  await gone;
  const theirs = JSON.parse(await said) as readonly string[];

  expect(new Set([...mine, ...theirs]).size).toBe(300);
  expect(mine.length + theirs.length).toBe(300);
  expect((await queue.counts()).filter(({ job }) => job === "work")).toEqual([
    { job: "work", state: "done", count: 300 },
  ]);
}, 300_000);
