/**
 * For each line "<wall-clock instant>" of standard input: tries to hold the data folder argv[2] at that very
 * instant and says "ours" or "held <pid>". Who holds it listens on the socket argv[3] and stays until killed.
 */
import { systemClock, SystemRandom } from "jobkit-core/system";
import { writeFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { acquireInstance } from "../../src/instance/instance.ts";

const [, , dataDir = "", socketPath = ""] = process.argv;
const holder = {
  pid: process.pid,
  startedAtMs: Date.now(),
  version: "1.2.3",
  instance: `instance-${process.pid}`,
  socketPath,
};
const say = (line: string): void => writeFileSync(1, `${line}\n`);

async function listen(): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, resolve);
  });
}

async function start(instantMs: number): Promise<void> {
  while (Date.now() < instantMs);
  const outcome = await acquireInstance({ dataDir, holder, clock: systemClock, random: new SystemRandom() });
  if (outcome.kind === "held") {
    say(`held ${outcome.heldBy?.pid ?? "nobody"}`);
    return;
  }
  await listen();
  say("ours");
  await systemClock.sleep(2 ** 40);
  await outcome[Symbol.asyncDispose]();
}

// Node writes the cache at the end of a process, and these are killed.
flushCompileCache();
say("ready");
for await (const line of createInterface({ input: process.stdin })) await start(Number(line));
