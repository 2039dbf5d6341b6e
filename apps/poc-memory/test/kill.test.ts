import { expect, test } from "vitest";
import { SeededRandom } from "jobkit-core";
import { dumpMemory, sameRedactionKey, type MemoryDump } from "./support/dump.ts";
import { json, run, said, scratch, sharedData, start } from "./support/program.ts";

/** How often the program is killed. `KILLS=100` for the long form. */
const KILLS = Number(process.env["KILLS"] ?? 10);
/** Of the moments of the kills. Told when the test fails; give it to see the same ones. */
const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const { path: sessions, missing } = sharedData("transcripts/claude-code");

interface EventLine {
  readonly seq: number;
  readonly ev: string;
  readonly attrs: Readonly<Record<string, string | number>>;
}

test.skipIf(missing !== null)(
  `killed ${KILLS} times in the middle of mining real sessions, the end is that of an undisturbed run ${missing ?? ""}`,
  async () => {
    const random = new SeededRandom(SEED);
    const undisturbed = await mineUndisturbed();
    let kills = 0;
    while (kills < KILLS) kills += await mineAnew(undisturbed, () => random.next() * undisturbed.workMs);

    expect(kills).toBeGreaterThanOrEqual(KILLS);
  },
  30 * 60_000,
);

type Place = ReturnType<typeof scratch>;

/** One folder from nothing to its end under kills, compared with the undisturbed one. @returns how many kills that took. */
async function mineAnew(undisturbed: Undisturbed, nextMs: () => number): Promise<number> {
  using place = scratch();
  sameRedactionKey(place.data);
  const kills = await mineUnderKills(place, nextMs);
  expect(dumpMemory(place.data), `seed ${SEED}`).toEqual(undisturbed.dump);
  await expectNothingLostOrDoubled(place);
  return kills;
}

/** What is to come out, and how long the work takes from the moment the daemon is up. */
interface Undisturbed {
  readonly dump: MemoryDump;
  readonly workMs: number;
}

function args({ data }: Place): readonly string[] {
  return ["up", "--once", "--data", data, "--transcripts", sessions];
}

async function mineUndisturbed(): Promise<Undisturbed> {
  using place = scratch();
  sameRedactionKey(place.data);
  const program = start(place, args(place));
  await said(program, /is up in/);
  const upMs = performance.now();
  const { code, stderr } = await program.ended;
  expect(code, stderr).toBe(0);
  return { dump: dumpMemory(place.data), workMs: performance.now() - upMs };
}

/** Start again and again, each time killed so many ms after it is up, until a run comes to its end. @returns how many kills that took. */
async function mineUnderKills(place: Place, nextMs: () => number): Promise<number> {
  for (let kills = 0; ; kills += 1) {
    const program = start(place, args(place));
    await said(program, /is up in/);
    const timer = setTimeout(() => program.kill("SIGKILL"), nextMs());
    const { signal, code, stderr } = await program.ended;
    clearTimeout(timer);
    if (signal === "SIGKILL") continue;
    expect(code, stderr).toBe(0);
    return kills;
  }
}

async function expectNothingLostOrDoubled(place: Place): Promise<void> {
  const { tasks } = (await json(place, "jobs", "list", "--limit", "1000")) as {
    tasks: { id: string; state: string }[];
  };
  expect(tasks.filter(({ state }) => state !== "done")).toEqual([]);

  const { stdout } = await run(place, "events", "--since", "0", "--json", "--data", place.data);
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as EventLine);
  const finished = events.filter(({ ev, attrs }) => ev === "task.finished" && attrs["outcome"] === "done");
  expect(new Set(finished.map(({ attrs }) => attrs["task"])).size).toBe(finished.length);
  expect(untoldHoles(events)).toEqual([]);
}

/** Places where numbers are missing and no gap says so. */
function untoldHoles(events: readonly EventLine[]): string[] {
  const holes: string[] = [];
  let last = 0;
  for (const { ev, seq, attrs } of events) {
    if (ev === "stream.gap") {
      last = Number(attrs["to"]);
      continue;
    }
    if (seq > last + 1 && last > 0) holes.push(`${last} to ${seq}`);
    last = Math.max(last, seq);
  }
  return holes;
}
