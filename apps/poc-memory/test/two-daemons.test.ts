import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { said, scratch, start } from "./support/program.ts";

/** Races of two starts. `ROUNDS=50` for the long form. */
const ROUNDS = Number(process.env["ROUNDS"] ?? 3);

type Place = ReturnType<typeof scratch>;

test(
  `of two daemons started at once after a kill -9, one runs and the other says who, ${ROUNDS} times`,
  async () => {
    using place = scratch();
    mkdirSync(join(place.path, "in"));

    const outcomes: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await leaveStaleThings(place);
      outcomes.push(await race(place));
    }

    expect(outcomes).toEqual(Array.from({ length: ROUNDS }, () => "one runs, the other names it"));
  },
  20 * 60_000,
);

function up({ path, data }: Place): ReturnType<typeof start> {
  return start({ path }, ["up", "--data", data, "--transcripts", join(path, "in")]);
}

/** A daemon killed in the middle of its life: its lock file, its name and a socket nobody listens on stay behind. */
async function leaveStaleThings(place: Place): Promise<void> {
  const daemon = up(place);
  await said(daemon, /is up in/);
  daemon.kill("SIGKILL");
  await daemon.ended;
  const socket = createServer().listen(join(place.data, `stale-${performance.now()}.sock`));
  await once(socket, "listening");
  socket.unref();
}

async function race(place: Place): Promise<string> {
  const both = [up(place), up(place)];
  const loser = await Promise.race(both.map(async (one) => ({ one, ended: await one.ended })));
  const winner = both.find((one) => one !== loser.one);
  if (winner === undefined) return "nobody ran";
  await said(winner, /is up in/);
  const names = loser.ended.code === 0 && loser.ended.stderr.includes(`process ${winner.pid},`);
  winner.kill("SIGTERM");
  const { code, signal } = await winner.ended;
  if (!names) return `the loser ended with ${loser.ended.code}: ${loser.ended.stderr}`;
  return code === 0 ? "one runs, the other names it" : `the winner ended with ${code ?? signal}`;
}
