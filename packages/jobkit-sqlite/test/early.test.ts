/** Turns that are answered before the disk has them, and what a power failure makes of that. */
import { rmSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { TaskId, Turn } from "jobkit-core";
import { systemClock } from "jobkit-core/system";
import { openSqliteQueue } from "jobkit-sqlite";
import { expect, test } from "vitest";
import { openConnection } from "../src/connection.ts";
import { LogSync } from "../src/log-sync.ts";
import { SqliteQueue } from "../src/sqlite-queue.ts";
import { drafts, NOW, roomFor } from "./drafts.ts";
import { layDown, openMortal, type Image } from "./faults-image.ts";
import { everything, job, roundsOr, schedulerOver } from "./faults-kit.ts";
import { tempFolder, type TempFolder } from "./temp-folder.ts";

const LOG_PAGES = 4_000;
const TASKS = roundsOr(200);

function take(
  queue: SqliteQueue,
  limit: number,
  settlements: readonly Turn["claimed"][number][] = [],
): Promise<Turn> {
  return queue.turn({
    owner: "me",
    nowMs: NOW,
    leaseUntilMs: NOW + 60_000,
    settlements: settlements.map(({ id, claim }) => ({
      id,
      claim,
      owner: "me",
      nowMs: NOW,
      outcome: { kind: "done", result: "ok" },
    })),
    room: roomFor(["work"], limit),
  });
}

/** Is it settled when everybody has had his turns? */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = (): void => {
    settled = true;
  };
  promise.then(note, note);
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
  return settled;
}

test("a turn whose tasks may start early is answered before the disk has it; other calls, and `stored`, wait", async () => {
  await using folder = await tempFolder();
  const { queue, disk } = openMortal(folder.file("queue.db"), LOG_PAGES);
  await queue.addGraph(drafts(3));
  disk.hold();

  const first = await take(queue, 1);
  const second = await take(queue, 1, first.claimed);
  const adding = queue.addGraph(drafts(1, {}, 2));
  const reading = queue.get(first.claimed.map(({ id }) => id));
  const before = await Promise.all(
    [first.stored, second.stored, adding, reading].map((one) => isSettled(one ?? Promise.resolve())),
  );
  disk.letGo();
  await Promise.all([first.stored, second.stored, adding]);

  expect([first, second].map(({ claimed }) => claimed.length)).toEqual([1, 1]);
  expect(before).toEqual([false, false, false, false]);
  expect(await reading).toMatchObject([{ state: { kind: "done" } }]);
  await queue[Symbol.asyncDispose]();
});

test.for([
  ["the next of a sequence", { sequence: "s" }],
  ["another attempt", {}],
  ["a child", {}],
] as const)("a turn that claims %s is answered when the disk has it", async ([what, more]) => {
  await using folder = await tempFolder();
  const { queue, disk } = openMortal(folder.file("queue.db"), LOG_PAGES);
  const [parent] = await queue.addGraph(drafts(1, more));
  if (what === "a child") await queue.addGraph(drafts(1, { after: [parent?.id as TaskId] }, 2));
  const first = await take(queue, 1);
  await first.stored;
  if (what === "another attempt") await queue.recover({ nowMs: NOW, lost: "others", owner: "next" });
  else if (what === "the next of a sequence") await queue.addGraph(drafts(1, more, 3));
  disk.hold();

  const claims = take(queue, 1, what === "another attempt" ? [] : first.claimed);
  const before = await isSettled(claims);
  disk.letGo();

  expect(before).toBe(false);
  expect(await claims).toMatchObject({ claimed: [{ job: "work" }], stored: null });
  await queue[Symbol.asyncDispose]();
});

test("where the disk does not take a turn that was answered, `stored` says so, and so does every later call", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  const broken = Promise.withResolvers<void>();
  const file = { syncNow: () => {}, sync: () => broken.promise, [Symbol.dispose]: () => {} };
  const queue = new SqliteQueue({
    db: openConnection(path, "the caller"),
    path,
    clock: systemClock,
    lockWaitMs: 0,
    sync: new LogSync(file, systemClock),
    shared: false,
  });
  const adding = queue.addGraph(drafts(2)).catch((error: unknown) => error);
  const turn = await take(queue, 1);

  broken.reject(new Error("EIO"));

  await expect(turn.stored).rejects.toMatchObject({ code: "QUEUE_IO" });
  expect(await adding).toMatchObject({ code: "QUEUE_IO" });
  await expect(take(queue, 1)).rejects.toMatchObject({ code: "QUEUE_IO" });
  await queue[Symbol.asyncDispose]();
});

/** What was told by some moment, and what the disk was known to have then. */
interface Moment {
  readonly image: Image;
  readonly added: readonly TaskId[];
  readonly ended: readonly TaskId[];
}

/** What is wrong with a queue that starts on an image. */
async function wrongs(folder: TempFolder, { image, added, ended }: Moment): Promise<readonly string[]> {
  const path = folder.file("after.db");
  layDown(image, path);
  try {
    await using queue = await openSqliteQueue({ path });
    await queue.recover({ nowMs: NOW, lost: "others", owner: "after" });
    const kinds = new Map((await everything(queue)).map(({ id, state }) => [id, state.kind]));
    return [
      ...added.filter((id) => !kinds.has(id)).map((id) => `${id} was accepted and is lost`),
      ...ended
        .filter((id) => kinds.get(id) !== "done")
        .map((id) => `${id} was told done and is ${kinds.get(id)}`),
    ];
  } finally {
    for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
  }
}

test("a scheduler tells of no end, and accepts no task, that a power failure takes back; what began early begins again", async () => {
  await using folder = await tempFolder();
  const { queue, disk } = openMortal(folder.file("queue.db"), 60);
  const runs: unknown[] = [];
  const { bus, scheduler } = schedulerOver(queue, {
    lanes: 3,
    jobs: [job("work", async ({ input }) => void runs.push(input))],
  });
  await scheduler.start();
  const added: TaskId[] = [];
  const ended: TaskId[] = [];
  const moments: Moment[] = [];
  let beganBefore = 0;
  bus.listen({ name: "disk" }, ({ ev, attrs }) => {
    if (ev !== "task.finished") return;
    ended.push(attrs["task"] as TaskId);
    if (runs.length > ended.length) beganBefore += 1;
    if (ended.length % 7 === 0) moments.push({ image: disk.durable, added: [...added], ended: [...ended] });
  });

  for (let batch = 0; batch < TASKS / 10; batch += 1) {
    const answers = await scheduler.submit(
      Array.from({ length: 10 }, (_, at) => ({ job: "work", input: batch * 10 + at })),
    );
    added.push(...answers.map(({ id }) => id));
    moments.push({ image: disk.durable, added: [...added], ended: [...ended] });
  }
  await scheduler.idle();
  await scheduler[Symbol.asyncDispose]();
  await queue[Symbol.asyncDispose]();

  const found: string[] = [];
  for (const moment of moments) found.push(...(await wrongs(folder, moment)));
  expect(found).toEqual([]);
  expect(ended).toHaveLength(added.length);
  // Else this would prove nothing of what starts early.
  expect(beganBefore).toBeGreaterThan(0);
}, 3_600_000);
