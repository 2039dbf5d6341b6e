import { once } from "node:events";
import { expect, test } from "vitest";
import { dumpMemory, sameRedactionKey } from "./support/dump.ts";
import { json, run, scratch, sharedData, start } from "./support/program.ts";

/** How often the program is killed. `KILLS=100` for the long form. */
const KILLS = Number(process.env["KILLS"] ?? 12);
const { path: sessions, missing } = sharedData("transcripts/claude-code");

interface EventLine {
  readonly seq: number;
  readonly ev: string;
  readonly attrs: Readonly<Record<string, string | number>>;
}

test.skipIf(missing !== null)(
  `killed ${KILLS} times while mining real sessions, the end is that of an undisturbed run ${missing ?? ""}`,
  async () => {
    using calm = scratch();
    using killed = scratch();
    for (const place of [calm, killed]) sameRedactionKey(place.data);
    const startedMs = performance.now();
    expect((await run(calm, ...args(calm))).code).toBe(0);
    const wholeMs = performance.now() - startedMs;

    for (let kill = 0; kill < KILLS; kill += 1) await killWithin(killed, args(killed), wholeMs);
    const { code, stderr } = await run(killed, ...args(killed));

    expect(code, stderr).toBe(0);
    expect(dumpMemory(killed.data)).toEqual(dumpMemory(calm.data));
    await expectNothingLostOrDoubled(killed);
  },
  20 * 60_000,
);

function args({ data }: { readonly data: string }): readonly string[] {
  return ["up", "--once", "--data", data, "--transcripts", sessions];
}

/** Start the program and kill it at a moment spread over the time a whole run takes. */
async function killWithin(
  place: { readonly path: string },
  command: readonly string[],
  wholeMs: number,
): Promise<void> {
  const child = start(place, command);
  const timer = setTimeout(() => child.kill("SIGKILL"), Math.random() * wholeMs);
  await once(child, "close");
  clearTimeout(timer);
}

async function expectNothingLostOrDoubled(place: {
  readonly path: string;
  readonly data: string;
}): Promise<void> {
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
