import { describe, expect, test } from "vitest";
import { systemClock, SystemRandom } from "../src/system/index.ts";

describe("the clock", () => {
  test("sleeps at least as long as asked, by the monotonic clock", async () => {
    const startMs = systemClock.monotonic();

    await systemClock.sleep(5);

    expect(systemClock.monotonic() - startMs).toBeGreaterThanOrEqual(5);
  });

  test("a sleep longer than a timer can be does not end at once, and ends when told", async () => {
    const stop = new AbortController();
    let ended = false;

    const sleeping = systemClock.sleep(2 ** 40, stop.signal).finally(() => (ended = true));
    await systemClock.sleep(20);
    const early = ended;
    stop.abort(new Error("wake up"));

    expect(early).toBe(false);
    await expect(sleeping).rejects.toThrow("wake up");
  });

  test("no time at all is one turn of the event loop, and an aborted signal rejects with its reason", async () => {
    let turned = false;
    setImmediate(() => (turned = true));

    await systemClock.sleep(0);

    expect(turned).toBe(true);
    for (const ms of [0, 10])
      await expect(systemClock.sleep(ms, AbortSignal.abort(new Error("no")))).rejects.toThrow("no");
  });
});

test("chance of this machine lies in [0, 1), differs, and fills the whole range", () => {
  const random = new SystemRandom();

  const values = Array.from({ length: 10_000 }, () => random.next());

  expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(new Set(values).size).toBe(values.length);
  const tenths = new Set(values.map((value) => Math.floor(value * 10)));
  expect(tenths.size).toBe(10);
});
