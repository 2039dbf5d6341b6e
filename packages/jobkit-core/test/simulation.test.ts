import { expect, test } from "vitest";
import { simulate } from "../src/testing/index.ts";

const SEEDS = 600;
/** Another one in every run; its number stands in the name of its test. */
const FRESH = Math.floor(Math.random() * 2 ** 31);

test(`${SEEDS} seeds of a kit under faults keep every promise`, { timeout: 300_000 }, async () => {
  const failed: string[] = [];
  const sum = { finished: 0, deaths: 0, forks: 0, waits: 0, looks: 0 };
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const report = await simulate({ seed });
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += report[name];
    if (report.complaints.length > 0)
      failed.push(`seed ${seed}: ${report.complaints.slice(0, 3).join("; ")}`);
  }

  expect(failed).toEqual([]);
  // The faults really happened, work was really done, and it was looked at.
  expect(sum.finished).toBeGreaterThan(SEEDS * 20);
  expect(sum.deaths).toBeGreaterThan(SEEDS);
  expect(sum.forks).toBeGreaterThan(SEEDS);
  expect(sum.waits).toBeGreaterThan(SEEDS * 5);
  expect(sum.looks).toBeGreaterThan(SEEDS * 10);
});

test(`seed ${FRESH}, which is another one each time, keeps every promise`, { timeout: 60_000 }, async () => {
  const { complaints } = await simulate({ seed: FRESH, steps: 200 });

  expect(complaints).toEqual([]);
});

test("a task that forks what meets itself by its key keeps every promise", async () => {
  const { complaints } = await simulate({ seed: 5408 });

  expect(complaints).toEqual([]);
});

test("the same seed gives the same run", async () => {
  const one = await simulate({ seed: 42 });
  const two = await simulate({ seed: 42 });

  expect(one).toEqual(two);
  expect(one.events).toBeGreaterThan(50);
});

test("whichever single store call fails, every promise is kept", { timeout: 300_000 }, async () => {
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
});
