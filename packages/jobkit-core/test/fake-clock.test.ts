import { expect, test } from "vitest";
import { FakeClock } from "../src/testing/fake-clock.ts";
import { SeededRandom } from "../src/testing/seeded-random.ts";

test("sleepers wake in due order and each sees its own due time", async () => {
  const clock = new FakeClock(1_000);
  const seen: [string, number][] = [];
  const sleeper = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms);
    seen.push([name, clock.now()]);
  };

  const all = [sleeper("late", 30), sleeper("early", 10), sleeper("twin", 10)];
  await clock.advance(29);
  const before = [...seen];
  await clock.advance(1);
  await Promise.all(all);

  expect(before).toEqual([
    ["early", 1_010],
    ["twin", 1_010],
  ]);
  expect(seen.at(-1)).toEqual(["late", 1_030]);
  expect(clock.pending).toBe(0);
});

test("a sleeper that sleeps again within one advance is woken again", async () => {
  const clock = new FakeClock();
  let ticks = 0;
  const loop = async (): Promise<void> => {
    while (ticks < 5) {
      await clock.sleep(10);
      ticks += 1;
    }
  };

  const ended = loop();
  await clock.advance(50);
  await ended;

  expect(ticks).toBe(5);
  expect(clock.monotonic()).toBe(50);
});

test("an aborted sleep rejects with the reason and leaves no sleeper", async () => {
  const clock = new FakeClock();
  const stop = new AbortController();

  const sleeping = clock.sleep(10, stop.signal);
  stop.abort(new Error("enough"));

  await expect(sleeping).rejects.toThrow("enough");
  await expect(clock.sleep(10, stop.signal)).rejects.toThrow("enough");
  expect(clock.pending).toBe(0);
});

test("a jump moves the wall clock alone and wakes nobody", async () => {
  const clock = new FakeClock(0);
  let woken = false;
  const sleeping = (async () => {
    await clock.sleep(10);
    woken = true;
  })();

  clock.jump(-1_000_000);
  await clock.settle();
  expect([clock.now(), clock.monotonic(), woken]).toEqual([-1_000_000, 0, false]);

  await clock.advance(10);
  await sleeping;
  expect(clock.now()).toBe(-999_990);
});

test("a sleep of no time takes one turn and does not move the clock", async () => {
  const clock = new FakeClock(5);
  let turns = 0;
  const spin = async (): Promise<void> => {
    for (; turns < 20; turns += 1) await clock.sleep(0);
  };

  const ended = spin();
  await clock.settle();
  await ended;

  expect([turns, clock.now()]).toEqual([20, 5]);
});

test("the same seed gives the same sequence, evenly spread", () => {
  const one = new SeededRandom(7);
  const two = new SeededRandom(7);
  const other = new SeededRandom(8);
  const buckets = Array.from({ length: 10 }, () => 0);

  const draws = Array.from({ length: 10_000 }, () => one.next());

  expect(draws).toEqual(Array.from({ length: 10_000 }, () => two.next()));
  expect(draws.slice(0, 3)).not.toEqual([other.next(), other.next(), other.next()]);
  for (const draw of draws) buckets[Math.floor(draw * 10)] = (buckets[Math.floor(draw * 10)] ?? 0) + 1;
  for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});
