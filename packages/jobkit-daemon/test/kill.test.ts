import { join } from "node:path";
import { createInterface } from "node:readline";
import { SeededRandom } from "jobkit-core/testing";
import { expect, test } from "vitest";
import { clockworkHere, type Running } from "./support/command.ts";
import { roundsOr } from "./support/rounds.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const TASKS = 60;
const KILLS = roundsOr(5);
const SEED = 20_261_122;

test("killed again and again in the middle of its work, it does every task to the end and none twice", async () => {
  const folder = await temporaryFolder();
  const world = clockworkHere(join(folder, "data"));
  const random = new SeededRandom(SEED);
  // A task may be unlucky at every kill, and an attempt that a kill ended counts.
  const pace = ["--set", "clockwork.holdMs=20ms", "--set", `clockwork.attempts=${KILLS + 1}`];

  for (let kill = 0; kill < KILLS; kill += 1) {
    const tasks = `clockwork.tasks=${kill === 0 ? TASKS : 0}`;
    const daemon = world.start(["up", ...pace, "--set", tasks]);
    const follower = world.start([
      "events",
      "--follow",
      "--since",
      "0",
      "--json",
      "--filter",
      "ev=task.finished",
    ]);
    await finished(follower, Math.floor((kill + random.next()) * (TASKS / KILLS / 2)) + 1);
    daemon.process.kill("SIGKILL");
    follower.process.kill("SIGKILL");
    await daemon.ended;
  }
  const last = await world.run(["up", "--once", "--json", ...pace, "--set", "clockwork.tasks=0"]);

  const { tasks } = (await world.json(["jobs", "list", "--limit", "1000"])) as { tasks: readonly Kept[] };
  expect(last.code).toBe(0);
  expect(tasks).toHaveLength(TASKS);
  expect(new Set(tasks.map(({ state }) => state))).toEqual(new Set(["done"]));
  expect(new Set(tasks.map(({ key }) => key)).size).toBe(TASKS);
  const { stdout } = await world.run(["events", "--json"]);
  const seqs = stdout
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { seq: number }).seq);
  expect(seqs).toEqual(seqs.map((_, at) => at + 1));
  const ends = stdout.split("\n").filter((line) => line.includes('"ev":"task.finished"'));
  const ids = ends.map((line) => (JSON.parse(line) as { attrs: { task: string } }).attrs.task);
  expect(new Set(ids).size).toBe(ids.length);
});

interface Kept {
  readonly state: string;
  readonly key: string;
}

/** Resolves when the follower has told of so many ends. */
async function finished({ process: { stdout } }: Running, count: number): Promise<void> {
  if (stdout === null) throw new Error("the follower has no stdout");
  let seen = 0;
  for await (const _ of createInterface({ input: stdout })) {
    seen += 1;
    if (seen >= count) return;
  }
  throw new Error(`the follower ended after ${seen} of ${count} ends`);
}
