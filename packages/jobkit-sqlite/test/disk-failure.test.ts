import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { taskId } from "jobkit-core";
import { openSqliteQueue } from "jobkit-sqlite";
import { expect, test } from "vitest";
import { tempFolder } from "./temp-folder.ts";

const script = fileURLToPath(new URL("child/until-refused.ts", import.meta.url));
/** The kernel answers every wait for the disk from this one on with EIO. */
const FAILS_FROM = 30;

interface Said {
  readonly answered: readonly string[];
  readonly refused: string | null;
  readonly afterwards: string | null;
}

/** Run the child under strace, which makes the kernel's answers; `null` where strace may not trace. */
function runOnFailingDisk(path: string): Said | null {
  const inject = ["fdatasync", "fsync"].flatMap((call) => [
    "-e",
    `inject=${call}:error=EIO:when=${FAILS_FROM}+`,
  ]);
  const node = [process.execPath, "--conditions=@jobkit/source", script, path];
  const ran = spawnSync(
    "strace",
    ["-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync", ...inject, ...node],
    {
      encoding: "utf8",
    },
  );
  return ran.status === 0 ? (JSON.parse(ran.stdout) as Said) : null;
}

test("when the kernel cannot write, nothing more is acknowledged, and what was acknowledged is there", async ({
  skip,
}) => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");

  const said = runOnFailingDisk(path);

  if (said === null) return skip("strace is not there or may not trace here");
  await using queue = await openSqliteQueue({ path });
  const found = await queue.get(said.answered.map(taskId));
  expect([said.refused, said.afterwards]).toEqual(["QUEUE_IO", "QUEUE_IO"]);
  expect(said.answered.length).toBeGreaterThan(0);
  expect(found).toHaveLength(said.answered.length);
}, 300_000);
