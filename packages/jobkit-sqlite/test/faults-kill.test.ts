/** Row 1 of docs/faults.md: kill -9 at any moment of a process that submits and runs tasks. */
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import {
  accountOf,
  describeAccount,
  finishHere,
  lastKeyOf,
  NOTHING_WRONG,
  readTold,
} from "./faults-account.ts";
import { randomOf, roundsOr } from "./faults-kit.ts";
import { LANES, makeSideFile } from "./faults-life.ts";
import { spawnChild } from "./spawn-child.ts";
import { tempFolder } from "./temp-folder.ts";

const KILLS = roundsOr(15);
const ANSWERS_MAX = 60;
/** A life begins so many keys before the last one that was answered: what a submitter would do. */
const AGAIN = 8;

/** Let a process work until it has said so many lines, then kill it. */
async function liveAndDie(args: readonly string[], compiled: string, answers: number): Promise<void> {
  const child = spawnChild("life", args, compiled);
  const gone = once(child, "exit");
  let seen = 0;
  for await (const _ of createInterface(child.stdout)) {
    seen += 1;
    // What it does between this line and the kill is the random moment.
    if (seen === answers) child.kill("SIGKILL");
  }
  expect(await gone).toEqual([null, "SIGKILL"]);
}

test(`killed ${KILLS} times while it submits and runs, it loses nothing and finishes nothing twice`, async () => {
  await using folder = await tempFolder();
  const [path, side] = [folder.file("queue.db"), folder.file("side.txt")];
  makeSideFile(side);
  const random = randomOf();
  for (let kill = 0; kill < KILLS; kill += 1) {
    const first = Math.max(0, lastKeyOf(await readTold(side)) - AGAIN);
    const args = [path, side, String(random.below(2 ** 31)), String(first)];
    await liveAndDie(args, folder.file("compiled"), 1 + random.below(ANSWERS_MAX));
  }

  const tasks = await finishHere(path, side);

  const { seed } = random;
  const account = accountOf(await readTold(side), tasks);
  console.log(`${KILLS} kills, seed ${seed}: ${describeAccount(account)}, ${KILLS * LANES} are allowed`);
  expect({ seed, ...account.wrong }).toEqual({ seed, ...NOTHING_WRONG });
  expect({ seed, again: account.ranAfterItsEnd }).toEqual({ seed, again: [] });
  expect(account.reruns).toBeLessThanOrEqual(KILLS * LANES);
  expect(account.keys).toBeGreaterThan(KILLS);
}, 3_600_000);
