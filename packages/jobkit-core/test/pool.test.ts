import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Pool, Pools, type Lease } from "../src/index.ts";
import { FakeClock } from "../src/testing/index.ts";

const settle = (): Promise<void> => new FakeClock().settle();

/** Everything a pool can be told, by chance; `slots` and `size` where the step needs them. */
const step = fc.oneof(
  fc.record({ kind: fc.constantFrom("acquire", "try"), slots: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    kind: fc.constantFrom("release", "abort", "release twice"),
    slots: fc.integer({ min: 0, max: 9 }),
  }),
  fc.record({ kind: fc.constant("resize"), slots: fc.integer({ min: 1, max: 5 }) }),
);

interface Waiting {
  readonly slots: number;
  readonly stop: AbortController;
}

/** A pool, and what a caller knows of it from the answers alone. */
class Caller {
  readonly pool: Pool;
  readonly held: { readonly slots: number; readonly lease: Lease }[] = [];
  readonly line: Waiting[] = [];
  readonly refused: string[] = [];
  /** For each that was served: how many who came before it still waited. */
  readonly served: number[] = [];

  constructor(size: number) {
    this.pool = new Pool("p", size);
  }

  async do(kind: string, slots: number): Promise<void> {
    if (kind === "acquire") this.#acquire(slots);
    else if (kind === "try") {
      const lease = this.pool.tryAcquire(slots);
      if (lease !== null) this.held.push({ slots, lease });
    } else if (kind === "resize") this.pool.resize(slots);
    else if (kind === "abort")
      this.line[slots % Math.max(1, this.line.length)]?.stop.abort(new Error("left"));
    else {
      const [one] = this.held.splice(slots % Math.max(1, this.held.length), 1);
      one?.lease[Symbol.dispose]();
      if (kind === "release twice") one?.lease[Symbol.dispose]();
    }
    await settle();
  }

  #acquire(slots: number): void {
    const waiting: Waiting = { slots, stop: new AbortController() };
    this.line.push(waiting);
    const leave = (): number => this.line.splice(this.line.indexOf(waiting), 1).length;
    void (async () => {
      try {
        const lease = await this.pool.acquire(slots, waiting.stop.signal);
        this.served.push(this.line.indexOf(waiting));
        this.held.push({ slots, lease });
      } catch (error) {
        this.refused.push((error as Error).message);
      }
      leave();
    })();
  }
}

describe("a pool", () => {
  test("whatever is done to it, never holds more than it grants, and nobody waits who is first and fits", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(step, { maxLength: 40 }),
        async (size, steps) => {
          const caller = new Caller(size);
          const { pool } = caller;
          for (const { kind, slots } of steps) {
            const before = pool.held;
            await caller.do(kind, slots);

            expect(pool.held).toBe(caller.held.reduce((sum, one) => sum + one.slots, 0));
            expect(pool.waiting).toBe(caller.line.length);
            // Above its size only by having shrunk: it never grows there.
            expect(pool.held).toBeLessThanOrEqual(Math.max(pool.size, before));
            const first = caller.line[0]?.slots ?? pool.free + 1;
            expect(first).toBeGreaterThan(pool.free);
            expect(caller.line.filter((one) => one.slots > pool.size)).toEqual([]);
            expect(caller.served.filter((place) => place !== 0)).toEqual([]);
          }
          for (const one of caller.line) one.stop.abort(new Error("over"));
          await settle();
          for (const { lease } of caller.held) lease[Symbol.dispose]();
          expect([pool.held, pool.waiting]).toEqual([0, 0]);
        },
      ),
      { numRuns: 150 },
    );
  });

  test("a large request at the head is not overtaken by a small one that would fit", async () => {
    const pool = new Pool("p", 2);
    const one = pool.tryAcquire(1);
    const granted: string[] = [];
    const large = (async () => {
      using _lease = await pool.acquire(2);
      granted.push("large");
    })();
    const small = (async () => {
      using _lease = await pool.acquire(1);
      granted.push("small");
    })();

    await settle();
    expect(pool.tryAcquire(1)).toBeNull();
    expect(granted).toEqual([]);
    one?.[Symbol.dispose]();
    await Promise.all([large, small]);

    expect(granted).toEqual(["large", "small"]);
    expect(pool.held).toBe(0);
  });

  test("a small request is served when the large one before it gives up", async () => {
    const pool = new Pool("p", 2);
    const one = pool.tryAcquire(1);
    const stop = new AbortController();
    const large = pool.acquire(2, stop.signal);
    const small = pool.acquire(1);

    stop.abort(new Error("gave up"));

    await expect(large).rejects.toThrow("gave up");
    (await small)[Symbol.dispose]();
    one?.[Symbol.dispose]();
    expect([pool.held, pool.waiting]).toEqual([0, 0]);
  });

  test("closing refuses who waits and who comes, and leaves held leases valid", async () => {
    const pool = new Pool("p", 1);
    const lease = pool.tryAcquire(1);
    const waiting = pool.acquire(1);

    pool[Symbol.dispose]();
    pool[Symbol.dispose]();

    await expect(waiting).rejects.toMatchObject({ code: "POOL_CLOSED" });
    await expect(pool.acquire(1)).rejects.toMatchObject({ code: "POOL_CLOSED" });
    expect(() => pool.tryAcquire(1)).toThrow(expect.objectContaining({ code: "POOL_CLOSED" }) as Error);
    expect(pool.held).toBe(1);
    lease?.[Symbol.dispose]();
    expect(pool.held).toBe(0);
  });

  test("a request that can never be met is refused instead of blocking everybody", async () => {
    const pool = new Pool("p", 3);
    const lease = pool.tryAcquire(3);
    const waiting = pool.acquire(3);

    await expect(pool.acquire(4)).rejects.toMatchObject({ code: "POOL_TOO_SMALL" });
    pool.resize(2);

    await expect(waiting).rejects.toMatchObject({ code: "POOL_TOO_SMALL" });
    lease?.[Symbol.dispose]();
  });

  test("an acquire that is aborted before it asks takes nothing", async () => {
    const pool = new Pool("p", 1);

    await expect(pool.acquire(1, AbortSignal.abort(new Error("no")))).rejects.toThrow("no");

    expect(pool.held).toBe(0);
    expect(() => new Pool("p", 0)).toThrow(RangeError);
    expect(() => pool.tryAcquire(1.5)).toThrow(RangeError);
  });
});

describe("a set of pools", () => {
  test("grants all needs or none, whatever is held", () => {
    const size = fc.integer({ min: 1, max: 4 });
    const needs = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.integer({ min: 1, max: 4 }));
    fc.assert(
      fc.property(
        fc.record({ a: size, b: size, c: size }),
        fc.array(fc.tuple(fc.boolean(), needs), { maxLength: 30 }),
        (sizes, steps) => {
          using pools = new Pools(sizes);
          const leases: Lease[] = [];
          for (const [take, wanted] of steps) {
            const before = pools.states();
            const fits = Object.entries(wanted).every(([name, slots]) => pools.get(name).free >= slots);
            const lease = take ? pools.tryAcquire(wanted) : null;
            expect(lease !== null).toBe(take && fits);
            expect(lease !== null || JSON.stringify(pools.states()) === JSON.stringify(before)).toBe(true);
            if (lease !== null) leases.push(lease);
            if (!take) leases.shift()?.[Symbol.dispose]();
            for (const { name, held } of pools.states())
              expect(held).toBe(leases.reduce((sum, one) => sum + (one.slots[name] ?? 0), 0));
          }
        },
      ),
    );
  });

  test("an unknown pool is named with the nearest one, and nothing is taken", () => {
    using pools = new Pools({ disk: 1 });

    expect(() => pools.tryAcquire({ disk: 1, dsik: 1 })).toThrow('did you mean "disk"');

    expect(pools.get("disk").held).toBe(0);
  });
});
