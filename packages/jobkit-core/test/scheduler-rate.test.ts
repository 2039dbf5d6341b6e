import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StartRate } from "../src/schedule/start-rate.ts";
import { job, started, toldOf } from "./scheduler-kit.ts";

/** Long due, whatever is done to the wall clock. */
const LONG_AGO = 1;

describe("a rate limit", () => {
  test("lets so many begin within any window, and the next one as soon as the window has moved on", async () => {
    const begun: number[] = [];
    await using bench = await started({
      lanes: 20,
      jobs: [
        job("call", async () => begun.push(bench.clock.monotonic()), { rate: { starts: 2, perMs: 1_000 } }),
      ],
    });
    const { clock, scheduler } = bench;
    const call = { job: "call", input: null };

    await scheduler.submit([call]);
    await clock.advance(300);
    await scheduler.submit([call, call, call, call]);
    await clock.advance(5_000);

    expect(begun).toEqual([0, 300, 1_000, 1_300, 2_000]);
  });

  test("is exact whenever tasks come, and whatever is done to the wall clock meanwhile", async () => {
    const anyArrival = fc.tuple(
      fc.integer({ min: 0, max: 700 }),
      fc.constantFrom(0, 0, 3_600_000, -3_600_000),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyArrival, { maxLength: 25 }),
        fc.integer({ min: 1, max: 4 }),
        async (arrivals, starts) => {
          const begun: number[] = [];
          await using bench = await started({
            lanes: 30,
            jobs: [
              job("call", async () => begun.push(bench.clock.monotonic()), {
                rate: { starts, perMs: 1_000 },
              }),
            ],
          });
          const { clock, scheduler } = bench;
          const expected: number[] = [];
          for (const [waitMs, jumpMs] of arrivals) {
            await clock.advance(waitMs);
            clock.jump(jumpMs);
            await scheduler.submit([{ job: "call", input: null, dueAtMs: LONG_AGO }]);
            const opensMs = (expected.at(-starts) ?? Number.NEGATIVE_INFINITY) + 1_000;
            expected.push(Math.max(clock.monotonic(), expected.length < starts ? 0 : opensMs));
          }

          await clock.advance(30_000);

          expect(begun).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
  });

  test("holds up its own job alone, says so, and a rest tells when it opens", async () => {
    await using bench = await started({
      jobs: [
        job("call", async () => {}, { rate: { starts: 1, perMs: 60_000 } }),
        job("plain", async () => {}),
      ],
    });
    const { clock, seen, scheduler } = bench;

    await scheduler.submit(["call", "call", "plain"].map((name) => ({ job: name, input: null })));
    const rest = await scheduler.idle();

    expect(rest).toEqual({ nextDueAtMs: clock.now() + 60_000 });
    expect(scheduler.snapshot().held).toEqual({ call: { kind: "at its rate", forMs: 0 } });
    expect(toldOf(seen, "task.finished", "outcome")).toEqual(["done", "done"]);
  });

  test("counts beginnings of attempts: a retry is one more", async () => {
    const begun: number[] = [];
    const fails = job(
      "call",
      async () => {
        begun.push(bench.clock.monotonic());
        throw new Error("busy");
      },
      {
        rate: { starts: 1, perMs: 5_000 },
        retry: { attempts: 3, firstMs: 10, maxMs: 10, factor: 1, jitter: 0 },
      },
    );
    await using bench = await started({ jobs: [fails] });
    const { clock, scheduler } = bench;

    await scheduler.submit([{ job: "call", input: null }]);
    await clock.advance(20_000);

    expect(begun).toEqual([0, 5_000, 10_000]);
  });

  test.each([0, 1.5, -1])("of %d starts is refused", (starts) => {
    expect(() => job("call", async () => {}, { rate: { starts, perMs: 1 } })).toThrow(RangeError);
  });

  test("over no time is refused", () => {
    expect(() => job("call", async () => {}, { rate: { starts: 1, perMs: 0 } })).toThrow(RangeError);
  });
});

describe("a start rate by itself", () => {
  test("allows what a list of all beginnings allows", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(400), { maxLength: 60 }),
        fc.integer({ min: 1, max: 6 }),
        (gaps, starts) => {
          const rate = new StartRate({ starts, perMs: 1_000 });
          const begun: number[] = [];
          let nowMs = 0;
          for (const gap of gaps) {
            nowMs += gap;
            const within = begun.filter((atMs) => atMs > nowMs - 1_000).length;
            const opensMs = (begun.at(-starts) ?? Number.NEGATIVE_INFINITY) + 1_000;
            expect([rate.allowed(nowMs), rate.nextMs()]).toEqual([starts - within, opensMs]);
            if (within === starts) continue;
            rate.begin(nowMs);
            begun.push(nowMs);
          }
        },
      ),
    );
  });
});
