import { describe, expect, test } from "vitest";
import { RamQueue } from "../src/index.ts";
import { mortal } from "./mortal-store.ts";
import { idOf, job, Latch, started } from "./scheduler-kit.ts";

/** Jobs that write down when they begin and end, and take 100 ms. */
async function watched() {
  const log: string[] = [];
  const takes = (name: string) =>
    job(name, async ({ input, attempt }) => {
      log.push(`${String(input)} begins`);
      await bench.clock.sleep(100);
      if (input === "flaky" && attempt === 1) throw new Error("busy");
      log.push(`${String(input)} ends`);
    });
  const bench = await started({ lanes: 8, jobs: [takes("one"), takes("other")] });
  return { bench, log };
}

describe("tasks of one sequence", () => {
  test("run one at a time, whatever their jobs, in starting order", async () => {
    const { bench, log } = await watched();
    await using _bench = bench;
    const sequence = "page 1";

    await bench.scheduler.submit([
      { job: "one", input: "a", sequence },
      { job: "other", input: "b", sequence },
      { job: "one", input: "c", sequence, priority: 1 },
    ]);
    await bench.clock.advance(1_000);

    expect(log).toEqual(["c begins", "c ends", "a begins", "a ends", "b begins", "b ends"]);
  });

  test("do not hold up those of another, or of none", async () => {
    const { bench, log } = await watched();
    await using _bench = bench;

    await bench.scheduler.submit([
      { job: "one", input: "a", sequence: "x" },
      { job: "one", input: "b", sequence: "x" },
      { job: "one", input: "c", sequence: "y" },
      { job: "one", input: "d" },
    ]);
    await bench.clock.advance(1_000);

    expect(log.slice(0, 3)).toEqual(["a begins", "c begins", "d begins"]);
    expect(log).toHaveLength(8);
  });

  test("wait while one of them waits to be retried, and for nothing once it is cancelled", async () => {
    const { bench, log } = await watched();
    await using _bench = bench;
    const { clock, scheduler } = bench;
    const sequence = "s";

    const added = await scheduler.submit([
      { job: "one", input: "flaky", sequence },
      { job: "one", input: "next", sequence, priority: -1 },
    ]);
    await clock.advance(500);
    expect(log).toEqual(["flaky begins"]);
    await scheduler.cancel([idOf(added)], "no longer wanted");
    await clock.advance(100);

    expect(log).toEqual(["flaky begins", "next begins", "next ends"]);
  });

  test("are still one at a time when the process that ran one dies", async () => {
    const store = new RamQueue();
    using latch = new Latch();
    const log: string[] = [];
    const jobs = [
      job("step", async ({ input, attempt }) => {
        log.push(`${String(input)} ${attempt}`);
        await latch.wait();
      }),
    ];
    const first = mortal(store, { jobs });
    await first.scheduler.start();
    await first.scheduler.submit(["a", "b"].map((input) => ({ job: "step", input, sequence: "s" })));
    await first.clock.settle();
    first.die();

    await using second = await started({ store, owner: "two", clock: first.clock, jobs });
    await second.clock.settle();
    expect(log).toEqual(["a 1", "a 2"]);
    latch.release();
    latch.release();
    await second.clock.settle();

    expect(log).toEqual(["a 1", "a 2", "b 1"]);
  });
});
