/** Row 3 of docs/faults.md: the power fails, and of what was written only what was waited for is certain. */
import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { QueueStore, TaskId } from "jobkit-core";
import type { SeededRandom } from "jobkit-core/testing";
import { openSqliteQueue } from "jobkit-sqlite";
import { expect, test } from "vitest";
import { drafts, NOW } from "./drafts.ts";
import { imageOf, layDown, openMortal, type Image } from "./faults-image.ts";
import { everything, randomOf, roundsOr } from "./faults-kit.ts";
import { tempFolder, type TempFolder } from "./temp-folder.ts";
import { claim, settle } from "./turn.ts";

const CALLS = 120;
const BATCH = 5;
/** Small, so that the log is emptied into the file again and again. */
const LOG_PAGES = 30;

/** What was answered by some moment. */
interface Answered {
  readonly added: readonly TaskId[];
  readonly done: readonly TaskId[];
}

/** What is wrong with a queue that was started on an image, against what had been answered; empty if nothing. */
async function wrongs(folder: TempFolder, image: Image, answered: Answered): Promise<readonly string[]> {
  const path = folder.file("after.db");
  layDown(image, path);
  try {
    await using queue = await openSqliteQueue({ path });
    const tasks = await everything(queue);
    const kinds = new Map(tasks.map(({ id, state }) => [id, state.kind]));
    const counted = (await queue.counts()).reduce((sum, { count }) => sum + count, 0);
    await queue.recover({ nowMs: NOW, lost: "others", owner: "after" });
    await queue.addGraph(drafts(1, {}, 1_000_000));
    const [again] = await claim(queue, { owner: "after" });
    return [
      ...answered.added.filter((id) => !kinds.has(id)).map((id) => `${id} was answered and is lost`),
      ...answered.done.filter((id) => kinds.get(id) !== "done").map((id) => `${id} was done and is not`),
      ...(counted === tasks.length ? [] : [`counts ${counted} of ${tasks.length} tasks`]),
      ...(tasks.length % BATCH === 0 ? [] : [`${tasks.length} tasks: a call is there in part`]),
      ...(again === undefined ? ["nothing can be claimed"] : []),
    ];
  } catch (error) {
    return [`does not start: ${String(error)}`];
  } finally {
    for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
  }
}

/** Adds and settles, several calls in flight at a time, and looks at the disk whenever something was answered. */
async function work(
  queue: QueueStore,
  random: SeededRandom,
  look: (answered: Answered) => void,
): Promise<void> {
  const added: TaskId[] = [];
  const done: TaskId[] = [];
  const adding = async (seed: number): Promise<void> => {
    const answers = await queue.addGraph(drafts(BATCH, { input: "x".repeat(random.below(500)) }, seed));
    added.push(...answers.map(({ id }) => id));
    look({ added: [...added], done: [...done] });
  };
  const working = async (): Promise<void> => {
    const tasks = await claim(queue, { limit: 3 });
    const settled = await settle(queue, tasks, { kind: "done", result: "ok" });
    done.push(...settled.map(({ id }) => id));
    look({ added: [...added], done: [...done] });
  };
  for (let call = 0; call < CALLS;) {
    const together = 1 + random.below(4);
    const calls = Array.from({ length: together }, (_, at) =>
      random.chance(0.5) ? adding(call + at) : working(),
    );
    await Promise.all(calls);
    call += together;
  }
}

test("what was answered is on the disk by then, and a queue starts on whatever a power failure leaves", async () => {
  await using folder = await tempFolder();
  const random = randomOf();
  const path = folder.file("queue.db");
  const { queue, disk } = openMortal(path, LOG_PAGES);
  // By image, the last of what was answered while the disk was known to have that and no more.
  const answeredBy = new Map<Image, Answered>();

  await work(queue, random, (answered) => {
    answeredBy.set(disk.durable, answered);
    // All that was written got there in time, too.
    if (random.chance(0.2)) answeredBy.set(imageOf(path), answered);
  });
  await queue[Symbol.asyncDispose]();

  const found: string[] = [];
  for (const [image, answered] of answeredBy) found.push(...(await wrongs(folder, image, answered)));
  console.log(`${answeredBy.size} power failures while ${CALLS} calls were answered, seed ${random.seed}`);
  expect({ seed: random.seed, found }).toEqual({ seed: random.seed, found: [] });
  expect(answeredBy.size).toBeGreaterThan(CALLS / 4);
}, 3_600_000);

test("the last frames of the log torn at any byte: what was answered is there, the rest whole or not at all", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  const { queue, disk } = openMortal(path, 4_000);
  const added = (await queue.addGraph(drafts(BATCH, {}, 1))).map(({ id }) => id);
  const [first] = await claim(queue, { limit: 1 });
  await settle(queue, first === undefined ? [] : [first], { kind: "done", result: "ok" });
  const answered = { added, done: first === undefined ? [] : [first.id] };
  const { log: before } = imageOf(path);

  disk.hold();
  const unanswered = [2, 3].map((seed) => () => queue.addGraph(drafts(BATCH, {}, seed)));
  const answers: Promise<unknown>[] = [];
  for (const add of unanswered) {
    const { length } = imageOf(path).log;
    answers.push(add());
    while (imageOf(path).log.length === length) await setImmediate();
  }
  const image = imageOf(path);
  disk.letGo();
  await Promise.all(answers);
  await queue[Symbol.asyncDispose]();

  const torn = image.log.length - before.length;
  const cuts = Math.min(torn, roundsOr(60));
  const found: string[] = [];
  for (let cut = 0; cut <= cuts; cut += 1) {
    const keep = before.length + Math.floor((torn * cut) / cuts);
    const cutOff = image.log.subarray(0, keep);
    // The file grew before its content came: what is not there yet is zeros, or what the disk held before.
    const zeros = Buffer.concat([cutOff, Buffer.alloc(image.log.length - keep)]);
    const older = Buffer.concat([cutOff, randomBytes(image.log.length - keep)]);
    for (const [how, log] of Object.entries({ cutOff, zeros, older }))
      found.push(
        ...(await wrongs(folder, { db: image.db, log }, answered)).map(
          (wrong) => `${how} at ${keep}: ${wrong}`,
        ),
      );
  }
  console.log(`${3 * (cuts + 1)} torn logs, ${torn} bytes of it not waited for`);
  expect(found).toEqual([]);
  expect(torn).toBeGreaterThan(4_096);
}, 3_600_000);

test("the index beside the log is of no account: it may be gone, or hold anything", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  const { queue } = openMortal(path, 4_000);
  const added = (await queue.addGraph(drafts(BATCH))).map(({ id }) => id);
  const image = imageOf(path);
  await queue[Symbol.asyncDispose]();

  const found: string[] = [];
  for (const index of [Buffer.alloc(0), Buffer.alloc(32_768), randomBytes(32_768), randomBytes(100)]) {
    writeFileSync(folder.file("after.db-shm"), index);
    found.push(...(await wrongs(folder, image, { added, done: [] })));
  }

  expect(found).toEqual([]);
});

test.each([
  ["no byte of it", Buffer.alloc(0), null],
  ["its name and an empty log", Buffer.alloc(0), Buffer.alloc(0)],
  ["its name and a log of zeros", Buffer.alloc(0), Buffer.alloc(4_152)],
])("a queue whose power failed while it was made, with %s on the disk, is made anew", async (_, db, log) => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  writeFileSync(path, db);
  if (log !== null) writeFileSync(`${path}-wal`, log);

  await using queue = await openSqliteQueue({ path });

  expect(await queue.addGraph(drafts(1))).toHaveLength(1);
});
