import { copyFileSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dumpMemory, sameRedactionKey } from "./support/dump.ts";
import { json, run, scratch, sharedData } from "./support/program.ts";

const { path: moments, missing } = sharedData("transcripts/claude-code-growing");
const steps = ["t1", "t2", "t3", "t4", "t5"].map((name) => join(moments, `${name}.jsonl`));

async function mineAll(place: { readonly path: string; readonly data: string }): Promise<void> {
  const { code, stderr } = await run(
    place,
    "up",
    "--once",
    "--data",
    place.data,
    "--transcripts",
    join(place.path, "in"),
  );
  expect(code, stderr).toBe(0);
}

async function bytesRead(place: { readonly path: string; readonly data: string }): Promise<number> {
  const { counters } = (await json(place, "counters", "--all")) as {
    counters: { name: string; value: number }[];
  };
  return counters.find(({ name }) => name === "transcript.bytesRead")?.value ?? 0;
}

function prepare(place: { readonly path: string; readonly data: string }): string {
  sameRedactionKey(place.data);
  mkdirSync(join(place.path, "in"));
  return join(place.path, "in", "session.jsonl");
}

test.skipIf(missing !== null)(
  `a session mined at five moments ends as if mined at once ${missing ?? ""}`,
  async () => {
    using once = scratch();
    using often = scratch();
    copyFileSync(steps.at(-1) ?? "", prepare(once));
    const path = prepare(often);

    await mineAll(once);
    for (const step of steps) {
      copyFileSync(step, path);
      await mineAll(often);
    }

    expect(dumpMemory(often.data)).toEqual(dumpMemory(once.data));
    expect(await bytesRead(often)).toBe(await bytesRead(once));
  },
);

test.skipIf(missing !== null)(
  `a session that is replaced by its longer self under the same name is not read again ${missing ?? ""}`,
  async () => {
    using place = scratch();
    const path = prepare(place);
    copyFileSync(steps[1] ?? "", path);
    await mineAll(place);
    const before = await bytesRead(place);

    copyFileSync(steps[3] ?? "", `${path}.new`);
    renameSync(`${path}.new`, path);
    await mineAll(place);

    const { counters } = (await json(place, "counters", "--all")) as {
      counters: { name: string; value: number }[];
    };
    expect(counters.find(({ name }) => name === "transcript.replaced")?.value).toBe(0);
    expect(await bytesRead(place)).toBeGreaterThan(before);
  },
);
