import { expect, test } from "vitest";
import { simulate } from "../src/testing/index.ts";

const SEEDS = 200;

test(`${SEEDS} seeds of a kit under faults keep every promise`, async () => {
  const failed: string[] = [];
  let finished = 0;
  let deaths = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const report = await simulate({ seed });
    finished += report.finished;
    deaths += report.deaths;
    if (report.complaints.length > 0)
      failed.push(`seed ${seed}: ${report.complaints.slice(0, 3).join("; ")}`);
  }

  expect(failed).toEqual([]);
  // The faults really happened, and work was really done.
  expect(finished).toBeGreaterThan(SEEDS * 10);
  expect(deaths).toBeGreaterThan(SEEDS / 10);
}, 300_000);

test("the same seed gives the same run", async () => {
  const one = await simulate({ seed: 42 });
  const two = await simulate({ seed: 42 });

  expect(one).toEqual(two);
  expect(one.events).toBeGreaterThan(50);
});

test("whichever single store call fails, every promise is kept", async () => {
  const calm = { seed: 7, steps: 25, failShare: 0, deathShare: 0, delayMaxMs: 0 };
  const failed: string[] = [];
  let failCall = 1;
  for (; ; failCall += 1) {
    const { complaints, storeCalls } = await simulate({ ...calm, failCall });
    if (complaints.length > 0) failed.push(`call ${failCall}: ${complaints.slice(0, 3).join("; ")}`);
    if (storeCalls < failCall) break;
  }

  expect(failed).toEqual([]);
  expect(failCall).toBeGreaterThan(50);
}, 300_000);
