import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mine, readRecords, knownSession } from "./mine-sessions.ts";
import { sessions } from "./mine-expectations.ts";

const STATE_BYTES_MAX = 128 * 1024;
const RUNS = 12;

describe.each(sessions.map(({ file }) => file))("%s", (file) => {
  const path = knownSession(file);

  test.skipIf(path === null)(
    "read in any pieces, with the state stored between them, it gives the same state and memories (skipped where the real sessions are not on this machine)",
    async () => {
      const records = await readRecords(path ?? "");
      const whole = mine(records, file);

      fc.assert(
        fc.property(fc.uniqueArray(fc.nat(records.length), { maxLength: 40 }), (cuts) => {
          expect(mine(records, file, new Set(cuts))).toEqual(whole);
        }),
        { numRuns: RUNS },
      );
    },
  );

  test.skipIf(path === null)(
    "mined again it gives the same, and its state stays small (skipped where the real sessions are not on this machine)",
    async () => {
      const [once, again] = [
        mine(await readRecords(path ?? ""), file),
        mine(await readRecords(path ?? ""), file),
      ];

      expect(again).toEqual(once);
      for (const { state } of once)
        expect(Buffer.byteLength(JSON.stringify(state))).toBeLessThan(STATE_BYTES_MAX);
    },
  );
});

const moments = ["t1", "t2", "t3", "t4", "t5"].map((name) =>
  knownSession(`claude-code-growing/${name}.jsonl`),
);

test.skipIf(moments.includes(null))(
  "a session read to any point gives what the same point gives in a longer reading (skipped where the real sessions are not on this machine)",
  async () => {
    const longest = await readRecords(moments.at(-1) ?? "");

    for (const path of moments) {
      const records = await readRecords(path ?? "");
      expect(mine(records, "t")).toEqual(mine(longest.slice(0, records.length), "t"));
    }
  },
);
