import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { QueueStore, Task } from "jobkit-core";
import { openSqliteQueue } from "jobkit-sqlite";
import { expect, test } from "vitest";
import { randomOf } from "./faults-kit.ts";
import { spawnChild } from "./spawn-child.ts";
import { tempFolder } from "./temp-folder.ts";
import { claim, settle } from "./turn.ts";

const KILLS = 30;
const ANSWERS_MAX = 40;

interface Churn {
  readonly path: string;
  readonly side: string;
  /** Where the processes keep what they compiled: nearly all of their time is their start. */
  readonly compiled: string;
}

/** Let a process work on the queue until it has answered so often, then kill it as a power failure would. */
async function churnAndKill({ path, side, compiled }: Churn, seed: number, answers: number): Promise<void> {
  const child = spawnChild("churn", [path, side, String(seed)], compiled);
  const gone = once(child, "exit");
  let seen = 0;
  for await (const _ of createInterface(child.stdout)) {
    seen += 1;
    // What it does between this line and the kill is the random moment.
    if (seen === answers) child.kill("SIGKILL");
  }
  const [, signal] = (await gone) as [number | null, string | null];
  expect(signal).toBe("SIGKILL");
}

async function everything(queue: QueueStore): Promise<ReadonlyMap<string, Task>> {
  const found = new Map<string, Task>();
  let page = await queue.list({ limit: 1_000, order: "oldest" });
  for (const task of page.tasks) found.set(task.id, task);
  while (page.next !== null) {
    page = await queue.list({ limit: 1_000, order: "oldest", cursor: page.next });
    for (const task of page.tasks) found.set(task.id, task);
  }
  return found;
}

/** Recover and run everything to its end. */
async function finish(queue: QueueStore): Promise<void> {
  const nowMs = Date.now() + 1_000;
  await queue.recover({ nowMs, lost: "others", owner: "last" });
  const last = { owner: "last", nowMs, limit: 1_000 };
  for (;;) {
    const tasks = await claim(queue, last);
    if (tasks.length === 0) return;
    await settle(queue, tasks, { kind: "done", result: "last" }, last);
  }
}

test(`killed ${KILLS} times at random moments, it loses nothing that was answered and finishes nothing twice`, async () => {
  await using folder = await tempFolder();
  const [path, side] = [folder.file("queue.db"), folder.file("side.txt")];
  const churn = { path, side, compiled: folder.file("compiled") };
  const random = randomOf();
  for (let kill = 0; kill < KILLS; kill += 1)
    await churnAndKill(churn, random.below(2 ** 31), 1 + random.below(ANSWERS_MAX));

  await using queue = await openSqliteQueue({ path });
  const left = await everything(queue);
  const answers = (await readFile(side, "utf8")).split("\n").filter((line) => line !== "");
  const ids = (what: string) =>
    answers.filter((line) => line.startsWith(what)).map((line) => line.split(" ")[1] ?? "");
  const doneAt = new Map(
    answers.flatMap((line, at) => (line.startsWith("done") ? [[line.slice(5), at] as const] : [])),
  );
  await finish(queue);
  const ended = await everything(queue);

  const again = answers.filter(
    (line, at) => line.startsWith("claimed") && (doneAt.get(line.slice(8)) ?? at) < at,
  );
  expect(ids("added").length).toBeGreaterThan(KILLS);
  // The seed stands in the comparison so that a failure names it.
  expect({
    seed: random.seed,
    addedThenLost: ids("added").filter((id) => !left.has(id)),
    doneThenNot: ids("done").filter((id) => left.get(id)?.state.kind !== "done"),
    finishedTwice: ids("done").length - new Set(ids("done")).size,
    ranAfterItWasDone: again,
    neverRanAgain: [...ended.values()].filter(({ state }) => state.kind !== "done"),
  }).toEqual({
    seed: random.seed,
    addedThenLost: [],
    doneThenNot: [],
    finishedTwice: 0,
    ranAfterItWasDone: [],
    neverRanAgain: [],
  });
}, 300_000);
