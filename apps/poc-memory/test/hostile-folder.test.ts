import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  generateHostile,
  hostileDefaults,
  type HostileCase,
  type HostileFolder,
} from "./hostile/generate.ts";
import { dumpMemory, filesHolding } from "./support/dump.ts";
import { run, scratch } from "./support/program.ts";

/** Tiny files beside the hard cases. `TINY_FILES=100000` for the long form. */
const TINY_FILES = Number(process.env["TINY_FILES"] ?? 300);

interface EventLine {
  readonly ev: string;
  readonly attrs: Readonly<Record<string, string | number>>;
}
type Place = ReturnType<typeof scratch>;

async function mine(place: Place): Promise<void> {
  const from = join(place.path, "in");
  const { code, stdout, stderr } = await run(
    place,
    "up",
    "--once",
    "--data",
    place.data,
    "--transcripts",
    from,
  );
  expect(code, stdout + stderr).toBe(0);
}

async function eventsOf(place: Place, filter: string): Promise<readonly EventLine[]> {
  const args = ["events", "--since", "0", "--filter", filter, "--json", "--data", place.data];
  const { stdout } = await run(place, ...args);
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as EventLine]));
}

test(
  "a folder as bad as they come is mined to its end, each hard case is told, and no secret is stored",
  async () => {
    using place = scratch();
    mkdirSync(join(place.path, "in"));
    const folder = generateHostile(join(place.path, "in"), { ...hostileDefaults, tinyFiles: TINY_FILES });
    expect(folder.cases.length).toBeGreaterThanOrEqual(19);
    expect(new Set(folder.secrets.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(20);

    await mine(place);

    const skips = await eventsOf(place, "ev=transcript.lineSkipped");
    const refusals = await eventsOf(place, "ev=transcript.unreadable");
    for (const one of folder.cases) expect(told(one, skips, refusals), one.name).toEqual(wanted(one));
    expect(
      filesHolding(
        place.data,
        folder.secrets.map(({ secret }) => secret),
      ),
    ).toEqual([]);
    const { transcripts } = dumpMemory(place.data);
    expect(transcripts.filter(({ name }) => name.startsWith("tiny/"))).toHaveLength(TINY_FILES);

    await expectReplacementIsTold(place, folder);
  },
  30 * 60_000,
);

async function expectReplacementIsTold(place: Place, folder: HostileFolder): Promise<void> {
  folder.replaceShorter(
    "Please always remember that the shorter file counts too, whatever stood here before.",
  );
  await mine(place);

  const replaced = await eventsOf(place, "ev=transcript.replaced");
  expect(replaced.map(({ attrs }) => [attrs["transcript"], attrs["why"]])).toEqual([
    ["replaced-later.jsonl", "shrunk"],
  ]);
}

interface Told {
  readonly skipped: Readonly<Record<string, number>>;
  readonly refused: boolean;
}

function told({ file }: HostileCase, skips: readonly EventLine[], refusals: readonly EventLine[]): Told {
  const skipped: Record<string, number> = {};
  for (const { attrs } of skips) {
    if (attrs["transcript"] !== file) continue;
    const reason = String(attrs["reason"]);
    skipped[reason] = (skipped[reason] ?? 0) + 1;
    expect(attrs["line"]).toBeGreaterThan(0);
  }
  return { skipped, refused: refusals.some(({ attrs }) => attrs["path"] === file) };
}

function wanted({ skipped, finding, format }: HostileCase): Told {
  return { skipped: { ...skipped }, refused: finding !== undefined || format !== undefined };
}
