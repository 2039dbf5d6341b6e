import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SeededRandom } from "jobkit-core/testing";
import { systemClock } from "jobkit-core/system";
import { expect, test } from "vitest";
import { openEventReader } from "../src/event-log/event-reader.ts";
import { startProgram } from "./support/program.ts";
import { roundsOr } from "./support/rounds.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const SEED = 20_260;
const ROUNDS = roundsOr(8);

test(
  "a process killed again and again at random moments loses no accepted event and leaves no hole",
  async () => {
    const data = await temporaryFolder();
    const folder = join(data, "events");
    const sideFile = join(data, "accepted");
    const random = new SeededRandom(SEED);
    const reader = openEventReader({ folder });
    let accepted = 0;

    for (let round = 0; round < ROUNDS; round += 1) {
      const program = startProgram("emitter.ts", folder, sideFile, String(random.below(1_000)));
      expect(await program.line()).toBe("running");
      // The moment of death is not waited for, it is drawn: any moment must do.
      await systemClock.sleep(random.below(60));
      const exit = once(program.process, "exit");
      program.process.kill("SIGKILL");
      await exit;

      const said = readFileSync(sideFile, "utf8").split("\n").slice(0, -1);
      const promised = Number(said.at(-1) ?? accepted);
      let next = accepted + 1;
      for await (const { seq, ev } of reader.read(accepted)) {
        expect(ev, `seed ${SEED}, round ${round}`).toBe("task.noted");
        expect(seq, `seed ${SEED}, round ${round}`).toBe(next);
        next += 1;
      }
      expect(next - 1, `seed ${SEED}, round ${round}`).toBeGreaterThanOrEqual(promised);
      accepted = next - 1;
    }

    expect(accepted).toBeGreaterThan(ROUNDS);
    expect(reader.lastSeq()).toBe(accepted);
  },
  60_000 + 10_000 * ROUNDS,
);
