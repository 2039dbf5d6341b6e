/** Row 4 of docs/faults.md: bytes that are not what was written, in the file and in its log. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { CodedError } from "jobkit-core";
import type { SeededRandom } from "jobkit-core/testing";
import { openSqliteQueue } from "jobkit-sqlite";
import { expect, test } from "vitest";
import { drafts, NOW } from "./drafts.ts";
import { imageOf, layDown, openMortal } from "./faults-image.ts";
import { everything, randomOf, roundsOr } from "./faults-kit.ts";
import { tempFolder } from "./temp-folder.ts";
import { claim, settle } from "./turn.ts";

const DAMAGES = roundsOr(80);
const SECTOR = 512;
const BATCH = 5;

/** A closed queue file with tasks in every state, ties, keys, labels and a mark. */
async function makeFile(path: string): Promise<void> {
  await using queue = await openSqliteQueue({ path });
  const all = drafts(400, { input: { text: "y".repeat(60), number: 7 }, labels: { of: "a test" } });
  const tied = all.map((draft, at) => {
    const before = all[at - 1];
    const more = at % 5 === 4 && before !== undefined ? { after: [before.id] } : {};
    return Object.assign({}, draft, at % 7 === 0 ? { key: `key ${at}`, idempotencyKey: `once ${at}` } : more);
  });
  await queue.addGraph(tied, { mark: { a: 1 } });
  const claimed = await claim(queue, { limit: 100 });
  await settle(queue, claimed.slice(0, 80), { kind: "done", result: { text: "z".repeat(50) } });
  await settle(queue, claimed.slice(80, 90), {
    kind: "failed",
    error: { code: "BROKEN", message: "broken" },
  });
  const busy = { code: "BUSY", message: "busy" };
  await settle(queue, claimed.slice(90, 95), { kind: "retrying", dueAtMs: NOW + 1_000, error: busy });
}

/** What anybody would do with a queue; each call may be refused. @returns what was read, and the refusals. */
async function useIt(path: string) {
  const refused: unknown[] = [];
  const ask = async <T>(call: () => Promise<T>): Promise<T | null> => {
    try {
      return await call();
    } catch (error) {
      refused.push(error);
      return null;
    }
  };
  const queue = await ask(() => openSqliteQueue({ path }));
  if (queue === null) return { read: "", refused };
  const read = JSON.stringify([
    await ask(() => everything(queue)),
    await ask(() => queue.counts()),
    await ask(() => queue.marks(["mark"])),
  ]);
  await ask(() => queue.recover({ nowMs: NOW, lost: "others", owner: "other" }));
  const claimed = await ask(() => claim(queue, { nowMs: NOW + 2_000, limit: 400 }));
  await ask(() => settle(queue, claimed ?? [], { kind: "done", result: 1 }));
  await ask(() => queue.oldestDue(NOW));
  await ask(() => queue.addGraph(drafts(3, {}, 77)));
  await ask(() => queue.prune({ endedBeforeMs: NOW + 1e9, limit: 1_000 }));
  await queue[Symbol.asyncDispose]();
  return { read, refused };
}

/** Told as damage; where that hit the marks by which a file is known, nobody can tell it from another's file. */
function isOfDamage(error: unknown): boolean {
  if (!(error instanceof CodedError)) return false;
  if (error.code === "QUEUE_CORRUPT") return error.next.includes(".recover");
  return error.code === "QUEUE_FOREIGN" || error.code === "QUEUE_NEWER";
}

const damages: Readonly<Record<string, (bytes: Buffer, random: SeededRandom) => Buffer>> = {
  "one bit turned": (bytes, random) => {
    const at = random.below(bytes.length);
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.below(8)), at);
    return bytes;
  },
  "a sector of zeros": (bytes, random) => {
    const at = random.below(bytes.length / SECTOR) * SECTOR;
    return bytes.fill(0, at, at + SECTOR);
  },
  "a sector of anything": (bytes, random) => {
    const at = random.below(bytes.length / SECTOR) * SECTOR;
    for (let byte = at; byte < at + SECTOR; byte += 1) bytes.writeUInt8(random.below(256), byte);
    return bytes;
  },
  "cut short": (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
};

test.each(Object.entries(damages))(
  `${DAMAGES} files with %s: what is noticed is told as QUEUE_CORRUPT with advice, and nothing else breaks`,
  async (what, damage) => {
    await using folder = await tempFolder();
    const [whole, path] = [folder.file("whole.db"), folder.file("damaged.db")];
    await makeFile(whole);
    const bytes = readFileSync(whole);
    const { read: sound } = await useIt(whole);
    const random = randomOf();
    const { seed } = random;
    const tally = { unnoticed: 0, refused: 0, differs: 0 };
    const odd: string[] = [];

    for (let round = 0; round < DAMAGES; round += 1) {
      for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
      writeFileSync(path, damage(Buffer.from(bytes), random));
      const { read, refused } = await useIt(path);
      for (const error of refused) if (!isOfDamage(error)) odd.push(`${round}: ${String(error)}`);
      if (refused.length > 0) tally.refused += 1;
      else if (read === sound) tally.unnoticed += 1;
      else tally.differs += 1;
    }

    // SQLite keeps no checksums of its pages: a turned bit within a text is that text, for anybody who reads it.
    console.log(
      `${what}, seed ${seed}: ${tally.refused} refused, ${tally.unnoticed} in bytes that nobody needs, ` +
        `${tally.differs} within a value, which nobody can notice`,
    );
    expect({ seed, odd }).toEqual({ seed, odd: [] });
    expect(tally.refused).toBeGreaterThan(0);
  },
  3_600_000,
);

/** A log of so many calls that were answered, each of a batch, and how long it was after each. */
async function makeLog(path: string, calls: number) {
  const { queue } = openMortal(path, 4_000);
  const lengths: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    await queue.addGraph(drafts(BATCH, { input: call }, call));
    lengths.push(imageOf(path).log.length);
  }
  const image = imageOf(path);
  await queue[Symbol.asyncDispose]();
  return { image, lengths };
}

/** The calls whose tasks are there, each whole or not at all, and one more that works. */
async function callsThere(path: string): Promise<readonly number[]> {
  await using queue = await openSqliteQueue({ path });
  const byCall = Map.groupBy(await everything(queue), ({ input }) => Number(input));
  await queue.addGraph(drafts(1, {}, 1_000));
  return [...byCall].map(([call, tasks]) => (tasks.length === BATCH ? call : -1));
}

test("a log whose end is damaged is cut there: what stood before it is there, and the queue starts", async () => {
  await using folder = await tempFolder();
  const { image, lengths } = await makeLog(folder.file("queue.db"), 12);
  const random = randomOf();
  const { seed } = random;
  const wrong: string[] = [];

  for (let round = 0; round < DAMAGES; round += 1) {
    // Anywhere behind the header of the log, and half of the times in the last two calls.
    const from = round % 2 === 0 ? 32 : (lengths.at(-3) ?? 0);
    const at = from + random.below(image.log.length - from);
    const log = Buffer.from(image.log);
    log.writeUInt8(log.readUInt8(at) ^ (1 << random.below(8)), at);
    const path = folder.file(`damaged-${round}.db`);
    layDown({ db: image.db, log }, path);

    const there = await callsThere(path);

    const whole = lengths.filter((length) => length <= at).length;
    const wanted = Array.from({ length: whole }, (_, call) => call);
    if (there.join(" ") !== wanted.join(" ")) wrong.push(`byte ${at}: ${there.join(" ")} of ${whole} calls`);
  }

  expect({ seed, wrong }).toEqual({ seed, wrong: [] });
}, 3_600_000);
