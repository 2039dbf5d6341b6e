import { expect, test } from "vitest";
import { simulate } from "../src/testing/index.ts";
import { plantedBugs } from "./planted-bugs.ts";

const SEEDS = 1_000;

test.for(plantedBugs)("a planted bug is found: $name", { timeout: 120_000 }, async (sabotage) => {
  let found: { readonly seed: number; readonly complaint: string } | null = null;
  for (let seed = 1; seed <= SEEDS && found === null; seed += 1) {
    const [complaint] = await complaintsOf(seed);
    if (complaint !== undefined) found = { seed, complaint };
  }

  // The seed is printed, so that whoever changes the simulator sees how easily it still finds.
  console.log(`${sabotage.name}: seed ${found?.seed}, ${found?.complaint}`);
  expect(found).not.toBeNull();
  // Without the bug the same seed is sound: it is the bug that was found.
  expect((await simulate({ seed: found?.seed ?? 0 })).complaints).toEqual([]);

  /** A bug may also end the simulation: what escapes it is a complaint as well. */
  async function complaintsOf(seed: number): Promise<readonly string[]> {
    try {
      return (await simulate({ seed, sabotage })).complaints;
    } catch (error) {
      return [String(error)];
    }
  }
});
